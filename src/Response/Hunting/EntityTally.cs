using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Response.Hunting;

/// <summary>Counts who did how much when, and with whom, over a number of events.</summary>
/// <remarks>One owner. Memory grows with the different entities, hours and pairs among the events it is given.</remarks>
internal sealed class EntityTally
{
    private const long HourMs = 3_600_000;

    private readonly Dictionary<EntityRef, Seen> _seen = [];
    private readonly Dictionary<(EntityRef Entity, long Hour), long> _hours = [];
    private readonly Dictionary<(EntityRef Entity, EntityRef Other), Tie> _ties = [];

    /// <summary>Whether hours and ties are counted too.</summary>
    public bool CountsWhenAndWithWhom { get; init; } = true;

    /// <summary>Everyone and everything met.</summary>
    public IReadOnlyDictionary<EntityRef, Seen> Entities => _seen;

    /// <summary>Events by entity and hour since 1970.</summary>
    public IReadOnlyDictionary<(EntityRef Entity, long Hour), long> Hours => _hours;

    /// <summary>Events by pair; each pair of an actor and another both ways.</summary>
    public IReadOnlyDictionary<(EntityRef Entity, EntityRef Other), Tie> Ties => _ties;

    /// <summary>Counts an event.</summary>
    /// <param name="observed">The event.</param>
    /// <param name="only">The one entity that matters; null for all.</param>
    public void Add(SentinelEvent observed, EntityRef? only = null)
    {
        var at = observed.OccurredAt.ToUnixTimeMilliseconds();
        var actor = new EntityRef(EntityType.Actor, observed.TextOf(TextField.Actor));
        Meet(actor, observed, at, only);
        Meet(actor, new EntityRef(EntityType.Node, observed.TextOf(TextField.Node)), observed, at, only);
        Meet(actor, EntityType.Patient, TextField.Subject, observed, at, only);
        Meet(actor, EntityType.Device, TextField.Device, observed, at, only);
        Meet(actor, EntityType.Contract, TextField.Contract, observed, at, only);
    }

    /// <summary>The hour of an instant, since 1970.</summary>
    public static long HourOf(long ms) => Math.DivRem(ms, HourMs, out var rest) - (rest < 0 ? 1 : 0);

    private void Meet(EntityRef actor, EntityType type, TextField field, SentinelEvent observed, long at, EntityRef? only)
    {
        if (observed.Has(field))
            Meet(actor, new EntityRef(type, observed.TextOf(field)), observed, at, only);
    }

    private void Meet(EntityRef actor, EntityRef other, SentinelEvent observed, long at, EntityRef? only)
    {
        Meet(other, observed, at, only);
        if (!CountsWhenAndWithWhom)
            return;
        Tied(actor, other, at, only);
        Tied(other, actor, at, only);
    }

    private void Tied(EntityRef entity, EntityRef other, long at, EntityRef? only)
    {
        if (only is null || only == entity)
            _ties[(entity, other)] = _ties.TryGetValue((entity, other), out var tie)
                ? new Tie(tie.Count + 1, Math.Max(tie.LastMs, at)) : new Tie(1, at);
    }

    private void Meet(EntityRef entity, SentinelEvent observed, long at, EntityRef? only)
    {
        if (only is not null && only != entity)
            return;
        var (role, organization) = entity.Type switch
        {
            EntityType.Actor => (observed.TextOf(TextField.ActorRole), observed.TextOf(TextField.Organization)),
            EntityType.Node => ("", observed.TextOf(TextField.Organization)),
            _ => ("", ""),
        };
        _seen[entity] = _seen.TryGetValue(entity, out var seen)
            ? new Seen(
                role.Length > 0 ? role : seen.Role, organization.Length > 0 ? organization : seen.Organization,
                Math.Min(seen.FirstMs, at), Math.Max(seen.LastMs, at), seen.Count + 1)
            : new Seen(role, organization, at, at, 1);
        if (!CountsWhenAndWithWhom)
            return;
        var hour = (entity, HourOf(at));
        _hours[hour] = _hours.GetValueOrDefault(hour) + 1;
    }

    /// <summary>An entity over some events.</summary>
    internal readonly record struct Seen(string Role, string Organization, long FirstMs, long LastMs, long Count);

    /// <summary>Two entities in the same events.</summary>
    internal readonly record struct Tie(long Count, long LastMs);
}
