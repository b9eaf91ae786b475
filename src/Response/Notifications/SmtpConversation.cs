using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace SentinelHealth.Response.Notifications;

/// <summary>A mail server's answer to one command.</summary>
/// <param name="Code">Three digits; from 500 on it is final.</param>
/// <param name="Lines">What it said, a text for each line.</param>
internal readonly record struct SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    /// <summary>The text after a keyword of the greeting, such as <c>AUTH</c>; null when it is not offered.</summary>
    public string? Offer(string keyword) => Lines.FirstOrDefault(line =>
        line.StartsWith(keyword, StringComparison.OrdinalIgnoreCase)
        && (line.Length == keyword.Length || line[keyword.Length] is ' ' or '='))?[keyword.Length..];
}

/// <summary>Commands and answers of SMTP (RFC 5321) over one connection, which can be secured on the way (RFC 3207).</summary>
/// <remarks>Answers are bounded: a line of 2 KB, 100 lines. For one thread.</remarks>
internal sealed class SmtpConversation : IAsyncDisposable
{
    private const int LineBytesMax = 2_048, LinesMax = 100;

    private readonly TcpClient _client = new();
    private readonly byte[] _buffer = new byte[LineBytesMax];
    private Stream _stream = Stream.Null;
    private int _from, _until;

    private SmtpConversation() { }

    /// <summary>Connects and hears the greeting.</summary>
    public static async Task<SmtpConversation> OpenAsync(string host, int port, CancellationToken cancel)
    {
        var conversation = new SmtpConversation();
        try
        {
            await conversation._client.ConnectAsync(host, port, cancel);
            conversation._stream = conversation._client.GetStream();
            Expect(await conversation.HearAsync(cancel), 220);
            return conversation;
        }
        catch
        {
            await conversation.DisposeAsync();
            throw;
        }
    }

    /// <summary>Says a line and hears the answer, which must have a code.</summary>
    /// <exception cref="NoticeRefusedException">The server refuses for good.</exception>
    /// <exception cref="IOException">It refuses for now, or says something else.</exception>
    public async Task<SmtpReply> SayAsync(string line, int code, CancellationToken cancel)
    {
        if (line.AsSpan().IndexOfAny('\r', '\n') >= 0)
            throw new NoticeRefusedException("A command of more than one line is not sent.");
        return await SayAsync(Encoding.UTF8.GetBytes(line + "\r\n"), code, cancel);
    }

    /// <summary>The same with the bytes of several lines, for a message.</summary>
    public async Task<SmtpReply> SayAsync(ReadOnlyMemory<byte> lines, int code, CancellationToken cancel)
    {
        await _stream.WriteAsync(lines, cancel);
        await _stream.FlushAsync(cancel);
        return Expect(await HearAsync(cancel), code);
    }

    /// <summary>Takes leave. What was accepted before stays accepted, however that goes.</summary>
    public async Task LeaveAsync(CancellationToken cancel)
    {
        try
        {
            await SayAsync("QUIT", 221, cancel);
        }
        catch (Exception fault) when (fault is IOException or NoticeRefusedException)
        {
            // The mail was accepted: to say otherwise would send it twice.
        }
    }

    /// <summary>Goes on inside TLS. What somebody slipped in before it would be taken for the server's word, so nothing may be left over.</summary>
    public async Task SecureAsync(SslClientAuthenticationOptions options, CancellationToken cancel)
    {
        if (_from < _until)
            throw new IOException("The mail server spoke before the encryption it had agreed to.");
        var secured = new SslStream(_stream);
        _stream = secured;
        await secured.AuthenticateAsClientAsync(options, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _client.Dispose();
    }

    /// <summary>The last digit only tells how: 251 is 250 for a receiver who lives elsewhere.</summary>
    private static SmtpReply Expect(SmtpReply reply, int code) => reply.Code / 10 == code / 10
        ? reply
        : reply.Code is >= 500 and < 600
            ? throw new NoticeRefusedException($"The mail server refused: {reply.Code}.")
            : throw new IOException($"The mail server answered {reply.Code} where {code} was expected.");

    private async Task<SmtpReply> HearAsync(CancellationToken cancel)
    {
        var lines = new List<string>();
        while (lines.Count < LinesMax)
        {
            var line = await LineAsync(cancel);
            if (line.Length < 3
                || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
                throw new IOException("The mail server does not speak SMTP.");
            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] != '-')
                return new SmtpReply(code, lines);
        }
        throw new IOException("The mail server's answer does not end.");
    }

    private async Task<string> LineAsync(CancellationToken cancel)
    {
        while (true)
        {
            var end = _buffer.AsSpan(_from, _until - _from).IndexOf((byte)'\n');
            if (end >= 0)
            {
                var line = Encoding.UTF8.GetString(_buffer, _from, end).TrimEnd('\r');
                _from += end + 1;
                return line;
            }
            if (_from > 0)
            {
                _buffer.AsSpan(_from, _until - _from).CopyTo(_buffer);
                (_from, _until) = (0, _until - _from);
            }
            if (_until == _buffer.Length)
                throw new IOException("A line of the mail server's answer is too long.");
            var read = await _stream.ReadAsync(_buffer.AsMemory(_until), cancel);
            if (read == 0)
                throw new IOException("The mail server ended the conversation.");
            _until += read;
        }
    }
}
