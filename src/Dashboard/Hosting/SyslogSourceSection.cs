using System.ComponentModel.DataAnnotations;
using System.Net;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>A port where syslog is listened for.</summary>
internal sealed record SyslogSourceSection : IValidatableObject
{
    [Required, RegularExpression("[A-Za-z0-9._-]{1,64}")]
    public string Name { get; init; } = "";

    /// <summary>Address and port, as 0.0.0.0:6514. No default: a port is opened on purpose.</summary>
    [Required]
    public string ListenAt { get; init; } = "";

    /// <summary>PEM file with the server's certificate and its chain. Without it the port speaks plain TCP.</summary>
    public string CertificateFile { get; init; } = "";

    /// <summary>PEM file with the certificate's key.</summary>
    public string KeyFile { get; init; } = "";

    /// <summary>PEM file with the authority of client certificates: then every client must show one.</summary>
    public string ClientAuthorityFile { get; init; } = "";

    /// <summary>Connections at a time.</summary>
    [Range(1, 10_000)]
    public int ConnectionsMax { get; init; } = 100;

    /// <summary>Longest message, in bytes.</summary>
    [Range(512, 1024 * 1024)]
    public int MessageBytesMax { get; init; } = 64 * 1024;

    /// <summary>How long a connection may say nothing.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan IdleMax { get; init; } = TimeSpan.FromMinutes(10);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IPEndPoint.TryParse(ListenAt, out var address) || address.Port == 0)
            yield return new("Must be an address and a port, as 0.0.0.0:6514.", [nameof(ListenAt)]);
        if (CertificateFile.Length > 0 != KeyFile.Length > 0)
            yield return new("Certificate and key come together.", [nameof(KeyFile)]);
        if (ClientAuthorityFile.Length > 0 && CertificateFile.Length == 0)
            yield return new("Client certificates need TLS, and so a certificate of the server.", [nameof(ClientAuthorityFile)]);
    }
}
