using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Policy;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Fakes;

/// <summary>A whole monitor in a folder of its own, with a ledger that may be shared with others; nothing runs until it is told to.</summary>
internal sealed class SmallMonitor : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EmbeddedLedger? _own;
    private bool _isStarted;

    private SmallMonitor(ManualClock clock, EmbeddedLedger? shared)
    {
        Clock = clock;
        Ledger = shared ?? (_own = EmbeddedLedger.Open(_folder.Path, new EmbeddedLedgerRules(), clock));
    }

    public ManualClock Clock { get; }

    public EmbeddedLedger Ledger { get; }

    public string Data => _folder.Path;

    public MonitorParts Parts { get; private set; } = null!;

    public static async Task<SmallMonitor> OpenAsync(
        ManualClock clock, EmbeddedLedger? shared = null, Func<MonitorPlan, MonitorPlan>? change = null)
    {
        var monitor = new SmallMonitor(clock, shared);
        var plan = new MonitorPlan
        {
            DataFolder = monitor.Data,
            Clock = clock,
            Ledger = monitor.Ledger,
            Anchors = monitor.Ledger,
            Playbooks = new PlaybookSet([]),
            Logs = NullLoggerFactory.Instance,
        };
        monitor.Parts = await MonitorParts.OpenAsync(change is null ? plan : change(plan), CancellationToken.None);
        return monitor;
    }

    /// <summary>Takes records in and scores them.</summary>
    public async Task WatchAsync(params string[] records)
    {
        await Parts.Intake.AcceptAsync(
            "test", [.. records.Select((record, index) => new SourceRecord(Encoding.UTF8.GetBytes(record), $"r-{index}"))], default);
        await ScoreAsync();
    }

    /// <summary>Scores what has been taken in.</summary>
    public async Task ScoreAsync()
    {
        if (!_isStarted)
            await Parts.Pump!.StartAsync(default);
        _isStarted = true;
        await Parts.Pump!.DrainAsync(default);
    }

    /// <summary>Takes what waits into the evidence log and anchors it.</summary>
    public async Task AnchorAsync()
    {
        await Parts.Evidence!.Recorder.DrainAsync(default);
        await Parts.Evidence!.Recorder.AnchorAsync(Ledger, default);
    }

    public async ValueTask DisposeAsync()
    {
        await Parts.DisposeAsync();
        _own?.Dispose();
        _folder.Dispose();
    }
}
