using System.Text.Json.Serialization;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Ledgers;

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
    [JsonIgnore]
    public bool IsReady => Status == "ready";
}

/// <summary>Whether work can be given to this process: the log is open, the pump runs, the ledger can be read.</summary>
internal sealed class Readiness(IEventLog log, ILedger ledger, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan AnswerAge = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private (DateTimeOffset At, ReadinessReport Report)? _last;
    private int _stage;

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
        var isLogOpen = await AnswersAsync(async patience => await log.EndOffsetAsync(0, patience), cancel);
        var isLedgerReadable = await AnswersAsync(async patience => await ledger.GetHeadAsync(patience), cancel);
        var isReady = isLogOpen && isLedgerReadable && stage == MonitorStage.Running;
        var status = isReady ? "ready" : stage == MonitorStage.Warming ? "warming" : "notReady";
        return new ReadinessReport(status, stage, isLogOpen ? "open" : "closed", isLedgerReadable ? "readable" : "unreadable");
    }

    private static async Task<bool> AnswersAsync(Func<CancellationToken, Task> ask, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(PatienceMax);
        try
        {
            await ask(patience.Token);
            return true;
        }
        catch (Exception) when (!cancel.IsCancellationRequested)
        {
            // Why it fails is logged by whoever works with it; a probe only says that it does.
            return false;
        }
    }
}
