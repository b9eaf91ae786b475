using SentinelHealth.Detection.Alerts;

namespace SentinelHealth.Detection.Correlation;

/// <content>Merging and splitting.</content>
public sealed partial class Correlator
{
    /// <summary>Tag of an incident that went into another.</summary>
    public const string MergedTag = "sentinel.merged";

    /// <summary>Tag of an incident all of whose alerts were closed as benign.</summary>
    public const string EmptiedTag = "sentinel.emptied";

    /// <summary>Merges two open incidents, as a person may decide: the younger goes into the older.</summary>
    /// <returns>New versions of both; empty when either is not open.</returns>
    public IReadOnlyList<Incident> Merge(string incidentId, string otherId)
    {
        if (incidentId == otherId || !_open.TryGetValue(incidentId, out var one) || !_open.TryGetValue(otherId, out var other))
            return [];
        List<Incident> changed = [];
        changed.Add(Merge(one, other, changed).Newest);
        return changed;
    }

    /// <summary>Moves alerts out of an open incident into one of their own, as a person may decide.</summary>
    /// <returns>New versions of both; empty when it is not open or nothing or everything would be moved.</returns>
    public IReadOnlyList<Incident> Split(string incidentId, IReadOnlyCollection<string> alertIds)
    {
        if (!_open.TryGetValue(incidentId, out var incident))
            return [];
        var parts = incident.Members.GroupBy(member => alertIds.Contains(member.AlertId)).Select(part => part.ToList()).ToList();
        return parts.Count < 2 ? [] : Regroup(incident, [.. parts.OrderBy(part => alertIds.Contains(part[0].AlertId))]);
    }

    /// <summary>Takes an alert out. What no longer hangs together without it becomes incidents of its own.</summary>
    /// <returns>New versions; empty when no open incident has the alert.</returns>
    public IReadOnlyList<Incident> Remove(string alertId)
    {
        // After a split an alert that grew may be in two: which one loses it must not depend on how the state was kept.
        var incident = _open.Values.Where(open => open.Has(alertId)).MinBy(open => open.Newest.Id, StringComparer.Ordinal);
        if (incident is null)
            return [];
        var left = incident.Members.Where(member => member.AlertId != alertId).ToList();
        if (left.Count > 0)
            return Regroup(incident, Components(left));
        incident = Own(incident);
        Close(incident);
        incident.Say(last => last with { Severity = Severity.Informational, Tags = [.. last.Tags, EmptiedTag] });
        return [incident.Newest];
    }

    /// <summary>The younger goes into the older, which is returned; the younger's last version says so and asks for nothing.</summary>
    private OpenIncident Merge(OpenIncident one, OpenIncident other, List<Incident> changed)
    {
        (one, other) = (Own(one), Own(other));
        var (older, younger) = IsOlder(one, other) ? (one, other) : (other, one);
        var (into, gone) = (older.Newest.Id, younger.Newest.Id);
        foreach (var member in younger.Members)
            older.Join(member);
        var links = _byLink.Where(pair => pair.Value == gone).Select(pair => pair.Key).ToList();
        Close(younger);
        foreach (var link in links)
            _byLink[link] = into;
        if (_mergedInto.Count < MemoriesMax)
            _mergedInto[gone] = into;
        changed.RemoveAll(version => version.Id == into);
        younger.Say(last => last with
        {
            MergedInto = into,
            Severity = Severity.Informational,
            Tags = [.. last.Tags, MergedTag],
        });
        changed.Add(younger.Newest);
        return older;
    }

    /// <summary>The first part keeps the identifier; the others open incidents named by their first alert.</summary>
    private List<Incident> Regroup(OpenIncident incident, List<List<IncidentMember>> parts)
    {
        var (id, version) = (incident.Newest.Id, incident.Newest.Version);
        Close(incident);
        List<Incident> changed = [];
        foreach (var part in parts)
        {
            var isFirst = part == parts[0];
            var built = OpenIncident.Of(isFirst ? id : ContentId.Of("inc-", "split", id, part[0].AlertId), part, _owner);
            built.Number(isFirst ? version + 1 : 1, isFirst ? incident.Newest.SplitFrom : id);
            _open[built.Newest.Id] = built;
            foreach (var (entity, _) in part.SelectMany(IncidentLinks.Of))
            {
                if (_byLink.Count < LinksMax && !_byLink.ContainsKey(entity))
                    _byLink[entity] = built.Newest.Id;
            }
            changed.Add(built.Newest);
        }
        return changed;
    }

    /// <summary>Alerts that hang together by any link, the part with the oldest alert first.</summary>
    private static List<List<IncidentMember>> Components(List<IncidentMember> members)
    {
        List<List<IncidentMember>> components = [];
        List<HashSet<EntityRef>> links = [];
        foreach (var member in members)
        {
            HashSet<EntityRef> own = [.. IncidentLinks.Of(member).Select(link => link.Entity)];
            List<IncidentMember> joined = [member];
            for (var i = components.Count - 1; i >= 0; i--)
            {
                if (!links[i].Overlaps(own))
                    continue;
                own.UnionWith(links[i]);
                joined.InsertRange(0, components[i]);
                components.RemoveAt(i);
                links.RemoveAt(i);
            }
            components.Add(joined);
            links.Add(own);
        }
        foreach (var component in components)
            component.Sort(static (a, b) => a.At != b.At ? a.At.CompareTo(b.At) : string.CompareOrdinal(a.AlertId, b.AlertId));
        return [.. components.OrderBy(component => component[0].At)
            .ThenBy(component => component[0].AlertId, StringComparer.Ordinal)];
    }
}
