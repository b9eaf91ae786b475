using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Security;

/// <summary>The time between a right password and the code: a ticket the form carries, good for a few minutes and for nothing else.</summary>
internal sealed class PendingSignIn(IdentityStore store, IDataProtectionProvider protection, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly IDataProtector _protector = protection.CreateProtector("sentinel.pending-sign-in");

    /// <summary>A ticket for somebody whose password was right.</summary>
    public string TicketOf(Account account) => Convert.ToBase64String(_protector.Protect(
        JsonSerializer.SerializeToUtf8Bytes(new Ticket(account.Name, account.Stamp, time.GetUtcNow() + Lifetime))));

    /// <summary>Whose ticket it is; null when it is none, or too old, or the account has changed since.</summary>
    public Account? Find(string? ticket)
    {
        var bytes = new byte[4_096];
        if (ticket is not { Length: > 0 } || !Convert.TryFromBase64String(ticket, bytes, out var length))
            return null;
        try
        {
            var opened = JsonSerializer.Deserialize<Ticket>(_protector.Unprotect(bytes[..length]));
            return opened is not null && opened.ExpiresAt > time.GetUtcNow() && store.FindAccount(opened.Name) is { } account
                && account.Stamp == opened.Stamp ? account : null;
        }
        catch (CryptographicException)
        {
            // Not ours, or of keys that are gone: the person starts again.
            return null;
        }
    }

    private sealed record Ticket(string Name, string Stamp, DateTimeOffset ExpiresAt);
}
