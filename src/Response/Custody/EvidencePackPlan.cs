using SentinelHealth.Response.Evidence;

namespace SentinelHealth.Response.Custody;

/// <summary>One entry in a pack: the leaf, what it commits to, and the way to the root.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Leaf">Its leaf, as it is in the log.</param>
/// <param name="Opened">Salt and body; null when the person they are about was erased.</param>
/// <param name="Path">Inclusion proof in the pack's head.</param>
public sealed record PackedEntry(
    EvidenceEntry Entry, ReadOnlyMemory<byte> Leaf, OpenedPayload? Opened, IReadOnlyList<byte[]> Path);

/// <summary>Who made a pack, when, with what.</summary>
/// <param name="CollectedAt">When.</param>
/// <param name="Collector">The person or program that asked for it.</param>
/// <param name="Program">The program and its version.</param>
/// <param name="Reason">Why, in the requester's words; may be empty.</param>
public sealed record PackOrigin(DateTimeOffset CollectedAt, string Collector, string Program, string Reason);

/// <summary>Everything a pack is made of. The same plan gives the same pack, but for a signature whose algorithm is randomized.</summary>
public sealed record EvidencePackPlan
{
    /// <summary>The incident.</summary>
    public required string IncidentId { get; init; }

    /// <summary>Its entries, in the order of the log.</summary>
    public required IReadOnlyList<PackedEntry> Entries { get; init; }

    /// <summary>The head that the entries are proven in.</summary>
    public required SignedTreeHead Head { get; init; }

    /// <summary>The newest anchor at or below the head; null when nothing was anchored yet.</summary>
    public AnchoredHead? Anchored { get; init; }

    /// <summary>What shows that the anchored log is the beginning of the head's.</summary>
    public IReadOnlyList<byte[]> Consistency { get; init; } = [];

    /// <summary>Public keys of the log.</summary>
    public required IReadOnlyList<EvidenceKey> Keys { get; init; }

    /// <summary>Earlier readings and exports of this incident's evidence, as they stand in the log.</summary>
    public IReadOnlyList<CustodyStep> Custody { get; init; } = [];

    /// <summary>Reports by file name, such as <c>report.html</c>; empty for none.</summary>
    public IReadOnlyDictionary<string, byte[]> Reports { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>Who made it.</summary>
    public required PackOrigin Origin { get; init; }
}

/// <summary>Somebody had the evidence.</summary>
/// <param name="At">When.</param>
/// <param name="Actor">Who.</param>
/// <param name="Action">What they did.</param>
/// <param name="Reason">Why.</param>
public sealed record CustodyStep(DateTimeOffset At, string Actor, string Action, string Reason);
