using SentinelHealth.Detection.Alerts;

namespace SentinelHealth.Response.Triage;

/// <summary>Where people stand with an alert. Immutable; each change is a new one with the next revision.</summary>
public sealed record AlertStanding
{
    /// <summary>Nobody has touched it.</summary>
    public static AlertStanding Untouched { get; } = new();

    /// <summary>How far people have come.</summary>
    public AlertStatus Status { get; init; }

    /// <summary>Who has it; empty for nobody.</summary>
    public string Assignee { get; init; } = "";

    /// <summary>Why it was closed; null while it is open.</summary>
    public CloseReason? CloseReason { get; init; }

    /// <summary>The suppression that keeps it out of the queue; empty for none.</summary>
    public string SuppressionId { get; init; } = "";

    /// <summary>How many notes people have written.</summary>
    public int NoteCount { get; init; }

    /// <summary>Grows by one with each change; 0 before the first.</summary>
    public long Revision { get; init; }

    /// <summary>Who changed it last; empty before the first change.</summary>
    public string ChangedBy { get; init; } = "";

    /// <summary>When it was changed last; null before the first change.</summary>
    public DateTimeOffset? ChangedAt { get; init; }
}

/// <summary>An alert with where people stand with it.</summary>
/// <param name="Alert">What the monitor said.</param>
/// <param name="Standing">What people did about it.</param>
public sealed record TriagedAlert(Alert Alert, AlertStanding Standing)
{
    /// <summary>The incident it is shown in: detection's, unless people merged that one or split the alert off.</summary>
    public string IncidentId { get; init; } = Alert.IncidentId;
}

/// <summary>What a person wrote about an alert.</summary>
/// <param name="At">When.</param>
/// <param name="By">Who.</param>
/// <param name="Text">What.</param>
public sealed record AlertNote(DateTimeOffset At, string By, string Text);

/// <summary>One change of an alert's standing.</summary>
/// <param name="At">When.</param>
/// <param name="By">Who.</param>
/// <param name="Before">The standing before.</param>
/// <param name="After">The standing after.</param>
/// <param name="Note">What was said with it; empty for nothing.</param>
public sealed record StandingChange(DateTimeOffset At, string By, AlertStanding Before, AlertStanding After, string Note);
