using System.Buffers;
using System.Text;
using System.Text.Json;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats.Records;

namespace SentinelHealth.Ingest.Formats.CloudEvents;

/// <summary>CloudEvents 1.0 in structured JSON, one or a batch, around any other format.</summary>
internal sealed class CloudEventFormat : IRecordFormat
{
    private static readonly string[] RequiredAttributes = ["specversion", "id", "source", "type"];
    private static readonly string[] Contents = ["data", "data_base64"];

    public bool Recognizes(JsonElement record) => record.ValueKind == JsonValueKind.Array
        ? record.GetArrayLength() > 0 && IsCloudEvent(record[0])
        : IsCloudEvent(record);

    public void Read(JsonElement record, RecordScope scope)
    {
        if (record.ValueKind != JsonValueKind.Array)
        {
            ReadOne(record, scope);
            return;
        }
        var index = 0;
        foreach (var item in record.EnumerateArray())
        {
            if (scope.IsFull)
                return;
            ReadOne(item, scope.At($"batch[{index++}]"));
        }
    }

    /// <summary>Whether bytes may be a batch: an array of objects, the first of which names a version of the specification.</summary>
    public static bool LooksLikeBatch(ReadOnlySpan<byte> record) =>
        record.StartsWith("["u8) && record.IndexOf("\"specversion\""u8) > 0;

    private static bool IsCloudEvent(JsonElement record) => record.Member("specversion").ValueKind == JsonValueKind.String;

    private static void ReadOne(JsonElement record, RecordScope scope)
    {
        foreach (var member in RequiredAttributes)
        {
            if (record.Text(member) is not null)
                continue;
            Refuse(record, scope, RejectionReason.MissingField, $"The required attribute '{member}' of a CloudEvent is missing or empty.");
            return;
        }
        if (record.Text("specversion") != "1.0")
            Refuse(record, scope, RejectionReason.UnknownSchema, "Only version 1.0 of CloudEvents is known.");
        else if (record.Member("data").IsPresent() && record.Member("data_base64").IsPresent())
            Refuse(record, scope, RejectionReason.DuplicateField, "A CloudEvent has 'data' or 'data_base64', not both.");
        else if (ContentOf(record) is { } content)
            scope.Open(Attributes(record), FallbackId(record), content);
        else
            Refuse(record, scope, RejectionReason.MissingField, "The CloudEvent has no data that could be read.");
    }

    /// <summary>The specification makes source and id together unique.</summary>
    private static string FallbackId(JsonElement record) => $"ce:{ContentKey.Of(record.Text("source"), record.Text("id"))}";

    private static ReadOnlyMemory<byte>? ContentOf(JsonElement record)
    {
        if (record.Text("data_base64") is { } base64)
        {
            var buffer = new byte[(base64.Length / 4 * 3) + 3];
            return Convert.TryFromBase64String(base64, buffer, out var written) ? buffer.AsMemory(0, written) : null;
        }
        var data = record.Member("data");
        return data.ValueKind switch
        {
            JsonValueKind.Object or JsonValueKind.Array => JsonReading.Raw(data),
            // XML and syslog lines are texts in JSON.
            JsonValueKind.String => Encoding.UTF8.GetBytes(data.GetString()!),
            // Typed, because a bare null would become empty memory.
            _ => (ReadOnlyMemory<byte>?)null,
        };
    }

    /// <summary>Everything but the content, which the events inside carry themselves.</summary>
    private static byte[] Attributes(JsonElement record)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        foreach (var attribute in record.EnumerateObject())
            if (!Contents.Contains(attribute.Name))
                attribute.WriteTo(writer);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void Refuse(JsonElement record, RecordScope scope, RejectionReason reason, string detail) =>
        scope.Refuse(new(reason, detail, -1), JsonReading.Raw(record));
}
