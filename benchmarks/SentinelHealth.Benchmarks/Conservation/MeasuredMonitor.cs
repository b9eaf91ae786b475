using SentinelHealth.Benchmarks.Kafka;
using SentinelHealth.Detection;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Benchmarks.Conservation;

/// <summary>What a measured monitor stands on; whoever opened it closes it.</summary>
internal sealed record MeasuredParts(
    IEventLog Log, IDeadLetters Letters, CaseStore Store, ILedger Ledger, Func<Stream?, IDetectionEngine> EngineFactory)
{
    public PlaybookSet Playbooks { get; init; } = PlaybookSet.Empty;

    public ResponseOptions Options { get; init; } = new();

    /// <summary>Told of a partition and an offset before which nothing is needed any more.</summary>
    public Action<int, long>? Release { get; init; }
}

/// <summary>The product's own pump and executor, wired as the product does; only the detectors are the benchmark's.</summary>
internal sealed class MeasuredMonitor : IDisposable
{
    private readonly ResponseMetrics _metrics = new();
    private readonly MonitorStatus _status;

    public MeasuredMonitor(MeasuredParts parts)
    {
        var clock = TimeProvider.System;
        Executor = new ActionExecutor(
            new ActionServices(parts.Store, parts.Ledger, clock, _metrics), parts.Options,
            new StandardErrorLogger<ActionExecutor>());
        _status = new MonitorStatus(parts.Log, parts.Store, parts.Ledger, clock);
        var services = new MonitorServices
        {
            Log = parts.Log,
            Decoder = new NativeEventDecoder(),
            DeadLetters = parts.Letters,
            EngineFactory = parts.EngineFactory,
            Store = parts.Store,
            Ledger = parts.Ledger,
            Executor = Executor,
            Status = _status,
            Clock = clock,
            Metrics = _metrics,
            Release = parts.Release,
        };
        Pump = new MonitorPump(
            services, parts.Playbooks, parts.Options, ConservationPlan.Monitor, new StandardErrorLogger<MonitorPump>());
    }

    public MonitorPump Pump { get; }

    public ActionExecutor Executor { get; }

    public void Dispose()
    {
        _status.Dispose();
        Executor.Dispose();
        _metrics.Dispose();
    }
}
