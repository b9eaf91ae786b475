namespace SentinelHealth.Ingest.Simulation;

/// <summary>One event of the simulated network with its ground truth.</summary>
/// <param name="OccurredAt">When it happens.</param>
/// <param name="Id">Its identifier.</param>
/// <param name="Json">The native record, UTF-8, without a line break.</param>
/// <param name="Attack">The attack's kind; null when benign.</param>
/// <param name="AttackId">Which instance of it; null when benign.</param>
public sealed record SimulatedEvent(DateTimeOffset OccurredAt, string Id, byte[] Json, string? Attack, string? AttackId)
{
    /// <summary>The kind of unusual but honest happening it belongs to; null for ordinary life and for attacks.</summary>
    public string? Oddity { get; init; }

    /// <summary>Which instance of it; null for ordinary life and for attacks.</summary>
    public string? OddityId { get; init; }
}
