using System.Text.Json;

namespace SentinelHealth.Detection.Rules.Sigma.Fields;

/// <summary>Tells the shape of a record by its outermost members.</summary>
internal static class RecordShape
{
    private const int DepthMax = SigmaRecord.DepthMax;

    public static SigmaFieldMap MapOf(ReadOnlySpan<byte> json)
    {
        try
        {
            return Look(json);
        }
        catch (JsonException)
        {
            // Whoever reads it says what is wrong with it.
            return SigmaFieldMap.Plain;
        }
    }

    private static SigmaFieldMap Look(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DepthMax });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return SigmaFieldMap.Plain;
        var fallback = SigmaFieldMap.Plain;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isWindows, isEcs) = (IsWindows(reader), reader.ValueTextEquals("@timestamp") || reader.ValueTextEquals("ecs"));
            var (isSchema, isResource, isClass) = (
                reader.ValueTextEquals("schema"), reader.ValueTextEquals("resourceType"), reader.ValueTextEquals("class_uid"));
            reader.Read();
            if (isSchema && reader.TokenType == JsonTokenType.String && IsNative(reader))
                return SigmaFieldMap.Sentinel;
            if (isResource && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("AuditEvent"))
                return SigmaFieldMap.Fhir;
            if (isClass && reader.TokenType == JsonTokenType.Number)
                return SigmaFieldMap.Ocsf;
            if (isWindows)
                return SigmaFieldMap.Windows;
            if (isEcs)
                fallback = SigmaFieldMap.Ecs;
            reader.Skip();
        }
        return fallback;
    }

    /// <summary>Members that Windows events have at their outside, in one of their shapes, and other records do not.</summary>
    private static bool IsWindows(in Utf8JsonReader name) =>
        name.ValueTextEquals("Event") || name.ValueTextEquals("winlog") || name.ValueTextEquals("EventData")
        || name.ValueTextEquals("EventID") || name.ValueTextEquals("EventId") || name.ValueTextEquals("Channel");

    private static bool IsNative(in Utf8JsonReader value) =>
        value.ValueTextEquals("sentinel.ledger-transaction.v1") || value.ValueTextEquals("sentinel.biometric-query.v1");
}
