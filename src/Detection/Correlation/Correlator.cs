using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Snapshots;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Correlation;

/// <summary>Groups alerts into incidents: one open incident for one cause.</summary>
/// <remarks>
/// An alert joins the open incident it shares a link with (<see cref="IncidentLinks"/>), else it opens one. When it ties two
/// open incidents strongly, or weakly for the second time, the younger is merged into the older. When an alert is taken out
/// (closed as benign) and what is left no longer hangs together, the incident is split. An incident takes alerts for 12 hours after its
/// latest one; an alert about its principal that shows a later stage of an attack joins within 48, since attackers wait between
/// getting in and reaching out. Bounds: 1,024 open incidents of 512 alerts (at the bound the one quiet longest is closed), 65,536 links
/// (further ones are not made), 4,096 memories each of merges and of weak ties.
/// </remarks>
public sealed partial class Correlator : IKeptTable
{
    private const long OpenMs = 12 * 3_600_000;
    private const long LaterStageMs = 48 * 3_600_000;
    private const int OpenMax = 1_024;
    private const int LinksMax = 65_536;
    private const int MemoriesMax = 4_096;

    private SharedMap<string, OpenIncident> _open = new((_, incident) => incident.SavedBytes);
    private SharedMap<EntityRef, string> _byLink =
        new((link, id) => sizeof(byte) + SavedText.BytesOf(link.Id) + SavedText.BytesOf(id));
    private SharedMap<string, string> _mergedInto = new((gone, into) => SavedText.BytesOf(gone) + SavedText.BytesOf(into));
    private SharedMap<(string Older, string Younger), string> _weakTies =
        new((pair, id) => SavedText.BytesOf(pair.Older) + SavedText.BytesOf(pair.Younger) + SavedText.BytesOf(id));

    /// <summary>Whose incidents may be changed: another one each time a kept state has taken them.</summary>
    private object _owner = new();

    /// <summary>Creates one without incidents.</summary>
    public Correlator()
    {
    }

    /// <summary>The incidents as they are now, for a kept state.</summary>
    private Correlator(Correlator kept) => TakeOver(kept);

    /// <summary>Open incidents.</summary>
    public int OpenCount => _open.Count;

    /// <summary>Links kept.</summary>
    public int LinkCount => _byLink.Count;

    /// <summary>The incident an alert about this entity would join now, or null.</summary>
    public string? IncidentOf(EntityRef entity, DateTimeOffset at) =>
        LinkedTo(entity) is { } linked && IsOpen(linked.Newest, at) ? linked.Newest.Id : null;

    /// <summary>The incident a new alert belongs to: the first it links to, else a new identifier derived from it.</summary>
    public string Assign(string alertId, Alert finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        foreach (var (entity, _) in IncidentLinks.Of(finding.Source, finding.Entity, finding.RelatedEntities))
        {
            if (LinkedTo(entity) is { } linked && Takes(linked.Newest, finding, entity))
                return linked.Newest.Id;
        }
        return ContentId.Of("inc-", alertId);
    }

    /// <summary>Where an incident's alerts go now: itself, or what it was merged into.</summary>
    public string Current(string incidentId)
    {
        // Chains are short: each merge goes into an older incident.
        while (_mergedInto.TryGetValue(incidentId, out var into))
            incidentId = into;
        return incidentId;
    }

