using System.Buffers;
using System.Text.Json;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats.Records;

namespace SentinelHealth.Ingest.Formats.Syslog;

/// <summary>A syslog message (RFC 5424) around an audit message or any JSON format.</summary>
internal static class SyslogFormat
{
    public static void Read(ReadOnlyMemory<byte> record, RecordScope scope)
    {
        if (SyslogMessage.Parse(record.Span) is not { } message)
            scope.Refuse(new(RejectionReason.UnknownSchema, "The line is not a syslog message of RFC 5424.", -1), record);
        else if (record[message.BodyStart..].Trim(" \t\r\n"u8) is { IsEmpty: false } body)
            scope.Open(Header(message), scope.FallbackId, body);
        else
            scope.Refuse(new(RejectionReason.MissingField, "The syslog message has no body.", -1), record);
    }

    private static byte[] Header(SyslogMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteStartObject("syslog");
        writer.WriteNumber("priority", message.Priority);
        Write(writer, "time", message.Time);
        Write(writer, "host", message.Host);
        Write(writer, "application", message.Application);
        Write(writer, "process", message.Process);
        Write(writer, "messageId", message.MessageId);
        Write(writer, "structuredData", message.StructuredData);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
            writer.WriteString(name, value);
    }
}
