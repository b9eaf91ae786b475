namespace SentinelHealth.Response.Triage;

/// <summary>What a person wants to be different about alerts. Absent members stay as they are.</summary>
public sealed record TriageChange
{
    /// <summary>Longest note, in characters.</summary>
    public const int NoteCharactersMax = 4_000;

    private const int AssigneeCharactersMax = 256;

    /// <summary>The status from now on.</summary>
    public AlertStatus? Status { get; init; }

    /// <summary>Who has it from now on; empty for nobody.</summary>
    public string? Assignee { get; init; }

    /// <summary>Why it is closed; needed for closing and only then.</summary>
    public CloseReason? CloseReason { get; init; }

    /// <summary>What to write beside it.</summary>
    public string Note { get; init; } = "";

    /// <summary>One sentence about what is wrong with it; null when nothing is.</summary>
    public string? Fault()
    {
        if (Status is null && Assignee is null && Note.Trim().Length == 0)
            return "Nothing is to be changed.";
        if (Status == AlertStatus.Closed && CloseReason is null)
            return "Closing an alert takes a reason.";
        if (Status != AlertStatus.Closed && CloseReason is not null)
            return "A reason is given when an alert is closed.";
        if (Note.Length > NoteCharactersMax)
            return $"A note has at most {NoteCharactersMax} characters.";
        return Assignee?.Length > AssigneeCharactersMax ? $"A name has at most {AssigneeCharactersMax} characters." : null;
    }

    /// <summary>An alert's standing after it; null when it would be the same. Pure.</summary>
    /// <param name="standing">Where it stands.</param>
    /// <param name="by">Who changes it.</param>
    /// <param name="at">When.</param>
    public AlertStanding? Apply(AlertStanding standing, string by, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(standing);
        var status = Status ?? standing.Status;
        var after = standing with
        {
            Status = status,
            Assignee = Assignee?.Trim() ?? standing.Assignee,
            // Reopening takes the reason away: it was about a judgement that no longer holds.
            CloseReason = status == AlertStatus.Closed ? CloseReason ?? standing.CloseReason : null,
            NoteCount = standing.NoteCount + (Note.Trim().Length > 0 ? 1 : 0),
        };
        return after == standing ? null : after with { Revision = standing.Revision + 1, ChangedBy = by, ChangedAt = at };
    }
}
