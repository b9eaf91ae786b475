using System.Text;

namespace SentinelHealth.Ingest.Formats.Syslog;

/// <summary>A syslog message of RFC 5424, its header read and its body left as it is.</summary>
/// <param name="Priority">Facility times 8 plus severity, 0 to 191.</param>
/// <param name="Time">The timestamp as written; null for the nil value.</param>
/// <param name="Host">Who sent it; null for the nil value.</param>
/// <param name="Application">The program; null for the nil value.</param>
/// <param name="Process">The process; null for the nil value.</param>
/// <param name="MessageId">The kind of message; null for the nil value.</param>
/// <param name="StructuredData">The structured data as written; null for the nil value.</param>
/// <param name="BodyStart">Where the body begins, behind a byte order mark; the length of the message when there is none.</param>
internal sealed record SyslogMessage(
    int Priority, string? Time, string? Host, string? Application, string? Process, string? MessageId, string? StructuredData,
    int BodyStart)
{
    private const int PriorityMax = 191;
    private const int ElementsMax = 64;

    /// <summary>The longest the standard allows, in the order of the header: time, host, application, process, message id.</summary>
    private static readonly int[] LengthsMax = [40, 255, 48, 128, 32];

    /// <summary>Reads a message; null when it is not one of version 1. O(bytes of the header).</summary>
    public static SyslogMessage? Parse(ReadOnlySpan<byte> message)
    {
        var end = message.IndexOf((byte)'>');
        if (end is < 2 or > 4 || message[0] != '<' || !int.TryParse(message[1..end], out var priority)
            || priority is < 0 or > PriorityMax)
            return null;
        var at = end + 1;
        if (!message[at..].StartsWith("1 "u8))
            return null;
        at += 2;
        var fields = new string?[LengthsMax.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            var length = message[at..].IndexOf((byte)' ');
            if (length < 1 || length > LengthsMax[i] || message.Slice(at, length)
                .ContainsAnyExceptInRange((byte)0x21, (byte)0x7E))
                return null;
            fields[i] = Value(message.Slice(at, length));
            at += length + 1;
        }
        var dataEnd = EndOfStructuredData(message, at);
        if (dataEnd < 0 || (dataEnd < message.Length && message[dataEnd] != ' '))
            return null;
        var body = Math.Min(dataEnd + 1, message.Length);
        if (message[body..].StartsWith("\uFEFF"u8))
            body += 3;
        return new(priority, fields[0], fields[1], fields[2], fields[3], fields[4], Value(message[at..dataEnd]), body);
    }

    /// <summary>Structured data is <c>-</c> or elements in brackets, in whose values a bracket may be escaped. -1 when it is neither.</summary>
    private static int EndOfStructuredData(ReadOnlySpan<byte> message, int at)
    {
        if (at < message.Length && message[at] == '-')
            return at + 1;
        for (var elements = 0; at < message.Length && message[at] == '['; elements++)
        {
            var end = EndOfElement(message, at + 1);
            if (end < 0 || elements >= ElementsMax)
                return -1;
            at = end;
            if (at == message.Length || message[at] != '[')
                return at;
        }
        return -1;
    }

    private static int EndOfElement(ReadOnlySpan<byte> message, int at)
    {
        var isQuoted = false;
        for (; at < message.Length; at++)
        {
            if (message[at] == '\\' && isQuoted)
                at++;
            else if (message[at] == '"')
                isQuoted = !isQuoted;
            else if (message[at] == ']' && !isQuoted)
                return at + 1;
        }
        return -1;
    }

    private static string? Value(ReadOnlySpan<byte> text) => text.SequenceEqual("-"u8) ? null : Encoding.UTF8.GetString(text);
}
