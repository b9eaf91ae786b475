using System.Text.Json;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Response.Monitoring;

/// <summary>Who was seen lately in which role and organization: what guardrails by role and by share need.</summary>
/// <remarks>Bounded: above the limit the tenth unseen longest is forgotten at once. Event time only. One thread.</remarks>
internal sealed class EntityDirectory(int entitiesMax, TimeSpan activeWithin)
{
    private Dictionary<ulong, Entry> _actors = [];
    private Dictionary<ulong, Entry> _nodes = [];
    private DateTimeOffset _newestAt = DateTimeOffset.MinValue;

    public void Observe(SentinelEvent observed)
    {
        if (observed.OccurredAt > _newestAt)
            _newestAt = observed.OccurredAt;
        Observe(_actors, observed.Key(TextField.Actor), observed, withRole: true);
        Observe(_nodes, observed.Key(TextField.Node), observed, withRole: false);
    }

    public EntityProfile ProfileOf(EntityRef entity)
    {
        var entries = entity.Type == EntityType.Node ? _nodes : _actors;
        return entity.Type is EntityType.Node or EntityType.Actor && entries.TryGetValue(StableHash.Of(entity.Id), out var entry)
            ? new EntityProfile(entry.Organization, entry.Role)
            : EntityProfile.Unknown;
    }

    /// <summary>How many were active lately in an organization. O(entities), so only for decisions.</summary>
    public OrganizationSize SizeOf(string organization)
    {
        var since = _newestAt - activeWithin;
        return new OrganizationSize(
            _actors.Values.Count(entry => entry.Organization == organization && entry.LastSeenAt > since),
            _nodes.Values.Count(entry => entry.Organization == organization && entry.LastSeenAt > since));
    }

    public byte[] Save() => JsonSerializer.SerializeToUtf8Bytes(new Saved(_actors, _nodes, _newestAt));

    /// <exception cref="JsonException">The bytes are no directory.</exception>
    public void Load(ReadOnlySpan<byte> saved)
    {
        var loaded = JsonSerializer.Deserialize<Saved>(saved) ?? throw new JsonException("The directory is null.");
        (_actors, _nodes, _newestAt) = (loaded.Actors, loaded.Nodes, loaded.NewestAt);
    }

    private void Observe(Dictionary<ulong, Entry> entries, ulong key, SentinelEvent observed, bool withRole)
    {
        if (key == 0)
            return;
        var (organizationKey, roleKey) = (observed.Key(TextField.Organization), withRole ? observed.Key(TextField.ActorRole) : 0);
        if (!entries.TryGetValue(key, out var entry))
        {
            if (entries.Count >= entitiesMax)
                ForgetOldest(entries);
            entries.Add(key, entry = new Entry());
        }
        // Strings are made only when something changed; an event that leaves a field out says nothing about it.
        if (organizationKey != 0 && entry.OrganizationKey != organizationKey)
            (entry.OrganizationKey, entry.Organization) = (organizationKey, observed.TextOf(TextField.Organization));
        if (roleKey != 0 && entry.RoleKey != roleKey)
            (entry.RoleKey, entry.Role) = (roleKey, observed.TextOf(TextField.ActorRole));
        if (observed.OccurredAt > entry.LastSeenAt)
            entry.LastSeenAt = observed.OccurredAt;
    }

    private void ForgetOldest(Dictionary<ulong, Entry> entries)
    {
        foreach (var (key, _) in entries.OrderBy(entry => entry.Value.LastSeenAt).ThenBy(entry => entry.Key)
            .Take((entitiesMax / 10) + 1).ToList())
            entries.Remove(key);
    }

    private sealed class Entry
    {
        public ulong OrganizationKey { get; set; }

        public string Organization { get; set; } = "";

        public ulong RoleKey { get; set; }

        public string Role { get; set; } = "";

        public DateTimeOffset LastSeenAt { get; set; }
    }

    private sealed record Saved(Dictionary<ulong, Entry> Actors, Dictionary<ulong, Entry> Nodes, DateTimeOffset NewestAt);
}
