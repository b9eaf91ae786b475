using SentinelHealth.Detection.Alerts;

namespace SentinelHealth.Detection.Correlation;

/// <summary>An open incident with the alerts it can be built from again.</summary>
/// <remarks>Keeps at most 512 alerts; later ones only grow the counts.</remarks>
internal sealed class OpenIncident
{
    public const int MembersMax = 512;
    private const int EntitiesMax = 64;
    private const int VoicesForRaise = 3;

    private readonly Dictionary<string, IncidentMember> _members = [];

    public OpenIncident(string id, IncidentMember first)
    {
        _members[first.AlertId] = first;
        Newest = new Incident
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
        };
    }

    /// <summary>A saved one.</summary>
    public OpenIncident(Incident newest, IEnumerable<IncidentMember> members)
    {
        Newest = newest;
        foreach (var member in members.Take(MembersMax))
            _members[member.AlertId] = member;
    }

    public Incident Newest { get; private set; }

    /// <summary>Its alerts, oldest first.</summary>
    public IEnumerable<IncidentMember> Members =>
        _members.Values.OrderBy(member => member.At).ThenBy(member => member.AlertId, StringComparer.Ordinal);

    public bool Has(string alertId) => _members.ContainsKey(alertId);

    /// <summary>Takes an alert, or its newer version, in.</summary>
    public void Join(IncidentMember member)
    {
        if (_members.ContainsKey(member.AlertId) || _members.Count < MembersMax)
            _members[member.AlertId] = member;
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

    /// <summary>Builds an incident from alerts alone, oldest first.</summary>
    public static OpenIncident Of(string id, IReadOnlyList<IncidentMember> members)
    {
        var built = new OpenIncident(id, members[0]);
        foreach (var member in members.Skip(1))
            built.Join(member);
        return built;
    }

    /// <summary>O(members).</summary>
    private int Voices()
    {
        HashSet<string> voices = [];
        foreach (var member in _members.Values)
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
