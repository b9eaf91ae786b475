using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using SentinelHealth.Response.Notifications;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Notifications;

public sealed class NoticeChannelTests : IDisposable
{
    private const string Secret = "a secret of the test";
    private readonly LineServer _server = new();
    private readonly ManualClock _clock = new(SomeCase.At);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_webhook_is_signed_over_its_time_and_body_and_carries_an_identifier()
    {
        using var channel = Webhook();
        var answering = _server.AnswerHttpAsync("204 No Content");

        await channel.SendAsync(SomeNotice.To(), Cancel);
        var (headers, body) = await answering;

        var seconds = SomeCase.At.ToUnixTimeSeconds();
        var signature = WebhookChannel.SignatureOf(Secret, seconds, Encoding.UTF8.GetBytes(body));
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"t={seconds},v1={signature}"), headers["X-Sentinel-Signature"]);
        Assert.NotEqual(signature, WebhookChannel.SignatureOf(Secret, seconds + 1, Encoding.UTF8.GetBytes(body)));
        Assert.Equal("0x01", headers["X-Sentinel-Notice"]);
        Assert.Equal("inc-1", JsonDocument.Parse(body).RootElement.GetProperty("incidentId").GetString());
        Assert.DoesNotContain(Secret, body + string.Concat(headers.Values), StringComparison.Ordinal);
    }

    [Fact]
    public void The_signature_is_HMAC_SHA256_as_anyone_can_compute_it() =>
        // echo -n '1.{}' | openssl dgst -sha256 -hmac key
        Assert.Equal(
            Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData("key"u8, "1.{}"u8)),
            WebhookChannel.SignatureOf("key", 1, "{}"u8));

    [Theory]
    [InlineData("302 Found\r\nLocation: http://169.254.169.254/latest", true)] // Elsewhere is nowhere.
    [InlineData("400 Bad Request", true)]
    [InlineData("429 Too Many Requests", false)]
    [InlineData("503 Service Unavailable", false)]
    public async Task What_a_receiver_answers_decides_whether_it_is_tried_again(string answer, bool isFinal)
    {
        using var channel = Webhook();
        var answering = _server.AnswerHttpAsync(answer);

        var fault = await Assert.ThrowsAnyAsync<Exception>(() => channel.SendAsync(SomeNotice.To(), Cancel));
        await answering;

        Assert.Equal(isFinal, fault is NoticeRefusedException);
    }

    [Fact]
    public async Task A_mail_arrives_with_what_happened_and_a_title_cannot_add_headers()
    {
        var speaking = _server.SpeakSmtpAsync();

        await Mail(isEncrypted: false).SendAsync(SomeNotice.To(title: "Export\r\nBcc: thief@example.org"), Cancel);
        var said = await speaking;

        Assert.Contains("RCPT TO:<night@hospital.example>", said);
        Assert.DoesNotContain(said, line => line.StartsWith("Bcc:", StringComparison.OrdinalIgnoreCase));
        Assert.Single(said, line => line.StartsWith("RCPT", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_mail_server_that_offers_no_encryption_gets_neither_mail_nor_password()
    {
        var speaking = _server.SpeakSmtpAsync();
        var channel = new EmailChannel("mail", new EmailServer("127.0.0.1", _server.Port, true, "s@hospital.example", ["n@hospital.example"])
        {
            Credential = new NetworkCredential("sentinel", Secret),
        });

        await Assert.ThrowsAnyAsync<Exception>(() => channel.SendAsync(SomeNotice.To(), Cancel));
        var said = await speaking;

        Assert.DoesNotContain(said, line => line.StartsWith("AUTH", StringComparison.OrdinalIgnoreCase)
            || line.StartsWith("DATA", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Syslog_over_TCP_counts_its_octets()
    {
        var reading = _server.ReadToEndAsync();

        await new SyslogChannel("siem", "127.0.0.1", _server.Port, SyslogTransport.Tcp).SendAsync(SomeNotice.To(title: "Äußerst viel"), Cancel);
        var text = await reading;

        var length = int.Parse(text[..text.IndexOf(' ', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
        var message = text[(text.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        Assert.Equal(length, Encoding.UTF8.GetByteCount(message));
        Assert.StartsWith("<107>1 2026-11-02T08:00:00.000Z ", message, StringComparison.Ordinal);
        Assert.Contains("CEF:0|SentinelHealth|SentinelHealth|", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Syslog_over_UDP_is_one_datagram()
    {
        using var receiver = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)receiver.Client.LocalEndPoint!).Port;

        await new SyslogChannel("siem", "127.0.0.1", port, SyslogTransport.Udp).SendAsync(SomeNotice.To(), Cancel);

        Assert.StartsWith("<107>1 ", Encoding.UTF8.GetString((await receiver.ReceiveAsync(Cancel)).Buffer), StringComparison.Ordinal);
    }

    [Fact]
    public void CEF_and_syslog_let_no_name_out_of_its_field()
    {
        var notice = SomeNotice.To(title: "a|b\\c\n<1>1 forged") with { Playbook = "p=1 \"]", IncidentId = "x\" y=\"z]" };

        var cef = NoticeText.Cef(notice, "1.0");
        var syslog = NoticeText.Syslog(notice, "host name", "1.0");

        Assert.Contains(@"|a\|b\\c <1>1 forged|8|", cef, StringComparison.Ordinal);
        Assert.Contains(@"cs2=p\=1 ""]", cef, StringComparison.Ordinal);
        Assert.Contains(@"incident=""x\"" y=\""z\]""", syslog, StringComparison.Ordinal);
        Assert.Contains(" hostname sentinelhealth ", syslog, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', syslog);
    }

    private WebhookChannel Webhook() => new("hook", new Uri($"http://127.0.0.1:{_server.Port}/in"), Secret, _clock);

    private EmailChannel Mail(bool isEncrypted) => new("mail",
        new EmailServer("127.0.0.1", _server.Port, isEncrypted, "sentinel@hospital.example", ["night@hospital.example"]));
}
