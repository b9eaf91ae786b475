using SentinelHealth.Dashboard.Hunting;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Ingest;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Hunting;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Browser.Tests.Sample;

/// <summary>A small monitor written by hand: fixed data that changes only when a test says so.</summary>
internal sealed partial class SampleMonitor : IMonitorStatus, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Lock _gate = new();
    private readonly List<Alert> _alerts = [];
    private readonly List<RatePoint> _rates = [];
    private long _scored = 1_482_310;
    private int _next;

    public SampleMonitor()
    {
        var now = Clock.GetUtcNow();
        for (var i = 0; i < 120; i++)
        {
            // A working morning: a slow wave, a ripple and one burst.
            var rate = 310 + (60 * Math.Sin(i / 19.0)) + (18 * Math.Sin(i * 1.7)) + (i is > 84 and < 93 ? 240 : 0);
            _rates.Add(new RatePoint(now.AddSeconds(5 * (i - 120)), rate, i % 17 == 5 ? 1 : i is > 85 and < 91 ? i - 84 : 0));
        }
        for (var i = 0; i < 140; i++) _alerts.Add(SampleAlerts.Create(_next++, now.AddSeconds(-(140 - i) * 23)));
        Store = SqliteCaseStore.Open(_folder.File("cases.db"));
        Keep(_alerts);
        Triage = new TriageDesk(Store, Clock);
        Triage.Changed += () => Changed?.Invoke();
        Archive = EventArchive.Open(_folder.File(EventArchive.FileName), new EventArchiveOptions());
        Archive.Add(SampleEvents.Until(now));
        while (Archive.Seal())
            continue;
        Reads = new ReadTrail(_folder.File(ReadTrail.FileName));
        Hunts = new HuntDesk(Archive, Store, Reads, Clock);
        Tuning = TuningDesk.OpenAsync(Store, Clock, CancellationToken.None).GetAwaiter().GetResult();
        Act(now);
        Tasks.All.Add(Review("inc-clerk", now.AddMinutes(-41), now.AddHours(71.3)));
        Tasks.All.Add(Review("inc-probe", now.AddDays(-3.1), now.AddHours(-2.4)));
    }

    private static CaseTask Review(string incidentId, DateTimeOffset requestedAt, DateTimeOffset dueAt) => new()
    {
        Id = CaseTask.ReviewIdOf(incidentId),
        IncidentId = incidentId,
        Kind = CaseTaskKind.Review,
        Title = "Emergency (break-glass) access must be reviewed afterwards.",
        RequestedBy = "policy",
        RequestedAt = requestedAt,
        DueAt = dueAt,
    };

    public event Action? Changed;

    /// <summary>Where the queue of alerts is, with what people did.</summary>
    public CaseStore Store { get; }

    public TriageDesk Triage { get; }

    /// <summary>Events of four weeks.</summary>
    public EventArchive Archive { get; }

    /// <summary>Who looked at what.</summary>
    public ReadTrail Reads { get; }

    public HuntDesk Hunts { get; }

    public TuningDesk Tuning { get; }

    public DetectionStatus? Detection => SampleDetection.Status;

    public void Dispose()
    {
        Tuning.Dispose();
        Hunts.Dispose();
        Reads.Dispose();
        Archive.Dispose();
        Store.Dispose();
        _folder.Dispose();
    }

    /// <summary>Makes alerts part of the queue.</summary>
    public void Keep(IReadOnlyList<Alert> alerts) => Store.CommitAsync(
        new CaseCommit { ScoredOffsets = new Dictionary<int, long>(), Alerts = alerts }, CancellationToken.None)
        .AsTask().GetAwaiter().GetResult();

    /// <summary>One review that is due and one that is late.</summary>
    public MemoryTasks Tasks { get; } = new();

    public ManualClock Clock { get; } = new(new DateTimeOffset(2026, 11, 2, 8, 41, 7, TimeSpan.Zero));

    public IReadOnlyList<RatePoint> Rates { get { lock (_gate) return [.. _rates]; } }

    public IReadOnlyList<EntityRisk> TopRisks
    {
        get
        {
            lock (_gate)
            {
                return [.. _alerts.GroupBy(alert => alert.Entity)
                    .Select(group => new EntityRisk(group.Key, group.Sum(alert => alert.Score) / 8, group.Count(),
                        group.Max(alert => alert.At)))
                    .OrderByDescending(risk => risk.Risk)];
            }
        }
    }

    /// <summary>One more alert of the usual kinds, a moment later.</summary>
    public Alert RaiseAlert() => RaiseAlert(alert => alert);

    /// <summary>One more alert, changed by the test.</summary>
    public Alert RaiseAlert(Func<Alert, Alert> change)
    {
        Alert alert;
        lock (_gate)
        {
            Clock.Advance(TimeSpan.FromSeconds(5));
            alert = change(SampleAlerts.Create(_next++, Clock.GetUtcNow()));
            _alerts.Add(alert);
            Keep([alert]);
            _scored += 1_650;
            _rates.RemoveAt(0);
            _rates.Add(new RatePoint(Clock.GetUtcNow(), 330, 1));
        }
        Changed?.Invoke();
        return alert;
    }

    public ValueTask<NetworkSnapshot> NetworkAsync(CancellationToken cancel)
    {
        lock (_gate)
        {
            var now = Clock.GetUtcNow();
            var nodes = SampleNetwork.Nodes(now, _actions);
            var validators = nodes.Where(node => node.IsValidator).ToList();
            return ValueTask.FromResult(new NetworkSnapshot(
                now,
                new LedgerHead("consortium-1", 184_223 + _alerts.Count,
                    "0x8f1c44d0b6a9e7732205c1e4fa90d1b88c6f2a35de41b097e6c3128845fa2b60", now.AddSeconds(-4)),
                new ValidatorSet([.. validators.Select(node => node.Id)], [.. validators.Where(node => node.IsQuarantined)
                    .Select(node => node.Id)]),
                nodes,
                SampleNetwork.Sources(now, _scored),
                new Conservation(_scored + 1_204 + 37 + 412, _scored, 1_204, 37, 412),
                _scored + 412,
                _scored,
                now.AddSeconds(-1)));
        }
    }

    private List<Incident> Incidents() =>
        [.. _alerts.GroupBy(alert => alert.IncidentId)
            .Select(group => SampleNetwork.Incident(group.Key, [.. group.OrderBy(alert => alert.At)]))
            .OrderByDescending(incident => incident.LastAlertAt)];
}
