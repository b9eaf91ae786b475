using System.Globalization;
using System.Text;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Response.Notifications;

/// <summary>A notice as the bytes of a mail (RFC 5322): no text of an event can become a header, and no line of it a command.</summary>
internal static class MailText
{
    /// <summary>So that an encoded word stays within 75 characters (RFC 2047).</summary>
    private const int WordBytesMax = 45;

    private const int ColumnsOfBody = 76;

    /// <summary>The whole message and the dot that ends it.</summary>
    public static ReadOnlyMemory<byte> Of(PlannedNotice notice, string from, IEnumerable<string> to)
    {
        var text = new StringBuilder();
        Header(text, "From", from);
        Header(text, "To", string.Join(", ", to));
        Header(text, "Subject", Encoded(NoticeText.Subject(notice)));
        Header(text, "Date", notice.At.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture));
        // The same notice keeps its identifier, so that a mail sent twice is one conversation.
        Header(text, "Message-ID", $"<{Bare(notice.Id)}@{from[(from.LastIndexOf('@') + 1)..]}>");
        Header(text, "X-Sentinel-Notice", Bare(notice.Id));
        Header(text, "MIME-Version", "1.0");
        Header(text, "Content-Type", "text/plain; charset=utf-8");
        Header(text, "Content-Transfer-Encoding", "base64");
        text.Append("\r\n");
        var body = Convert.ToBase64String(Encoding.UTF8.GetBytes(NoticeText.Body(notice)));
        for (var start = 0; start < body.Length; start += ColumnsOfBody)
            text.Append(body.AsSpan(start, Math.Min(ColumnsOfBody, body.Length - start))).Append("\r\n");
        return Encoding.ASCII.GetBytes(text.Append(".\r\n").ToString());
    }

    private static void Header(StringBuilder text, string name, string value) =>
        text.Append(name).Append(": ").Append(value).Append("\r\n");

    /// <summary>A text as encoded words, one a line; whatever stands in it stays in it.</summary>
    private static string Encoded(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var bytes = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (bytes + rune.Utf8SequenceLength > WordBytesMax)
            {
                words.Add(Word(word));
                bytes = 0;
            }
            word.Append(rune.ToString());
            bytes += rune.Utf8SequenceLength;
        }
        words.Add(Word(word));
        return string.Join("\r\n ", words);
    }

    private static string Word(StringBuilder word)
    {
        var encoded = $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(word.ToString()))}?=";
        word.Clear();
        return encoded;
    }

    private static string Bare(string id) =>
        string.Concat(id.Where(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-'));
}
