using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Ingest.Formats.Records;

/// <summary>What every record must pass before its format is looked for.</summary>
internal sealed class RecordScreen(DecoderLimits limits)
{
    /// <summary>One level is left for the native record that will carry the original.</summary>
    private readonly int _depthMax = Math.Max(1, limits.DepthMax - 1);

    /// <summary>The first fault of bytes of any format; the default when there is none.</summary>
    public Rejection Check(ReadOnlySpan<byte> record)
    {
        if (record.Length > limits.RecordBytesMax)
            return new(RejectionReason.TooLarge, $"The record is longer than {limits.RecordBytesMax} bytes.", -1);
        if (!Utf8.IsValid(record))
            return new(RejectionReason.NotUtf8, "The record is not valid UTF-8.", -1);
        return default;
    }

    /// <summary>Parses JSON strictly: one value, no member twice, within the depth, no half surrogates.</summary>
    public bool TryParse(ReadOnlyMemory<byte> record, [NotNullWhen(true)] out JsonDocument? document, out Rejection rejection)
    {
        document = null;
        rejection = Shape(record.Span);
        if (rejection.Reason != RejectionReason.None)
            return false;
        try
        {
            document = JsonDocument.Parse(record, new() { MaxDepth = _depthMax, AllowDuplicateProperties = false });
            return true;
        }
        catch (JsonException)
        {
            // The shape was walked above, so nothing else is left that the parser could object to.
            rejection = new(RejectionReason.DuplicateField, "An object has two members of one name.", -1);
            return false;
        }
    }

    private Rejection Shape(ReadOnlySpan<byte> record)
    {
        if (TextRules.UnpairedSurrogate(record) is >= 0 and var at)
            return new(RejectionReason.InvalidValue, "A text escapes half of a surrogate pair, which is no character.", at);
        var reader = new Utf8JsonReader(record, new JsonReaderOptions { MaxDepth = _depthMax + 1 });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth >= _depthMax)
                    return new(RejectionReason.TooDeep, $"The record is nested deeper than {_depthMax} levels.", reader.TokenStartIndex);
            }
            return default;
        }
        catch (JsonException)
        {
            return new(RejectionReason.NotJson, "The record is not well-formed JSON.", reader.BytesConsumed);
        }
    }
}
