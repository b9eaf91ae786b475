namespace SentinelHealth.Response.Triage;

/// <summary>Where people put an incident: beside what detection wrote about it, which stays as it is.</summary>
public sealed record IncidentPlace
{
    /// <summary>Most incidents one incident shows besides its own.</summary>
    public const int PartsMax = 64;

    /// <summary>The incident.</summary>
    public required string IncidentId { get; init; }

    /// <summary>The incident its alerts are shown in: itself while it stands by itself.</summary>
    public required string HeadId { get; init; }

    /// <summary>The incident somebody merged it into; empty while it stands by itself.</summary>
    public string MergedInto { get; init; } = "";

    /// <summary>The incident somebody split it off from; empty for those that detection opened.</summary>
    public string SplitFrom { get; init; } = "";

    /// <summary>Whether it was split off and everything was put back since: nothing is left of it but its history.</summary>
    public bool IsUndone { get; init; }

    /// <summary>How many notes people have written about it.</summary>
    public int NoteCount { get; init; }

    /// <summary>Grows by one whenever it is merged, split or put back; notes leave it as it is. 0 before the first change.</summary>
    public long Revision { get; init; }

    /// <summary>Who changed its place last; empty before the first change.</summary>
    public string ChangedBy { get; init; } = "";

    /// <summary>When its place was changed last; null before the first change.</summary>
    public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>What is shown in it besides its own alerts, in the order they were merged; empty for one that is merged itself.</summary>
    public IReadOnlyList<IncidentPart> Parts { get; init; } = [];

    /// <summary>Whether it is shown in another.</summary>
    public bool IsMerged => HeadId != IncidentId;
}

/// <summary>An incident that is shown in another.</summary>
/// <param name="IncidentId">The incident.</param>
/// <param name="Title">Its title.</param>
/// <param name="Severity">Its severity.</param>
/// <param name="MergedInto">The incident it was merged into, which may be another part.</param>
/// <param name="Revision">Which version of its place this is.</param>
public sealed record IncidentPart(
    string IncidentId, string Title, Detection.Alerts.Severity Severity, string MergedInto, long Revision);
