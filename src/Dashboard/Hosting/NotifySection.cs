using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Mail;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SentinelHealth.Response.Notifications;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>Where people outside are told; playbooks name a channel, never an address.</summary>
internal sealed record NotifySection : IValidatableObject
{
    [MaxLength(32)]
    public IReadOnlyList<ChannelSection> Channels { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Channels.Select(channel => channel.Name).Distinct(StringComparer.Ordinal).Count() != Channels.Count)
            yield return new("Channel names must differ.", [nameof(Channels)]);
    }

    /// <summary>The channels; disposable ones belong to the caller.</summary>
    public IReadOnlyList<INoticeChannel> Open(TimeProvider clock) => [.. Channels.Select(channel => channel.Open(clock))];
}

/// <summary>What a channel is.</summary>
internal enum ChannelKind
{
    /// <summary>HTTP POST with an HMAC-SHA256 signature.</summary>
    Webhook,

    /// <summary>Mail over SMTP.</summary>
    Email,

    /// <summary>CEF in syslog.</summary>
    Syslog,
}

/// <summary>One channel. Secrets are best given by the environment: <c>SENTINELHEALTH__Notify__Channels__0__Secret</c>.</summary>
internal sealed record ChannelSection : IValidatableObject
{
    private const int SecretCharactersMin = 16;

    /// <summary>The name playbooks use.</summary>
    [Required, RegularExpression("[A-Za-z0-9._-]{1,64}")]
    public string Name { get; init; } = "";

    public ChannelKind Kind { get; init; }

    /// <summary>Webhook: where to post.</summary>
    public Uri? Url { get; init; }

    /// <summary>Webhook: what signatures are made with. Email: the password.</summary>
    public string Secret { get; init; } = "";

    /// <summary>Email and syslog: the server.</summary>
    [StringLength(255)]
    public string Host { get; init; } = "";

    /// <summary>Its port; 0 for the usual one (587, 514, 6514 with TLS).</summary>
    [Range(0, 65_535)]
    public int Port { get; init; }

    /// <summary>Email: STARTTLS is demanded. Off only for a relay on the same machine.</summary>
    public bool IsEncrypted { get; init; } = true;

    /// <summary>Email: certificates (PEM) of the authorities that are trusted for this server instead of the machine's; empty for the machine's.</summary>
    [StringLength(1_000)]
    public string AuthoritiesFile { get; init; } = "";

    /// <summary>Email: the name to sign in with; empty for none.</summary>
    [StringLength(255)]
    public string User { get; init; } = "";

    /// <summary>Email: the sender.</summary>
    [StringLength(255)]
    public string From { get; init; } = "";

    /// <summary>Email: the receivers.</summary>
    [MaxLength(50)]
    public IReadOnlyList<string> To { get; init; } = [];

    /// <summary>Syslog: how it travels.</summary>
    public SyslogTransport Transport { get; init; } = SyslogTransport.Tls;

    internal int PortOrUsual => Port > 0 ? Port
        : Kind == ChannelKind.Email ? 587
        : Transport == SyslogTransport.Tls ? 6514 : 514;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Kind == ChannelKind.Webhook && Url is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
            yield return new("A webhook needs an address, http://… or https://….", [nameof(Url)]);
        if (Kind == ChannelKind.Webhook && Secret.Length < SecretCharactersMin)
            yield return new($"A webhook needs a secret of at least {SecretCharactersMin} characters.", [nameof(Secret)]);
        if (Kind != ChannelKind.Webhook && Host.Length == 0)
            yield return new("Needed: the name or address of the server.", [nameof(Host)]);
        if (Kind == ChannelKind.Email && !MailAddress.TryCreate(From, out _))
            yield return new("Needed: the address of the sender.", [nameof(From)]);
        if (Kind == ChannelKind.Email && User.Length > 0 && !IsEncrypted)
            yield return new("A password is not sent without encryption.", [nameof(IsEncrypted)]);
        if (Kind == ChannelKind.Email && AuthoritiesFile.Length > 0 && !File.Exists(AuthoritiesFile))
            yield return new("There is no such file.", [nameof(AuthoritiesFile)]);
        if (Kind == ChannelKind.Email && (To.Count == 0 || To.Any(address => !MailAddress.TryCreate(address, out _))))
            yield return new("Needed: addresses of the receivers.", [nameof(To)]);
    }

    public INoticeChannel Open(TimeProvider clock) => Kind switch
    {
        ChannelKind.Webhook => new WebhookChannel(Name, Url!, Secret, clock),
        ChannelKind.Email => new EmailChannel(Name, new EmailServer(Host, PortOrUsual, IsEncrypted, From, To)
        {
            Credential = User.Length > 0 ? new NetworkCredential(User, Secret) : null,
            Authorities = Authorities(),
        }),
        _ => new SyslogChannel(Name, Host, PortOrUsual, Transport),
    };

    /// <summary>Read at the start: a file that holds no certificate must not be found out in the night of the incident.</summary>
    private X509Certificate2Collection? Authorities()
    {
        if (AuthoritiesFile.Length == 0)
            return null;
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(AuthoritiesFile);
        }
        catch (CryptographicException fault)
        {
            throw new InvalidDataException($"{AuthoritiesFile}: {fault.Message}", fault);
        }
        return authorities.Count > 0
            ? authorities : throw new InvalidDataException($"{AuthoritiesFile}: Holds no certificate (PEM).");
    }
}

/// <summary>Planned work, in which automation leaves targets alone.</summary>
internal sealed record MaintenanceSection : IValidatableObject
{
    [Required]
    public DateTimeOffset? From { get; init; }

    [Required]
    public DateTimeOffset? Until { get; init; }

    /// <summary>What is being done.</summary>
    [Required, StringLength(200, MinimumLength = 3)]
    public string Reason { get; init; } = "";

    /// <summary>Identifiers it covers; <c>*</c> stands for any text. Empty covers everything.</summary>
    [MaxLength(1_000)]
    public IReadOnlyList<string> Targets { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (From >= Until)
            yield return new("Must be after its beginning.", [nameof(Until)]);
    }

    public Response.Policy.MaintenanceWindow ToWindow() => new(From!.Value, Until!.Value, Reason) { Targets = Targets };
}