    /// <summary>Adds an alert, or its newer version, to its incident.</summary>
    /// <returns>New versions: incidents merged away first, the alert's own last.</returns>
    public IReadOnlyList<Incident> Add(Alert alert, string title)
    {
        ArgumentNullException.ThrowIfNull(alert);
        var member = IncidentMember.Of(alert, title);
        if (_open.TryGetValue(alert.IncidentId, out var incident))
            (incident = Own(incident)).Join(member);
        else
            _open[alert.IncidentId] = incident = new OpenIncident(alert.IncidentId, member, _owner);
        List<Incident> changed = [];
        foreach (var (entity, strength) in IncidentLinks.Of(member))
        {
            var other = LinkedTo(entity);
            if (other is null || (other != incident && !Takes(other.Newest, alert, entity)))
                Link(entity, incident);
            else if (other != incident && IsTied(other, incident, strength, alert.Id))
                incident = Merge(other, incident, changed);
        }
        if (_open.Count > OpenMax)
            Close(_open.Values.MinBy(open => (open.Newest.LastAlertAt.UtcTicks, StableHash.Of(open.Newest.Id)))!);
        changed.Add(incident.Newest);
        return changed;
    }

    /// <summary>Forgets incidents that no alert can join any more. Cheap to call now and then.</summary>
    public void CloseQuiet(DateTimeOffset now)
    {
        foreach (var incident in _open.Values
            .Where(open => (now - open.Newest.LastAlertAt).TotalMilliseconds > LaterStageMs).ToList())
            Close(incident);
    }

    private static bool IsOpen(Incident incident, DateTimeOffset at) =>
        (at - incident.LastAlertAt).TotalMilliseconds <= OpenMs;

    private static bool Takes(Incident incident, Alert finding, EntityRef link)
    {
        if (IsOpen(incident, finding.At))
            return true;
        return link == incident.Principal && AttackStages.Of(finding.Tags) > incident.Stage
            && (finding.At - incident.LastAlertAt).TotalMilliseconds <= LaterStageMs;
    }

    /// <summary>The incident to be changed: itself, or what goes on in its place if a kept state has it.</summary>
    private OpenIncident Own(OpenIncident incident) =>
        incident.Owner == _owner ? incident : _open[incident.Newest.Id] = incident.GoOn(_owner);

    private OpenIncident? LinkedTo(EntityRef entity) =>
        _byLink.TryGetValue(entity, out var id) && _open.TryGetValue(id, out var incident) ? incident : null;

    private void Link(EntityRef entity, OpenIncident incident)
    {
        if (_byLink.Count < LinksMax || _byLink.ContainsKey(entity))
            _byLink[entity] = incident.Newest.Id;
    }

    /// <summary>One strong tie, or weak ones by two alerts, make one cause of two incidents. Reviews of emergencies stay by themselves.</summary>
    private bool IsTied(OpenIncident one, OpenIncident other, LinkStrength strength, string alertId)
    {
        if (one.Newest.IsBreakGlass || other.Newest.IsBreakGlass)
            return false;
        if (strength == LinkStrength.Strong)
            return true;
        var pair = IsOlder(one, other) ? (one.Newest.Id, other.Newest.Id) : (other.Newest.Id, one.Newest.Id);
        if (_weakTies.TryGetValue(pair, out var earlier))
            return earlier != alertId;
        if (_weakTies.Count < MemoriesMax)
            _weakTies[pair] = alertId;
        return false;
    }

    private static bool IsOlder(OpenIncident one, OpenIncident other) =>
        AgeOf(one).CompareTo(AgeOf(other)) < 0;

    private static (DateTimeOffset OpenedAt, ulong Tie) AgeOf(OpenIncident incident) =>
        (incident.Newest.OpenedAt, StableHash.Of(incident.Newest.Id));

    private void Close(OpenIncident incident)
    {
        var id = incident.Newest.Id;
        _open.Remove(id);
        Unlink(id);
        foreach (var pair in _weakTies.Select(tie => tie.Key).Where(pair => pair.Older == id || pair.Younger == id).ToList())
            _weakTies.Remove(pair);
        foreach (var merged in _mergedInto.Where(pair => pair.Value == id).Select(pair => pair.Key).ToList())
            _mergedInto.Remove(merged);
    }

    private void Unlink(string id)
    {
        foreach (var link in _byLink.Where(pair => pair.Value == id).Select(pair => pair.Key).ToList())
            _byLink.Remove(link);
    }
}
