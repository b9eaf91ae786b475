using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SentinelHealth.Response.Tests.Notifications;

/// <summary>A server of one conversation on a free loopback port.</summary>
internal sealed class LineServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public LineServer() => _listener.Start(1);

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Takes one connection and reads it to its end.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using var client = await _listener.AcceptTcpClientAsync(Cancel);
        using var reader = new StreamReader(client.GetStream(), new UTF8Encoding(false));
        return await reader.ReadToEndAsync(Cancel);
    }

    /// <summary>Answers one HTTP request and returns it: headers by name, and the body.</summary>
    public async Task<(Dictionary<string, string> Headers, string Body)> AnswerHttpAsync(string answer)
    {
        using var client = await _listener.AcceptTcpClientAsync(Cancel);
        var stream = client.GetStream();
        using var reader = new StreamReader(stream, new UTF8Encoding(false));
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["line"] = await reader.ReadLineAsync(Cancel) ?? "" };
        while (await reader.ReadLineAsync(Cancel) is { Length: > 0 } line)
            headers[line.Split(':')[0]] = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        var body = new char[int.Parse(headers["Content-Length"], System.Globalization.CultureInfo.InvariantCulture)];
        await reader.ReadBlockAsync(body, Cancel);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), Cancel);
        return (headers, new string(body));
    }

    /// <summary>Speaks SMTP without encryption and returns everything the client said; a rejected receiver gets the answer given.</summary>
    public async Task<List<string>> SpeakSmtpAsync(string answerToReceiver = "250 ok")
    {
        using var client = await _listener.AcceptTcpClientAsync(Cancel);
        using var reader = new StreamReader(client.GetStream(), new UTF8Encoding(false));
        await using var writer = new StreamWriter(client.GetStream(), new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\r\n" };
        var said = new List<string>();
        var isData = false;
        await writer.WriteLineAsync("220 test");
        while (await reader.ReadLineAsync(Cancel) is { } line)
        {
            said.Add(line);
            if (isData && line != ".")
                continue;
            var verb = isData ? "." : line.Split(' ')[0].ToUpperInvariant();
            isData = verb == "DATA";
            await writer.WriteLineAsync(verb switch { "DATA" => "354 go on", "RCPT" => answerToReceiver, "QUIT" => "221 bye", _ => "250 ok" });
            if (verb == "QUIT")
                break;
        }
        return said;
    }

    public void Dispose() => _listener.Dispose();
}
