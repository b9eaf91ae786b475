using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
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
        var said = new List<string>();
        await TalkAsync(client.GetStream(), "220 test", verb => verb == "RCPT" ? answerToReceiver : null, said);
        return said;
    }

    /// <summary>Speaks SMTP with STARTTLS; returns what the client said before the encryption and inside it.</summary>
    /// <param name="certificate">The server's.</param>
    /// <param name="agreement">What it answers to STARTTLS.</param>
    public async Task<(List<string> Open, List<string> Secured)> SpeakSmtpSecuredAsync(
        X509Certificate2 certificate, string agreement = "220 go on")
    {
        using var client = await _listener.AcceptTcpClientAsync(Cancel);
        var (open, secured) = (new List<string>(), new List<string>());
        var stream = client.GetStream();
        await TalkAsync(stream, "220 test", verb => verb switch
        {
            "EHLO" => "250-test\r\n250 STARTTLS",
            "STARTTLS" => agreement,
            _ => null,
        }, open);
        try
        {
            await using var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, Cancel);
            await TalkAsync(tls, null, verb => verb switch
            {
                "EHLO" => "250-test\r\n250 AUTH LOGIN PLAIN",
                "AUTH" => "235 welcome",
                _ => null,
            }, secured);
        }
        catch (Exception fault) when (fault is IOException or System.Security.Authentication.AuthenticationException)
        {
            // The client did not like the certificate and left; what it said until then is what counts.
        }
        return (open, secured);
    }

    /// <summary>Answers line by line until the client takes leave, goes, or asks for encryption.</summary>
    private static async Task TalkAsync(Stream stream, string? greeting, Func<string, string?> answer, List<string> said)
    {
        using var reader = new StreamReader(stream, new UTF8Encoding(false), false, 1_024, leaveOpen: true);
        await using var writer = new StreamWriter(stream, new UTF8Encoding(false), 1_024, leaveOpen: true) { AutoFlush = true, NewLine = "\r\n" };
        var isData = false;
        if (greeting is not null)
            await writer.WriteLineAsync(greeting);
        while (await reader.ReadLineAsync(Cancel) is { } line)
        {
            said.Add(line);
            if (isData && line != ".")
                continue;
            var verb = isData ? "." : line.Split(' ')[0].ToUpperInvariant();
            isData = verb == "DATA";
            await writer.WriteLineAsync(
                answer(verb) ?? verb switch { "DATA" => "354 go on", "QUIT" => "221 bye", _ => "250 ok" });
            if (verb is "QUIT" or "STARTTLS")
                break;
        }
    }

    public void Dispose() => _listener.Dispose();
}
