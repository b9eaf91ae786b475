using SentinelHealth.Detection.Alerts;

namespace SentinelHealth.Detection.Correlation;

/// <summary>Where findings become alerts: episodes, incidents and risk are kept in step, one event at a time.</summary>
internal sealed class AlertDesk
{
    private readonly EpisodeRegister _episodes = new();
    private readonly Correlator _correlator = new();
    private readonly RiskRegister _risks = new();
    private readonly List<Alert> _alerts = [];
    private readonly List<Incident> _incidents = [];
    private long _closedAtMs;

    /// <summary>Alerts issued for the current event; the shared empty list when none.</summary>
    public IReadOnlyList<Alert> Alerts => _alerts.Count == 0 ? [] : [.. _alerts];

    /// <summary>Incident versions issued for the current event; the shared empty list when none.</summary>
    public IReadOnlyList<Incident> Incidents => _incidents.Count == 0 ? [] : [.. _incidents];

    /// <summary>Running alerts in their newest versions.</summary>
    public IReadOnlyCollection<Alert> RunningAlerts => _episodes.All;

    /// <summary>Forgets what the previous event issued.</summary>
    public void Begin()
    {
        _alerts.Clear();
        _incidents.Clear();
    }

    /// <summary>Takes a finding in: it grows the running alert of its cause or becomes a new one.</summary>
    public void Raise(Alert finding, string title)
    {
        CloseQuietNowAndThen(finding.At);
        var running = _episodes.Running(finding.Source, finding.Entity, finding.At);
        var alert = running is null ? New(finding) : _episodes.Grow(running, finding);
        if (alert is null)
            return;
        _risks.Add(alert);
        _alerts.Add(alert);
        var incident = _correlator.Add(alert, $"{title}: {alert.Entity}");
        _incidents.RemoveAll(earlier => earlier.Id == incident.Id);
        _incidents.Add(incident);
    }

    public IReadOnlyList<EntityRisk> TopRisks(int entitiesMax) => _risks.Top(entitiesMax);

    public void Save(BinaryWriter writer)
    {
        _episodes.Save(writer);
        _correlator.Save(writer);
        _risks.Save(writer);
        writer.Write(_closedAtMs);
    }

    public void Load(BinaryReader reader)
    {
        _episodes.Load(reader);
        _correlator.Load(reader);
        _risks.Load(reader);
        _closedAtMs = reader.ReadInt64();
    }

    private Alert New(Alert finding)
    {
        var id = ContentId.Of("al-", finding.Source, finding.Entity.ToString(), finding.EventIds[0]);
        var alert = finding with
        {
            Id = id,
            IncidentId = _correlator.Assign(id, finding.Entity, finding.RelatedEntities, finding.At),
        };
        _episodes.Start(alert);
        return alert;
    }

    private void CloseQuietNowAndThen(DateTimeOffset at)
    {
        const long everyMs = 3_600_000;
        var atMs = at.ToUnixTimeMilliseconds();
        if (atMs - _closedAtMs < everyMs)
            return;
        _closedAtMs = atMs;
        _correlator.CloseQuiet(at);
    }
}
