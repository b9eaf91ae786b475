using System.Text.Json;

namespace SentinelHealth.Ingest.Formats.Records;

/// <summary>A native record inside an envelope: its own bytes, with the envelope as one more unknown field.</summary>
internal static class NativeEnvelope
{
    /// <summary>The native record with its envelope; null when the content has no native schema.</summary>
    public static byte[]? Wrap(ReadOnlyMemory<byte> content, RecordEnvelope envelope) =>
        HasNativeSchema(content.Span) && envelope.Next() is { } attributes ? With(content.Span, "envelope"u8, attributes) : null;

    /// <summary>A native record with one more member.</summary>
    /// <param name="record">An object that has members already. If it is broken, the decoder will say so.</param>
    /// <param name="name">The member's name, which needs no escaping.</param>
    /// <param name="json">Its value.</param>
    public static byte[] With(ReadOnlySpan<byte> record, ReadOnlySpan<byte> name, ReadOnlySpan<byte> json) =>
        [.. record.TrimEnd(" \t\r\n"u8)[..^1], .. ",\""u8, .. name, .. "\":"u8, .. json, .. "}"u8];

    private static bool HasNativeSchema(ReadOnlySpan<byte> content)
    {
        var reader = new Utf8JsonReader(content);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isSchema = reader.ValueTextEquals("schema"u8);
                reader.Read();
                if (isSchema)
                    return reader.TokenType == JsonTokenType.String && IsNative(ref reader) && EndsObject(content);
                reader.Skip();
            }
            return false;
        }
        catch (JsonException)
        {
            // Whoever reads it next refuses it with the reason.
            return false;
        }
    }

    private static bool IsNative(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("sentinel.ledger-transaction.v1"u8) || reader.ValueTextEquals("sentinel.biometric-query.v1"u8);

    private static bool EndsObject(ReadOnlySpan<byte> content) => content.TrimEnd(" \t\r\n"u8).EndsWith("}"u8);
}
