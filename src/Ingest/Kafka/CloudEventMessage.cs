using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats.CloudEvents;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Ingest.Kafka;

/// <summary>CloudEvents in binary mode on Kafka: attributes in <c>ce_</c> headers, the content's type in <c>content-type</c>, the content as the value.</summary>
internal static class CloudEventMessage
{
    private const string VersionHeader = CloudEventBinding.KafkaPrefix + "specversion", TypeHeader = "content-type";

    private static readonly Rejection BadHeaders =
        new(RejectionReason.TooLarge, "The headers of a CloudEvent are too many or too long.", -1);

    /// <summary>The record of a message: put together with its headers when they are those of a CloudEvent, else its value alone.</summary>
    public static SourceRecord RecordOf(Headers? headers, SourceRecord record)
    {
        if (headers is null || headers.Count == 0 || !headers.TryGetLastBytes(VersionHeader, out _))
            return record;
        var isTyped = headers.TryGetLastBytes(TypeHeader, out var named) && named is not null;
        var type = isTyped ? Encoding.UTF8.GetString(named!) : null;
        // A header without a value has no attribute in it.
        var attributes = headers.Where(header => header.GetValueBytes() is not null)
            .Select(header => KeyValuePair.Create(header.Key, Encoding.UTF8.GetString(header.GetValueBytes())));
        if (CloudEventBinding.Join(attributes, CloudEventBinding.KafkaPrefix, type, record.Payload.Span) is { } joined)
            return record with { Payload = joined };
        var digest = Convert.ToHexStringLower(SHA256.HashData(record.Payload.Span));
        return record with { Refused = new RefusedRecord(BadHeaders, record.Payload.Length, digest) };
    }
}
