using System.Buffers;
using System.Text;
using System.Text.Json;

namespace SentinelHealth.Ingest.Formats.CloudEvents;

/// <summary>Binary mode of CloudEvents: attributes in headers, content in the body. Put together it is a structured CloudEvent.</summary>
public static class CloudEventBinding
{
    /// <summary>Prefix of the attributes in HTTP headers.</summary>
    public const string HttpPrefix = "ce-";

    /// <summary>Prefix of the attributes in Kafka headers.</summary>
    public const string KafkaPrefix = "ce_";

    private const int AttributesMax = 64;
    private const int AttributeCharactersMax = 4_096;

    /// <summary>Joins headers and body into one structured CloudEvent. O(bytes).</summary>
    /// <param name="headers">All headers; those without the prefix are ignored.</param>
    /// <param name="prefix"><see cref="HttpPrefix"/> or <see cref="KafkaPrefix"/>, in any letter case.</param>
    /// <param name="contentType">The body's media type; null when not stated.</param>
    /// <param name="body">The content.</param>
    /// <returns>Null when no header names a version of the specification, or the attributes are too many or too long.</returns>
    public static byte[]? Join(
        IEnumerable<KeyValuePair<string, string>> headers, string prefix, string? contentType, ReadOnlySpan<byte> body)
    {
        ArgumentNullException.ThrowIfNull(headers);
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        var attributes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        // HTTP headers are ASCII and escape the rest; Kafka's are UTF-8 as they stand.
        var unescapes = prefix == HttpPrefix;
        foreach (var (name, value) in headers)
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                attributes[name[prefix.Length..].ToLowerInvariant()] = unescapes ? Uri.UnescapeDataString(value) : value;
        var isBounded = attributes.Count <= AttributesMax
            && attributes.All(attribute => attribute.Key.Length + attribute.Value.Length <= AttributeCharactersMax);
        if (!attributes.ContainsKey("specversion") || !isBounded)
            return null;
        attributes.Remove("data");
        attributes.Remove("data_base64");
        if (contentType is not null)
            attributes["datacontenttype"] = contentType;
        return Write(attributes, body);
    }

    private static byte[] Write(SortedDictionary<string, string> attributes, ReadOnlySpan<byte> body)
    {
        var buffer = new ArrayBufferWriter<byte>(body.Length + 512);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        foreach (var (name, value) in attributes)
            writer.WriteString(name, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(value)));
        // Only a whole JSON value may stand in the record as it is: anything else could add attributes of its own.
        if (IsJson(body))
        {
            writer.WritePropertyName("data");
            writer.WriteRawValue(body, skipInputValidation: true);
        }
        else
            writer.WriteBase64String("data_base64", body);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static bool IsJson(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 64 });
        try
        {
            while (reader.Read())
                continue;
            return reader.BytesConsumed > 0;
        }
        catch (JsonException)
        {
            // Then it travels as bytes, and whoever opens the envelope says what is wrong with it.
            return false;
        }
    }
}
