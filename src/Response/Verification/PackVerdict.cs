namespace SentinelHealth.Response.Verification;

/// <summary>Something in a pack that is not as it was written.</summary>
/// <param name="Stage">Where the chain is broken: event, versions, score, policy, approvals, receipt, anchor, custody, report or pack.</param>
/// <param name="Detail">One sentence.</param>
public sealed record PackProblem(string Stage, string Detail);

/// <summary>What a check of a pack found.</summary>
public sealed record PackVerdict
{
    /// <summary>Everything that is wrong, in the order of the chain; empty when nothing is.</summary>
    public required IReadOnlyList<PackProblem> Problems { get; init; }

    /// <summary>Whether nothing is wrong.</summary>
    public bool IsGood => Problems.Count == 0;

    /// <summary>The first link that is broken; empty when none is.</summary>
    public string BrokenStage => IsGood ? "" : Problems[0].Stage;

    /// <summary>The incident the pack says it is about.</summary>
    public string Incident { get; init; } = "";

    /// <summary>Entries checked.</summary>
    public int Entries { get; init; }

    /// <summary>Of them, those whose person was erased: proven to have been there, no longer readable.</summary>
    public int Erased { get; init; }

    /// <summary>The first key of the log, to be compared with what its owner published.</summary>
    public string LogKey { get; init; } = "";

    /// <summary>Where it is anchored, for people: the ledger's block and transaction; empty when it is not.</summary>
    public string Anchor { get; init; } = "";

    /// <summary>SHA-256 of the embedded ledger's key, hex, to be compared; empty for other ledgers.</summary>
    public string LedgerKey { get; init; } = "";
}

/// <summary>What a pack is held to.</summary>
public sealed record PackTrust
{
    /// <summary>The log's first key that alone is trusted; null to take the pack's and show it.</summary>
    public string? LogKey { get; init; }

    /// <summary>The embedded ledger's key (SHA-256, hex) that alone is trusted; null to take the pack's and show it.</summary>
    public string? LedgerKey { get; init; }

    /// <summary>Whether entries that are not anchored yet are accepted. Default no.</summary>
    public bool AcceptsPending { get; init; }
}
