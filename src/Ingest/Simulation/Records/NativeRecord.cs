using System.Globalization;
using SentinelHealth.Ingest.Simulation.Network;

namespace SentinelHealth.Ingest.Simulation.Records;

/// <summary>Ground truth of a record: which attack it belongs to.</summary>
internal sealed record AttackLabel(string Attack, string AttackId);

/// <summary>Ground truth of a harmless record: which unusual but honest happening it belongs to.</summary>
internal sealed record OddityLabel(string Oddity, string OddityId)
{
    /// <summary>The label of one instance.</summary>
    /// <param name="oddity">Its kind.</param>
    /// <param name="place">What tells it from others counted elsewhere, such as a hospital; may be empty.</param>
    /// <param name="number">1, 2, 3 … at that place.</param>
    public static OddityLabel Of(string oddity, string place, int number) =>
        new(oddity, string.Create(CultureInfo.InvariantCulture, $"{oddity}{place}-{number}"));
}

/// <summary>
/// A record that is planned but not yet written: its text is made when its time has come, because only then is it known whether
/// the ledger lets it through.
/// </summary>
internal abstract class NativeRecord
{
    public DateTimeOffset At { get; set; }

    public AttackLabel? Label { get; set; }

    public OddityLabel? Oddity { get; set; }

    public required Node Node { get; init; }

    public required Account Actor { get; init; }

    /// <summary>The organization the actor acts for.</summary>
    public Organization? Organization { get; init; }

    public string? Subject { get; init; }

    public string? Purpose { get; init; }

    public string? ConsentId { get; set; }

    public string? GrantId { get; set; }

    /// <summary>What explains the access; when it turns out void, the access is refused too.</summary>
    public Authorization? Basis { get; init; }
}

/// <summary>A ledger transaction's one log.</summary>
internal sealed class LedgerRecord : NativeRecord
{
    public required string Contract { get; init; }

    public required string Method { get; init; }

    /// <summary>Transaction hash; the identifier is this, a colon and the log index.</summary>
    public required string TransactionHash { get; init; }

    public required int GasUsed { get; init; }

    public double? Amount { get; init; }

    public Argument[] Arguments { get; init; } = [];

    /// <summary>The authorization this transaction gives; void when it is reverted.</summary>
    public Authorization? Gives { get; init; }

    /// <summary>The contract itself refuses, whoever asks.</summary>
    public bool IsReverted { get; init; }
}

/// <summary>A query to a matcher or template store.</summary>
internal sealed class BiometricRecord : NativeRecord
{
    public required string Operation { get; init; }

    public required string Modality { get; init; }

    public required string Decision { get; set; }

    public int GallerySize { get; init; } = 1;

    public int Candidates { get; init; } = 1;

    public double? MatchScore { get; init; }

    public double? Threshold { get; init; }

    public string? FailureCode { get; init; }

    public double? Quality { get; init; }

    public double? PadScore { get; init; }

    public string? PadDecision { get; init; }

    public string? ProbeHash { get; init; }

    public int? TemplateVersion { get; init; }

    public required Workplace Place { get; init; }

    public int LatencyMs { get; init; }

    public string? LedgerTransaction { get; init; }
}

/// <summary>Where a query is made from.</summary>
internal sealed record Workplace(string Device, bool IsAttested, string Client, string Ip, string Country, string Session);
