using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Snapshots;

namespace SentinelHealth.Detection.Correlation;

/// <summary>An open incident with the alerts it can be built from again.</summary>
/// <remarks>
/// Keeps at most 512 alerts; later ones only grow the counts. Only its owner may change it: what a kept state refers to has none any more, and whoever
/// would change it goes on with another one in its place.
/// </remarks>
internal sealed class OpenIncident
{
    public const int MembersMax = 512;
    private const int EntitiesMax = 64;
    private const int VoicesForRaise = 3;

    private readonly Dictionary<string, SizedJson<IncidentMember>> _members = [];
    private SizedJson<Incident> _newest;

    /// <summary>0 where it is to be found out.</summary>
    private long _savedBytes;

    public OpenIncident(string id, IncidentMember first, object owner)
    {
        Owner = owner;
        _members[first.AlertId] = new(first);
        _newest = new(new Incident
        {
            Id = id,
            OpenedAt = first.At,
            LastAlertAt = first.At,
            Severity = first.Severity,
            Score = first.Score,
            Principal = first.Principal,
            Entities = [first.Principal, .. first.Related.Take(EntitiesMax - 1)],
            AlertIds = [first.AlertId],
            Title = first.Title,
            Sources = [first.Source],
            Tags = first.Tags,
            Stage = AttackStages.Of(first.Tags),
            IsBreakGlass = first.IsBreakGlass,
        });
    }

    /// <summary>A saved one.</summary>
    public OpenIncident(Incident newest, IEnumerable<IncidentMember> members, object owner)
    {
        (Owner, _newest) = (owner, new(newest));
        foreach (var member in members.Take(MembersMax))
            _members[member.AlertId] = new(member);
    }

    private OpenIncident(OpenIncident earlier, object owner) =>
        (Owner, _newest, _members) = (owner, earlier._newest, new(earlier._members));

    /// <summary>Who may change it.</summary>
    public object Owner { get; }

    public Incident Newest
    {
        get => _newest.Value;
        private set => (_newest, _savedBytes) = (new(value), 0);
    }

    /// <summary>How many bytes its newest version and its alerts are in a snapshot. O(alerts) after a change.</summary>
    public long SavedBytes => _savedBytes > 0 ? _savedBytes : _savedBytes = SavedText.Counted(_newest.Bytes)
        + SavedText.Counted("[]".Length + Math.Max(0, _members.Count - 1) + _members.Values.Sum(member => member.Bytes));

    /// <summary>Its alerts, oldest first.</summary>
    public IEnumerable<IncidentMember> Members =>
        _members.Values.Select(member => member.Value)
            .OrderBy(member => member.At).ThenBy(member => member.AlertId, StringComparer.Ordinal);

    public bool Has(string alertId) => _members.ContainsKey(alertId);

    /// <summary>Takes an alert, or its newer version, in.</summary>
    public void Join(IncidentMember member)
    {
        if (_members.ContainsKey(member.AlertId) || _members.Count < MembersMax)
            _members[member.AlertId] = new(member);
        var voices = Voices();
        var joined = Joined(Newest, member) with { SourceCount = voices };
        // Several independent voices agreeing is worse than any of them alone.
        var isRaised = voices >= VoicesForRaise && Newest.SourceCount < VoicesForRaise;
        if (isRaised && joined.Severity is (Severity.Medium or Severity.High))
            joined = joined with { Severity = joined.Severity + 1 };
        Newest = joined;
    }

    /// <summary>Says something about itself; a new version.</summary>
    public void Say(Func<Incident, Incident> change)
    {
        var changed = change(Newest);
        Newest = changed with { Version = Newest.Version + 1 };
    }

    /// <summary>Gives what was built again its place in the history.</summary>
    public void Number(int version, string splitFrom) => Newest = Newest with { Version = version, SplitFrom = splitFrom };

    /// <summary>The same incident, to be changed by somebody else. O(alerts).</summary>
    public OpenIncident GoOn(object owner) => new(this, owner);

    /// <summary>Builds an incident from alerts alone, oldest first.</summary>
    public static OpenIncident Of(string id, IReadOnlyList<IncidentMember> members, object owner)
    {
        var built = new OpenIncident(id, members[0], owner);
        foreach (var member in members.Skip(1))
            built.Join(member);
        return built;
    }

    /// <summary>O(members).</summary>
    private int Voices()
    {
        HashSet<string> voices = [];
        foreach (var member in _members.Values.Select(member => member.Value))
        {
            if (!member.IsBreakGlass)
                voices.Add(member.Kind == AlertKind.Rule ? member.Source : "");
        }
        return Math.Max(1, voices.Count);
    }

    private static Incident Joined(Incident incident, IncidentMember member)
    {
        var isNew = !incident.AlertIds.Contains(member.AlertId);
        IReadOnlyList<string> sources = incident.Sources.Contains(member.Source)
            ? incident.Sources : [.. incident.Sources, member.Source];
        IReadOnlyList<string> tags = [.. incident.Tags.Union(member.Tags)];
        var worst = (Severity)Math.Max((int)incident.Severity, (int)member.Severity);
        var stage = AttackStages.Of(member.Tags);
        return incident with
        {
            Version = incident.Version + 1,
            OpenedAt = member.At < incident.OpenedAt && isNew ? member.At : incident.OpenedAt,
            LastAlertAt = member.At > incident.LastAlertAt ? member.At : incident.LastAlertAt,
            Severity = worst,
            Score = Math.Max(incident.Score, member.Score),
            Sources = sources,
            // Whom alerts are about comes before what they touch, so that the bound never hides a suspect.
            Entities = [.. new[] { incident.Principal, member.Principal }
                .Union(incident.Entities).Union(member.Related).Take(EntitiesMax)],
            AlertIds = isNew && incident.AlertIds.Count < MembersMax ? [.. incident.AlertIds, member.AlertId] : incident.AlertIds,
            AlertCount = incident.AlertCount + (isNew ? 1 : 0),
            Tags = tags,
            Stage = stage > incident.Stage ? stage : incident.Stage,
            IsBreakGlass = incident.IsBreakGlass && member.IsBreakGlass,
        };
    }
}
