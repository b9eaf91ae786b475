using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SentinelHealth.Response.Notifications;

namespace SentinelHealth.Response.Tests.Notifications;

/// <summary>Mail over STARTTLS, against a server of the test's own with a certificate it made itself.</summary>
public sealed class SecuredMailTests : IDisposable
{
    private const string Secret = "a secret of the test";
    private readonly LineServer _server = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Mail_and_password_go_inside_the_encryption_of_a_server_whose_authority_the_settings_trust()
    {
        using var certificate = Certificate("localhost");
        var speaking = _server.SpeakSmtpSecuredAsync(certificate);

        await Mail(Trusting(certificate)).SendAsync(SomeNotice.To(title: "Äußerst viele Exporte in einer Nacht, von einem Gerät, das niemand kennt"), Cancel);
        var (open, secured) = await speaking;

        Assert.Equal(["EHLO", "STARTTLS"], open.Select(line => line.Split(' ')[0]));
        Assert.Contains("AUTH PLAIN " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0sentinel\0{Secret}")), secured);
        Assert.Contains("RCPT TO:<night@hospital.example>", secured);
        Assert.Contains("Äußerst viele Exporte in einer Nacht, von einem Gerät, das niemand kennt", SubjectIn(secured), StringComparison.Ordinal);
        Assert.All(secured, line => Assert.True(line.Length <= 998));
        Assert.Equal("QUIT", secured[^1]);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_ends_it_before_anything_is_said()
    {
        using var certificate = Certificate("localhost");
        await RefusesAsync(certificate, authorities: null);
    }

    [Fact]
    public async Task A_certificate_of_another_authority_ends_it()
    {
        using var certificate = Certificate("localhost");
        using var other = Certificate("localhost");
        await RefusesAsync(certificate, Trusting(other));
    }

    [Fact]
    public async Task A_certificate_for_another_name_ends_it()
    {
        using var certificate = Certificate("mail.elsewhere.example");
        await RefusesAsync(certificate, Trusting(certificate));
    }

    [Fact]
    public async Task A_certificate_that_has_run_out_ends_it()
    {
        using var certificate = Certificate("localhost", untilYear: 2020);
        await RefusesAsync(certificate, Trusting(certificate));
    }

    [Fact]
    public async Task What_somebody_slips_in_before_the_encryption_is_not_taken_for_the_servers_word()
    {
        using var certificate = Certificate("localhost");
        var speaking = _server.SpeakSmtpSecuredAsync(certificate, agreement: "220 go on\r\n250-slipped\r\n250 AUTH PLAIN");

        var fault = await Assert.ThrowsAsync<IOException>(() => Mail(Trusting(certificate)).SendAsync(SomeNotice.To(), Cancel));
        var (_, secured) = await speaking;

        Assert.Contains("before the encryption", fault.Message, StringComparison.Ordinal);
        Assert.Empty(secured);
    }

    [Fact]
    public async Task A_password_is_never_said_in_the_open()
    {
        var speaking = _server.SpeakSmtpAsync();

        await Assert.ThrowsAsync<NoticeRefusedException>(() => Mail(null, isEncrypted: false).SendAsync(SomeNotice.To(), Cancel));

        Assert.Equal(["EHLO"], (await speaking).Select(line => line.Split(' ')[0]));
    }

    private async Task RefusesAsync(X509Certificate2 certificate, X509Certificate2Collection? authorities)
    {
        var speaking = _server.SpeakSmtpSecuredAsync(certificate);

        await Assert.ThrowsAsync<AuthenticationException>(() => Mail(authorities).SendAsync(SomeNotice.To(), Cancel));
        var (open, secured) = await speaking;

        Assert.Equal(["EHLO", "STARTTLS"], open.Select(line => line.Split(' ')[0]));
        Assert.Empty(secured);
    }

    private EmailChannel Mail(X509Certificate2Collection? authorities, bool isEncrypted = true) => new("mail",
        new EmailServer("localhost", _server.Port, isEncrypted, "sentinel@hospital.example", ["night@hospital.example"])
        {
            Credential = new NetworkCredential("sentinel", Secret),
            Authorities = authorities,
        });

    private static string SubjectIn(List<string> said)
    {
        var words = said.SkipWhile(line => !line.StartsWith("Subject: ", StringComparison.Ordinal)).ToList();
        var count = 1 + words.Skip(1).TakeWhile(line => line.StartsWith(' ')).Count();
        return string.Concat(words.Take(count).Select(line =>
            Encoding.UTF8.GetString(Convert.FromBase64String(line[(line.IndexOf("?B?", StringComparison.Ordinal) + 3)..^2]))));
    }

    private static X509Certificate2Collection Trusting(X509Certificate2 certificate) =>
        [X509CertificateLoader.LoadCertificate(certificate.Export(X509ContentType.Cert))];

    private static X509Certificate2 Certificate(string host, int untilYear = 2090)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(
            new DateTimeOffset(2019, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(untilYear, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }
}
