using System.Net;
using System.Net.Mail;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Response.Notifications;

/// <summary>Where and how mail is handed over.</summary>
/// <param name="Host">The server; its certificate must be for this name.</param>
/// <param name="Port">Its port.</param>
/// <param name="IsEncrypted">Whether STARTTLS is demanded; off is for a relay on the same machine.</param>
/// <param name="From">The sender.</param>
/// <param name="To">The receivers.</param>
public sealed record EmailServer(string Host, int Port, bool IsEncrypted, string From, IReadOnlyList<string> To)
{
    /// <summary>Name and password; null for none. Never sent unencrypted.</summary>
    public NetworkCredential? Credential { get; init; }

    /// <summary>Certificates of the authorities that are trusted for this server instead of the machine's; null for the machine's.</summary>
    public X509Certificate2Collection? Authorities { get; init; }
}

/// <summary>Sends notices as mail (RFC 5321) over STARTTLS (RFC 3207), a connection for each: there are few of them.</summary>
/// <remarks>
/// The platform's own client trusts by a setting of the whole process, so it could not be given one server's authority. A server without STARTTLS, or whose certificate is not trusted,
/// expired or for another name, gets neither mail nor password. 20 seconds at most.
/// </remarks>
public sealed class EmailChannel(string name, EmailServer server) : INoticeChannel
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public async Task SendAsync(PlannedNotice notice, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(notice);
        var (from, to) = (AddressOf(server.From), server.To.Select(AddressOf).ToList());
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        await using var conversation = await SmtpConversation.OpenAsync(server.Host, server.Port, patience.Token);
        var greeting = await GreetAsync(conversation, patience.Token);
        if (server.Credential is { } credential)
            await SignInAsync(conversation, greeting, credential, patience.Token);
        await conversation.SayAsync($"MAIL FROM:<{from}>", 250, patience.Token);
        foreach (var receiver in to)
            await conversation.SayAsync($"RCPT TO:<{receiver}>", 250, patience.Token);
        await conversation.SayAsync("DATA", 354, patience.Token);
        await conversation.SayAsync(MailText.Of(notice, from, to), 250, patience.Token);
        await conversation.LeaveAsync(patience.Token);
    }

    private async Task<SmtpReply> GreetAsync(SmtpConversation conversation, CancellationToken cancel)
    {
        var greeting = await conversation.SayAsync(Hello, 250, cancel);
        if (!server.IsEncrypted)
            return greeting;
        if (greeting.Offer("STARTTLS") is null)
            throw new IOException("The mail server offers no STARTTLS.");
        await conversation.SayAsync("STARTTLS", 220, cancel);
        await conversation.SecureAsync(Trust(), cancel);
        // What was said before the encryption counts for nothing.
        return await conversation.SayAsync(Hello, 250, cancel);
    }

    private SslClientAuthenticationOptions Trust()
    {
        var options = new SslClientAuthenticationOptions { TargetHost = server.Host };
        if (server.Authorities is { } authorities)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }
        return options;
    }

    private async Task SignInAsync(
        SmtpConversation conversation, SmtpReply greeting, NetworkCredential credential, CancellationToken cancel)
    {
        if (!server.IsEncrypted)
            throw new NoticeRefusedException("A password is not sent without encryption.");
        var offered = greeting.Offer("AUTH")?.Split([' ', '='], StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (offered.Contains("PLAIN", StringComparer.OrdinalIgnoreCase))
        {
            await conversation.SayAsync("AUTH PLAIN " + Base64($"\0{credential.UserName}\0{credential.Password}"), 235, cancel);
            return;
        }
        await conversation.SayAsync("AUTH LOGIN", 334, cancel);
        await conversation.SayAsync(Base64(credential.UserName), 334, cancel);
        await conversation.SayAsync(Base64(credential.Password), 235, cancel);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Hello => "EHLO " + (Uri.CheckHostName(Environment.MachineName) == UriHostNameType.Dns
        ? Environment.MachineName : "localhost");

    /// <summary>The bare address, which holds nothing that could end it early.</summary>
    private static string AddressOf(string text) =>
        MailAddress.TryCreate(text, out var parsed)
        && parsed.Address.All(letter => letter is > ' ' and <= '~' and not ('<' or '>'))
            ? parsed.Address
            : throw new NoticeRefusedException("An address of the settings is none that mail can go to.");
}
