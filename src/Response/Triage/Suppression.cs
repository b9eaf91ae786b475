namespace SentinelHealth.Response.Triage;

/// <summary>
/// What people do not want to see in the queue for a while. It hides alerts from the queue and nothing else: they are kept, they are
/// evidence, they count in incidents, and automation acts as before. Critical alerts are never hidden.
/// </summary>
public sealed record Suppression
{
    /// <summary>Longest time a suppression may last.</summary>
    public static readonly TimeSpan LengthMax = TimeSpan.FromDays(90);

    private const int ReasonCharactersMin = 3, ReasonCharactersMax = 500;

    /// <summary>Its identifier.</summary>
    public required string Id { get; init; }

    /// <summary>Which alerts, in the query language.</summary>
    public required string Query { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>Who.</summary>
    public required string By { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Until when, by the time of the events.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The organizations its author is limited to; empty for somebody who sees everything.</summary>
    public IReadOnlyList<string> Organizations { get; init; } = [];

    /// <summary>
    /// The nodes of those organizations when it began: it hides only alerts that touch one of them and no other node. Means nothing
    /// without <see cref="Organizations"/>.
    /// </summary>
    public IReadOnlyList<string> NodeIds { get; init; } = [];

    /// <summary>Who ended it before; empty when nobody did.</summary>
    public string EndedBy { get; init; } = "";

    /// <summary>When it was ended; null when it was not.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How many alerts it has hidden.</summary>
    public long HiddenCount { get; init; }

    /// <summary>Whether it hides anything at an instant.</summary>
    public bool IsLive(DateTimeOffset now) => EndedAt is null && ExpiresAt > now;

    /// <summary>One sentence about what is wrong with it; null when nothing is. The query is checked by its parser.</summary>
    public string? Fault()
    {
        if (Query.Trim().Length == 0)
            return "A suppression needs a query: without one it would hide everything.";
        if (Reason.Trim().Length is < ReasonCharactersMin or > ReasonCharactersMax)
            return $"A reason of {ReasonCharactersMin} to {ReasonCharactersMax} characters is needed.";
        if (ExpiresAt <= At)
            return "It would be over before it begins.";
        return ExpiresAt - At > LengthMax ? $"A suppression lasts at most {LengthMax.TotalDays:0} days." : null;
    }
}

/// <summary>What a suppression would have done.</summary>
/// <param name="HiddenCount">Alerts of the last 30 days it would have hidden.</param>
/// <param name="ConfirmedCount">How many of these people found to be harmful or harmless violations: reasons not to hide them.</param>
/// <param name="CriticalCount">Critical alerts its query finds, which it would not have hidden.</param>
/// <param name="Groups">What they are, by source, most first.</param>
public sealed record SuppressionPreview(
    long HiddenCount, long ConfirmedCount, long CriticalCount, IReadOnlyList<Storage.AlertGroup> Groups);
