using System.ComponentModel.DataAnnotations;

namespace SentinelHealth.Ingest.Kafka;

/// <summary>How the connection to the brokers is protected.</summary>
public enum KafkaSecurity
{
    /// <summary>Not at all: for a broker on the same machine or in a closed network.</summary>
    Plaintext,

    /// <summary>TLS; with a client certificate when one is given.</summary>
    Tls,

    /// <summary>TLS, and a user with a password. A password is never sent without TLS.</summary>
    SaslTls,
}

/// <summary>How a user proves the password.</summary>
public enum KafkaSaslMechanism
{
    /// <summary>The broker sees only a proof of it. The usual choice.</summary>
    ScramSha512,

    /// <summary>As above with a shorter digest.</summary>
    ScramSha256,

    /// <summary>The broker is given it. What hosted clusters with API keys want.</summary>
    Plain,
}

/// <summary>How messages are compressed on their way out. What comes in may be compressed in any of these ways.</summary>
public enum KafkaCompression
{
    /// <summary>About 5 times smaller for JSON, cheap: the default.</summary>
    Lz4,

    /// <summary>Smallest, somewhat dearer.</summary>
    Zstd,

    /// <summary>For brokers and readers that know nothing else.</summary>
    Gzip,

    /// <summary>As lz4, older.</summary>
    Snappy,

    /// <summary>As it is.</summary>
    None,
}

/// <summary>Where a secret is read from: a file, or a variable of the environment. Never the settings themselves.</summary>
public sealed record SecretPlace
{
    /// <summary>A file that holds it and at most one line break at its end; empty for none.</summary>
    public string File { get; init; } = "";

    /// <summary>The name of an environment variable that holds it; empty for none.</summary>
    public string Variable { get; init; } = "";

    /// <summary>Whether a place is named.</summary>
    internal bool IsNamed => File.Length > 0 || Variable.Length > 0;

    /// <summary>Whether there are two, of which one would not be looked at.</summary>
    internal bool IsNamedTwice => File.Length > 0 && Variable.Length > 0;

    /// <summary>The secret. Not kept anywhere by this type.</summary>
    /// <exception cref="InvalidDataException">There is nothing at the place; the message names the place alone.</exception>
    internal string Read()
    {
        var text = File.Length > 0
            ? System.IO.File.ReadAllText(File).TrimEnd('\n').TrimEnd('\r')
            : Environment.GetEnvironmentVariable(Variable);
        return !string.IsNullOrEmpty(text)
            ? text
            : throw new InvalidDataException($"There is no secret in {(File.Length > 0 ? File : "the variable " + Variable)}.");
    }
}

/// <summary>The brokers and how to prove to them who we are.</summary>
public sealed record KafkaConnection : IValidatableObject
{
    /// <summary>Brokers to begin with, as <c>host:port,host:port</c>. No default: the wrong cluster must be impossible.</summary>
    [Required, RegularExpression(@"[^\s,:]+:[0-9]{1,5}(,[^\s,:]+:[0-9]{1,5})*")]
    public string BootstrapServers { get; init; } = "";

    /// <summary>How we are called in the brokers' logs and quotas.</summary>
    [Required, RegularExpression("[A-Za-z0-9._-]{1,64}")]
    public string ClientId { get; init; } = "sentinelhealth";

    /// <summary>How the connection is protected. Default <see cref="KafkaSecurity.Plaintext"/>.</summary>
    public KafkaSecurity Security { get; init; }

    /// <summary>Certificates of those who may vouch for the brokers, PEM; empty for those the system trusts.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>Our certificate, PEM; empty for none.</summary>
    public string CertificateFile { get; init; } = "";

    /// <summary>The key of our certificate, PEM.</summary>
    public string KeyFile { get; init; } = "";

    /// <summary>The password of that key, when it has one.</summary>
    public SecretPlace KeyPassword { get; init; } = new();

    /// <summary>How the password is proven. Default <see cref="KafkaSaslMechanism.ScramSha512"/>.</summary>
    public KafkaSaslMechanism Mechanism { get; init; }

    /// <summary>The user.</summary>
    [StringLength(256)]
    public string User { get; init; } = "";

    /// <summary>The user's password.</summary>
    public SecretPlace Password { get; init; } = new();

    /// <summary>How long a member may be silent before its partitions go to others. Default 45 s; less moves sooner, and for less reason.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:30:00")]
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>How long to wait for brokers and topics at the start. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a batch out may take before its producer is given up and the batch fails, to be repeated by whoever sent it. Default
    /// 2 minutes: longer than the election of a new leader.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")]
    public TimeSpan DeliveryTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How messages out are compressed. Default <see cref="KafkaCompression.Lz4"/>.</summary>
    public KafkaCompression Compression { get; init; }

    /// <summary>
    /// Produce requests under way to one broker. Default 5, at which brokers still keep the order of an idempotent producer; 1 for
    /// brokers that do not check sequence numbers.
    /// </summary>
    [Range(1, 5)]
    public int RequestsInFlightMax { get; init; } = 5;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Security == KafkaSecurity.SaslTls && (User.Length == 0 || !Password.IsNamed))
            yield return new("SaslTls needs a user, and a file or a variable with the password.", [nameof(User)]);
        if (Security != KafkaSecurity.SaslTls && (User.Length > 0 || Password.IsNamed))
            yield return new("A user without Security SaslTls would not be used.", [nameof(Security)]);
        if (CertificateFile.Length > 0 != KeyFile.Length > 0)
            yield return new("A certificate and its key belong together.", [nameof(KeyFile)]);
        if (Security == KafkaSecurity.Plaintext && CaFile.Length + CertificateFile.Length > 0)
            yield return new("Certificates without TLS would not be used.", [nameof(Security)]);
        if (Password.IsNamedTwice || KeyPassword.IsNamedTwice)
            yield return new("A secret has one place: a file or a variable.", [nameof(Password)]);
    }
}
