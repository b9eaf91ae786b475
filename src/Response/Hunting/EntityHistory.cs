using SentinelHealth.Detection.Alerts;

namespace SentinelHealth.Response.Hunting;

/// <summary>An entity the archive knows.</summary>
/// <param name="Entity">Who or what.</param>
/// <param name="Role">Its role; empty when it has none.</param>
/// <param name="Organization">Its organization; empty when unknown.</param>
/// <param name="FirstAt">Its earliest event kept.</param>
/// <param name="LastAt">Its latest.</param>
/// <param name="EventCount">Its events kept.</param>
public sealed record KnownEntity(
    EntityRef Entity, string Role, string Organization, DateTimeOffset FirstAt, DateTimeOffset LastAt, long EventCount);

/// <summary>Another entity in the same events.</summary>
/// <param name="Other">Who or what.</param>
/// <param name="EventCount">How many events they share.</param>
/// <param name="LastAt">The latest of them.</param>
public sealed record EntityTie(EntityRef Other, long EventCount, DateTimeOffset LastAt);

/// <summary>What an entity did, hour by hour, and with whom.</summary>
public sealed record EntityHistory
{
    /// <summary>The entity.</summary>
    public required KnownEntity Known { get; init; }

    /// <summary>Its events by hour since 1970; hours without any are left out.</summary>
    public required IReadOnlyDictionary<long, long> Hours { get; init; }

    /// <summary>Those it shares most events with, of each kind at most as many as asked for, most first.</summary>
    public required IReadOnlyList<EntityTie> Ties { get; init; }

    /// <summary>Others of its kind, role and organization, busiest first; empty for what has no organization.</summary>
    public required IReadOnlyList<KnownEntity> Peers { get; init; }
}
