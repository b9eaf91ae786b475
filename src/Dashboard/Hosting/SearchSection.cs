using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SentinelHealth.Response.Search;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>Which search engine stands beside the archive.</summary>
internal enum SearchEngineChoice
{
    /// <summary>None: hunts are searched in the archive of this process.</summary>
    None,

    /// <summary>Elasticsearch 8 or 9.</summary>
    Elasticsearch,

    /// <summary>OpenSearch 2.4 or later.</summary>
    OpenSearch,
}

/// <summary>A search engine for events and alerts, beside the archive.</summary>
internal sealed record SearchSection : IValidatableObject
{
    private static readonly SearchOptions Usual = new() { Addresses = [] };

    public SearchEngineChoice Engine { get; init; }

    /// <summary>Its nodes, such as <c>https://search-1:9200</c>; the next is asked when one cannot be reached.</summary>
    [MaxLength(32)]
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>What names of indexes, templates and policies begin with.</summary>
    [RegularExpression("[a-z][a-z0-9-]{0,60}")]
    public string IndexPrefix { get; init; } = Usual.IndexPrefix;

    /// <summary>File whose first line is an API key in the encoded form; empty for none.</summary>
    [StringLength(4_096)]
    public string ApiKeyFile { get; init; } = "";

    /// <summary>The name to sign in with; empty for none.</summary>
    [StringLength(255)]
    public string User { get; init; } = "";

    /// <summary>File whose first line is the password of that name.</summary>
    [StringLength(4_096)]
    public string PasswordFile { get; init; } = "";

    /// <summary>Certificates (PEM) of the authorities that are trusted for it instead of the machine's; empty for the machine's.</summary>
    [StringLength(4_096)]
    public string AuthoritiesFile { get; init; } = "";

    /// <summary>Primary shards of an index of events.</summary>
    [Range(1, 1_024)]
    public int Shards { get; init; } = Usual.Shards;

    /// <summary>Copies of each shard. None loses what a lost node held until it is sent again.</summary>
    [Range(0, 10)]
    public int Replicas { get; init; } = Usual.Replicas;

    /// <summary>How many days the engine keeps an index of events after it was rolled over.</summary>
    [Range(1, 36_500)]
    public int RetentionDays { get; init; } = Usual.RetentionDays;

    /// <summary>Most documents of one request.</summary>
    [Range(1, 10_000)]
    public int BulkDocumentsMax { get; init; } = Usual.BulkDocumentsMax;

    /// <summary>Most bytes of one request before compression, if it is more than one document.</summary>
    [Range(1_024, 100 * 1024 * 1024)]
    public int BulkBytesMax { get; init; } = Usual.BulkBytesMax;

    /// <summary>Whether requests are compressed by gzip: less traffic for more processor time.</summary>
    public bool IsCompressed { get; init; }

    /// <summary>How long an answer is waited for.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan RequestTimeout { get; init; } = Usual.RequestTimeout;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Engine == SearchEngineChoice.None)
            yield break;
        if (Addresses.Count == 0)
            yield return new("A search engine is chosen, and nothing says where it is.", [nameof(Addresses)]);
        if (Addresses.Any(address => !Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0))
            yield return new("Each must be http://host:port or https://host:port, without a name or password.", [nameof(Addresses)]);
        if (ApiKeyFile.Length > 0 && User.Length > 0)
            yield return new("Either an API key or a name and a password.", [nameof(User)]);
        if (User.Length > 0 != PasswordFile.Length > 0)
            yield return new("A name needs the file of its password, and a password a name.", [nameof(PasswordFile)]);
        if (ApiKeyFile.Length + User.Length > 0 && Addresses.Any(address => address.StartsWith("http:", StringComparison.OrdinalIgnoreCase) && !Loopback.IsLoopback(address)))
            yield return new("Keys and passwords are not sent without encryption.", [nameof(Addresses)]);
    }

    /// <summary>How the engine is used; null when there is none.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file holds nothing of use.</exception>
    public SearchOptions? ToOptions() => Engine == SearchEngineChoice.None ? null : new SearchOptions
    {
        Kind = Engine == SearchEngineChoice.OpenSearch ? SearchEngineKind.OpenSearch : SearchEngineKind.Elasticsearch,
        Addresses = [.. Addresses.Select(address => new Uri(address))],
        IndexPrefix = IndexPrefix,
        Credentials = ApiKeyFile.Length > 0 ? SearchCredentials.ApiKey(FirstLine(ApiKeyFile))
            : User.Length > 0 ? SearchCredentials.Basic(User, FirstLine(PasswordFile)) : SearchCredentials.None,
        Authorities = AuthoritiesFile.Length > 0 ? Authorities() : null,
        Shards = Shards,
        Replicas = Replicas,
        RetentionDays = RetentionDays,
        BulkDocumentsMax = BulkDocumentsMax,
        BulkBytesMax = BulkBytesMax,
        IsCompressed = IsCompressed,
        RequestTimeout = RequestTimeout,
    };

    private static string FirstLine(string path)
    {
        try
        {
            return File.ReadLines(path).FirstOrDefault()?.Trim() is { Length: > 0 } line
                ? line : throw new InvalidDataException($"{path}: The first line is empty.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new IOException($"{path}: The file may not be read.");
        }
    }

    /// <summary>Read at the start: a file that holds no certificate must not be found out by a queue that grows.</summary>
    private X509Certificate2Collection Authorities()
    {
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
