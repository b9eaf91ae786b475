using System.Globalization;
using System.Text.RegularExpressions;
using SentinelHealth.Ingest.DeadLetters;

namespace SentinelHealth.Ingest.Kafka;

/// <summary>A dead letter as a Kafka message: the record as it came, and its cause in the headers.</summary>
public static partial class DeadLetterMessage
{
    /// <summary>The message for a letter. The key is its source and place, so that a repetition can be recognized.</summary>
    public static OutgoingMessage Of(string topic, StoredDeadLetter stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        var letter = stored.Letter;
        var headers = new List<KeyValuePair<string, string>>
        {
            new("x-exception-type", letter.Rejection.Reason.ToString()),
            new("x-exception-message", letter.Rejection.Detail),
            new("x-byte-position", letter.Rejection.BytePosition.ToString(CultureInfo.InvariantCulture)),
            new("x-source", letter.Source),
            new("x-place", letter.Place),
            new("x-sha256", letter.PayloadSha256),
            new("x-bytes", letter.PayloadBytes.ToString(CultureInfo.InvariantCulture)),
            new("x-stored-at", stored.StoredAt.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)),
        };
        if (KafkaPlace().Match(letter.Place) is { Success: true } place)
        {
            headers.Add(new("x-original-topic", place.Groups["topic"].Value));
            headers.Add(new("x-original-partition", place.Groups["partition"].Value));
            headers.Add(new("x-original-offset", place.Groups["offset"].Value));
        }
        return new OutgoingMessage(topic, $"{letter.Source} {letter.Place}", letter.Payload) { Headers = headers };
    }

    [GeneratedRegex(@"^(?<topic>[A-Za-z0-9._-]{1,249})/(?<partition>\d{1,10})@(?<offset>\d{1,19})( |$)", RegexOptions.CultureInvariant)]
    private static partial Regex KafkaPlace();
}
