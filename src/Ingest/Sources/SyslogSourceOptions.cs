using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace SentinelHealth.Ingest.Sources;

/// <summary>Where syslog messages are listened for and how much of them is taken.</summary>
public sealed record SyslogSourceOptions
{
    /// <summary>The source's name; part of every event's deduplication key, so it must not change.</summary>
    [Required]
    public required string Name { get; init; }

    /// <summary>Address and port. Port 0 takes a free one.</summary>
    public required IPEndPoint ListenAt { get; init; }

    /// <summary>The server's certificate with its key: then TLS is spoken and nothing else (RFC 5425). Null for plain TCP.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>
    /// Who may sign client certificates: then every client must show one. Null asks for none. Revocation is not looked up: remove the
    /// authority, or let certificates be short-lived.
    /// </summary>
    public X509Certificate2? ClientAuthority { get; init; }

    /// <summary>Connections at a time; further ones are closed at once. Default 100.</summary>
    [Range(1, 10_000)]
    public int ConnectionsMax { get; init; } = 100;

    /// <summary>Longest message, in bytes. Default 64 KiB; must not exceed the decoder's record limit. Longer ones are dead letters.</summary>
    [Range(512, 1024 * 1024)]
    public int MessageBytesMax { get; init; } = 64 * 1024;

    /// <summary>Messages made durable at once. Default 500; what has arrived is never held back for more.</summary>
    [Range(1, 10_000)]
    public int BatchMessagesMax { get; init; } = 500;

    /// <summary>How long a connection may say nothing, or take to agree on TLS a tenth of it. Default 10 minutes.</summary>
    public TimeSpan IdleMax { get; init; } = TimeSpan.FromMinutes(10);
}
