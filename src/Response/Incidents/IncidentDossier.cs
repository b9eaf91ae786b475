using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Incidents;

/// <summary>
/// Everything that is known about one incident at one moment: what reports are written from and what evidence packs hold. The same
/// dossier always gives the same report.
/// </summary>
public sealed record IncidentDossier
{
    /// <summary>The incident in the version that was read.</summary>
    public required Incident Incident { get; init; }

    /// <summary>When the dossier was put together. Reports take every "now" from here, never from a clock.</summary>
    public required DateTimeOffset CollectedAt { get; init; }

    /// <summary>Its alerts with explanation and contributions, oldest first. At most 512.</summary>
    public required IReadOnlyList<Alert> Alerts { get; init; }

    /// <summary>The events its alerts rest on, in event time. At most 16,384; <see cref="MissingEventIds"/> has the others.</summary>
    public required IReadOnlyList<DossierEvent> Events { get; init; }

    /// <summary>Events its alerts name that are not kept any more or were beyond the bound, in ordinal order.</summary>
    public IReadOnlyList<string> MissingEventIds { get; init; } = [];

    /// <summary>Containments with every transition and approval, oldest first.</summary>
    public IReadOnlyList<DossierAction> Actions { get; init; } = [];

    /// <summary>What playbooks asked for and guardrails refused, oldest first.</summary>
    public IReadOnlyList<GuardrailRefusal> Refusals { get; init; } = [];

    /// <summary>Reviews of emergency access that it asks for.</summary>
    public IReadOnlyList<ReviewRequest> Reviews { get; init; } = [];

    /// <summary>What people wrote about it, oldest first.</summary>
    public IReadOnlyList<DossierNote> Notes { get; init; } = [];

    /// <summary>What people decided it is, oldest first.</summary>
    public IReadOnlyList<DossierDisposition> Dispositions { get; init; } = [];

    /// <summary>Who read evidence about the patients involved, oldest first.</summary>
    public IReadOnlyList<DossierReading> Readings { get; init; } = [];

    /// <summary>What decided: program, rules, models, playbooks and settings, by version and digest.</summary>
    public required DossierVersions Versions { get; init; }

    /// <summary>How many persons, records and accesses are affected, each with its query and confidence. O(events).</summary>
    public AffectedCounts Affected() => AffectedCounts.Of(this);
}

/// <summary>What somebody wrote about an incident.</summary>
/// <param name="At">When.</param>
/// <param name="By">Who.</param>
/// <param name="Text">What, as plain text from a person: never markup.</param>
public sealed record DossierNote(DateTimeOffset At, string By, string Text);

/// <summary>What somebody decided an alert or the incident is.</summary>
/// <param name="At">When.</param>
/// <param name="By">Who.</param>
/// <param name="AlertId">The alert; empty when it is about the incident as a whole.</param>
/// <param name="Verdict">The verdict by its published name, such as <c>true-positive</c>.</param>
/// <param name="Reason">Why, in their words.</param>
public sealed record DossierDisposition(DateTimeOffset At, string By, string AlertId, string Verdict, string Reason);

/// <summary>One reading of evidence about patients.</summary>
/// <param name="At">When.</param>
/// <param name="Reader">The account or token.</param>
/// <param name="Query">What was asked.</param>
/// <param name="Found">How many records were given out.</param>
/// <param name="Patients">Those of the incident's patients that it was about.</param>
public sealed record DossierReading(
    DateTimeOffset At, string Reader, string Query, long Found, IReadOnlyList<string> Patients);

/// <summary>A thing that decided, by name, version and digest.</summary>
/// <param name="Kind">What it is: <c>program</c>, <c>rule</c>, <c>model</c>, <c>playbook</c> or <c>settings</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version; empty when only the digest tells versions apart.</param>
/// <param name="Sha256">SHA-256 of its content in lower-case hex; empty when it has no content of its own.</param>
public sealed record DossierVersion(string Kind, string Name, string Version, string Sha256);

/// <summary>Everything that decided.</summary>
/// <param name="Program">The program's version.</param>
/// <param name="Parts">Rules, models, playbooks and settings, in the order they are shown.</param>
public sealed record DossierVersions(string Program, IReadOnlyList<DossierVersion> Parts)
{
    /// <summary>Of a program whose parts are not known.</summary>
    public static DossierVersions Of(string program) => new(program, []);
}
