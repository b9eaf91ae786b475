using System.Security.Cryptography;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Evidence;

namespace SentinelHealth.Response.Policy;

/// <summary>Something to tell people outside, once.</summary>
public sealed record PlannedNotice
{
    /// <summary>The same incident, playbook, channel and severity give the same identifier: what got worse is told again, nothing else is.</summary>
    public required string Id { get; init; }

    /// <summary>The channel of the settings it goes to.</summary>
    public required string Channel { get; init; }

    /// <summary>Who asked for it.</summary>
    public required string Playbook { get; init; }

    /// <summary>The incident it is about.</summary>
    public required string IncidentId { get; init; }

    /// <summary>How bad that is.</summary>
    public required Severity Severity { get; init; }

    /// <summary>The incident's title.</summary>
    public required string Title { get; init; }

    /// <summary>Whom it is mainly about.</summary>
    public required EntityRef Principal { get; init; }

    /// <summary>Detectors and rules that contributed.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>Whether emergency access is involved.</summary>
    public bool IsBreakGlass { get; init; }

    /// <summary>When it was decided.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What a playbook tells a channel about an incident.</summary>
    internal static PlannedNotice Of(Incident incident, string playbook, string channel, DateTimeOffset now) => new()
    {
        Id = DecisionEvidence.Hex(SHA256.HashData(CanonicalJson.Of(
            new { incident.Id, playbook, channel, incident.Severity }, AlertJson.Options))),
        Channel = channel,
        Playbook = playbook,
        IncidentId = incident.Id,
        Severity = incident.Severity,
        Title = incident.Title,
        Principal = incident.Principal,
        Sources = incident.Sources,
        IsBreakGlass = incident.IsBreakGlass,
        At = now,
    };
}

/// <summary>An actor whose accesses need a fresh, strong sign-in for a while.</summary>
/// <param name="Actor">Whose.</param>
/// <param name="Until">Until when.</param>
/// <param name="IncidentId">Because of which incident.</param>
/// <param name="Playbook">Who asked for it.</param>
/// <param name="At">Since when.</param>
public sealed record StepUpDemand(string Actor, DateTimeOffset Until, string IncidentId, string Playbook, DateTimeOffset At);
