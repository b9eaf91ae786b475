using System.Text.Json.Serialization;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>How far the monitor behind the pages has come.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MonitorStage>))]
internal enum MonitorStage
{
    [JsonStringEnumMemberName("starting")] Starting,
    [JsonStringEnumMemberName("warming")] Warming,
    [JsonStringEnumMemberName("running")] Running,
    [JsonStringEnumMemberName("stopped")] Stopped,
}

/// <summary>The answer of <c>/readyz</c>: states only, nothing an outsider could use.</summary>
internal sealed record ReadinessReport(string Status, MonitorStage Pump, string Log, string Ledger)
{
    /// <summary>Of the partitions this process scores: whether <c>all</c>, <c>some</c> or <c>none</c> go on.</summary>
    public string Partitions { get; init; } = "all";

    /// <summary>Whether it carries decisions out or stands by; absent for a process that never does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Respond { get; init; }

    [JsonIgnore]
    public bool IsReady => Status == "ready";
}

/// <summary>
/// Whether work can be given to this process: the log is open, the pump runs, the ledger can be read. While some of its partitions go on, it
/// is of use; one that stands by is ready.
/// </summary>
internal sealed class Readiness(
    IEventLog log, IMonitorStatus monitor, ILedger ledger, TimeProvider time, ILeadership? leadership = null) : IDisposable
{
    private static readonly TimeSpan AnswerAge = TimeSpan.FromSeconds(1);
    private const int PartitionsAskedMax = 16;
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private (DateTimeOffset At, ReadinessReport Report)? _last;
    private int _stage;
    private int _answering;

    /// <summary>Set by the job that runs the monitor.</summary>
    public MonitorStage Stage
    {
        get => (MonitorStage)Volatile.Read(ref _stage);
        set => Volatile.Write(ref _stage, (int)value);
    }

    /// <summary>Asks log and ledger, at most once a second however often it is called.</summary>
    public async Task<ReadinessReport> CheckAsync(CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            var now = time.GetUtcNow();
            if (_last is { } last && now - last.At < AnswerAge && last.Report.Pump == Stage)
                return last.Report;
            var report = await AskAsync(cancel);
            _last = (now, report);
            return report;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task<ReadinessReport> AskAsync(CancellationToken cancel)
    {
        var stage = Stage;
        var isLogOpen = await IsLogOpenAsync(cancel);
        var isLedgerReadable = await AnswersAsync(async patience => await ledger.GetHeadAsync(patience), cancel);
        var own = log.Partitions;
        var failing = monitor.FailingPartitions.Intersect(own).Count();
        var partitions = failing == 0 ? "all" : failing < own.Count ? "some" : "none";
        var isReady = isLogOpen && isLedgerReadable && partitions != "none" && stage == MonitorStage.Running;
        var status = isReady ? "ready" : stage == MonitorStage.Warming ? "warming" : "notReady";
        return new ReadinessReport(status, stage, isLogOpen ? "open" : "closed", isLedgerReadable ? "readable" : "unreadable")
        {
            Partitions = partitions,
            Respond = leadership is null or NoLeadership ? null : leadership.IsLeader ? "leads" : "standsBy",
        };
    }

    /// <summary>A log is open as long as one of its partitions answers: that which did last time, or else any.</summary>
    private async Task<bool> IsLogOpenAsync(CancellationToken cancel)
    {
        if (await AnswersAsync(patience => log.EndOffsetAsync(_answering, patience).AsTask(), cancel))
            return true;
        var others = log.AllPartitions.Where(partition => partition != _answering).Take(PartitionsAskedMax);
        var asked = others.Select(async partition =>
            (partition, Answers: await AnswersAsync(patience => log.EndOffsetAsync(partition, patience).AsTask(), cancel)));
        var answering = (await Task.WhenAll(asked)).FirstOrDefault(one => one.Answers);
        if (answering.Answers)
            _answering = answering.partition;
        return answering.Answers;
    }

    private static async Task<bool> AnswersAsync(Func<CancellationToken, Task> ask, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(PatienceMax);
        try
        {
            // What does not heed the token is left behind.
            await ask(patience.Token).WaitAsync(patience.Token);
            return true;
        }
        catch (Exception) when (!cancel.IsCancellationRequested)
        {
            // Why it fails is logged by whoever works with it; a probe only says that it does.
            return false;
        }
    }
}
