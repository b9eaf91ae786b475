using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace SentinelHealth.Response.Search;

/// <summary>Whose engine it is; they differ in how views are held and how indexes age.</summary>
public enum SearchEngineKind
{
    /// <summary>Elasticsearch 8 or 9.</summary>
    Elasticsearch,

    /// <summary>OpenSearch 2.4 or later.</summary>
    OpenSearch,
}

/// <summary>By what the engine knows us. Says nothing of itself to a log.</summary>
public sealed class SearchCredentials
{
    private SearchCredentials(string header) => Header = header;

    /// <summary>An engine that asks nobody.</summary>
    public static SearchCredentials None { get; } = new("");

    /// <summary>Value of the header <c>Authorization</c>; empty for none.</summary>
    internal string Header { get; }

    /// <summary>An API key, as the engine gave it out (its <c>encoded</c> form).</summary>
    public static SearchCredentials ApiKey(string encoded) => new("ApiKey " + encoded);

    /// <summary>A user and a password.</summary>
    public static SearchCredentials Basic(string user, string password) =>
        new("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
}

/// <summary>Which engine, and how it is used.</summary>
public sealed record SearchOptions
{
    /// <summary>Whose engine.</summary>
    public SearchEngineKind Kind { get; init; }

    /// <summary>Its nodes, or what stands before them; the next is asked when one cannot be reached.</summary>
    public required IReadOnlyList<Uri> Addresses { get; init; }

    /// <summary>What names of indexes, templates and policies begin with. Default <c>sentinel</c>.</summary>
    public string IndexPrefix { get; init; } = "sentinel";

    /// <summary>By what the engine knows us.</summary>
    public SearchCredentials Credentials { get; init; } = SearchCredentials.None;

    /// <summary>Who may have signed its certificate; null for those the machine trusts.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>Primary shards of an index of events. Default 1. More spread one index over more nodes.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>Copies of each shard. Default 1. None loses what a lost node held until it is sent again.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>How long the engine keeps an index of events after it was rolled over. Default 365 days.</summary>
    public int RetentionDays { get; init; } = 365;

    /// <summary>Most documents of one request. Default 1,000.</summary>
    public int BulkDocumentsMax { get; init; } = 1_000;

    /// <summary>Most bytes of one request before compression, if it is more than one document. Default 5 MiB.</summary>
    public int BulkBytesMax { get; init; } = 5 * 1024 * 1024;

    /// <summary>Whether requests are compressed by gzip: less traffic for more processor time. Default not.</summary>
    public bool IsCompressed { get; init; }

    /// <summary>How long an answer is waited for. Default 30 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
