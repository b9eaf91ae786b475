using System.Net;
using System.Net.Mail;
using System.Text;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Response.Notifications;

/// <summary>Where and how mail is handed over.</summary>
/// <param name="Host">The server.</param>
/// <param name="Port">Its port.</param>
/// <param name="IsEncrypted">Whether STARTTLS is demanded; off is for a relay on the same machine.</param>
/// <param name="From">The sender.</param>
/// <param name="To">The receivers.</param>
public sealed record EmailServer(string Host, int Port, bool IsEncrypted, string From, IReadOnlyList<string> To)
{
    /// <summary>Name and password; null for none.</summary>
    public NetworkCredential? Credential { get; init; }
}

/// <summary>Sends notices as mail.</summary>
public sealed class EmailChannel(string name, EmailServer server) : INoticeChannel
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public async Task SendAsync(PlannedNotice notice, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(notice);
        using var message = new MailMessage
        {
            From = new MailAddress(server.From),
            Subject = NoticeText.Subject(notice),
            Body = NoticeText.Body(notice),
            SubjectEncoding = Encoding.UTF8,
            BodyEncoding = Encoding.UTF8,
        };
        foreach (var receiver in server.To)
            message.To.Add(receiver);
        // The same notice keeps its identifier, so that a mail sent twice is one conversation.
        message.Headers.Add("X-Sentinel-Notice", notice.Id);
        using var client = new SmtpClient(server.Host, server.Port);
        (client.EnableSsl, client.Credentials) = (server.IsEncrypted, server.Credential);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            await client.SendMailAsync(message, patience.Token);
        }
        catch (SmtpException fault) when (IsFinal(fault.StatusCode))
        {
            throw new NoticeRefusedException($"The mail server refused: {fault.StatusCode}.", fault);
        }
    }

    /// <summary>Answers from 500 on are final.</summary>
    private static bool IsFinal(SmtpStatusCode status) => (int)status is >= 500 and < 600;
}
