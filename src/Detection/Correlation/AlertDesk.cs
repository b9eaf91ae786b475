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

    /// <summary>The alert the last finding went into; null when it was not issued again.</summary>
    public string? LastId { get; private set; }

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
        var alert = running is null ? New(finding) : Grown(running, finding);
        LastId = alert?.Id;
        if (alert is null)
            return;
        _risks.Add(alert);
        var changed = _correlator.Add(alert, $"{title}: {alert.Entity}");
        // The alert may have tied its incident to an older one.
        alert = alert with { IncidentId = changed[^1].Id };
        _episodes.Keep(alert);
        _alerts.Add(alert);
        foreach (var incident in changed)
        {
            _incidents.RemoveAll(earlier => earlier.Id == incident.Id);
            _incidents.Add(incident);
        }
    }

    /// <summary>Takes an alert out as benign: its risk is gone at once, its incident is without it, and what follows is news again.</summary>
    /// <returns>New versions of incidents.</returns>
    public IReadOnlyList<Incident> CloseBenign(string alertId)
    {
        _risks.Remove(alertId);
        _episodes.End(alertId);
        return _correlator.Remove(alertId);
    }

    /// <summary>The risk of an entity; null when it has none.</summary>
    public EntityRisk? RiskOf(EntityRef entity) => _risks.Of(entity);

    /// <summary>Moves the time at which risk is stated.</summary>
    public void Advance(DateTimeOffset at) => _risks.Advance(at);

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
            IncidentId = _correlator.Assign(id, finding),
        };
        _episodes.Start(alert);
        return alert;
    }

    private Alert? Grown(Alert running, Alert finding) =>
        _episodes.Grow(running with { IncidentId = _correlator.Current(running.IncidentId) }, finding);

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
