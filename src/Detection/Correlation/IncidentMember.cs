using SentinelHealth.Detection.Alerts;

namespace SentinelHealth.Detection.Correlation;

/// <summary>What an incident keeps of one of its alerts: enough to build the incident again without another.</summary>
internal sealed record IncidentMember
{
    private const int RelatedMax = 16;

    public required string AlertId { get; init; }

    public required DateTimeOffset At { get; init; }

    public required Severity Severity { get; init; }

    public required double Score { get; init; }

    public required string Source { get; init; }

    /// <summary>A rule's or a detector's. Members saved before this was kept count as a detector's, which agrees with nobody else.</summary>
    public AlertKind Kind { get; init; } = AlertKind.Model;

    public required IReadOnlyList<string> Tags { get; init; }

    public required EntityRef Principal { get; init; }

    public required IReadOnlyList<EntityRef> Related { get; init; }

    public required bool IsBreakGlass { get; init; }

    public required string Title { get; init; }

    public static IncidentMember Of(Alert alert, string title) => new()
    {
        AlertId = alert.Id,
        At = alert.At,
        Severity = alert.Severity,
        Score = alert.Score,
        Source = alert.Source,
        Kind = alert.Kind,
        Tags = alert.Tags,
        Principal = alert.Entity,
        Related = alert.RelatedEntities.Count <= RelatedMax ? alert.RelatedEntities : [.. alert.RelatedEntities.Take(RelatedMax)],
        IsBreakGlass = alert.IsBreakGlass,
        Title = title,
    };
}
