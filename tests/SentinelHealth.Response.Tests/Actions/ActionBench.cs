using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Approvals;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Actions;

/// <summary>A real store, a fake ledger and a manual clock around an executor that can be killed and started again.</summary>
internal sealed class ActionBench : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ResponseMetrics _metrics = new();

    public ActionBench(LedgerSetup? setup = null, int ordersPerBlock = 0)
    {
        Ledger = new FakeLedger(setup ?? new LedgerSetup(), Clock) { OrdersPerBlock = ordersPerBlock };
        Store = SqliteCaseStore.Open(_folder.File("cases.db"));
    }

    public ManualClock Clock { get; } = new(SomeCase.At);

    public FakeLedger Ledger { get; }

    public CaseStore Store { get; private set; }

    /// <summary>One person is enough here; what takes two has tests of its own.</summary>
    public ResponseOptions Options { get; init; } = new() { HighImpactKinds = [] };

    /// <summary>Somebody who has just signed in.</summary>
    public static Approver By(string name) => new(name, SomeCase.At);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Store.Dispose();
        _metrics.Dispose();
        _folder.Dispose();
    }

    /// <summary>The process ends and another one opens the same file.</summary>
    public void Restart()
    {
        Store.Dispose();
        Store = SqliteCaseStore.Open(_folder.File("cases.db"));
    }

    public ValueTask DecideAsync(params PlannedAction[] planned) =>
        Store.CommitAsync(new CaseCommit { ScoredOffsets = new Dictionary<int, long> { [0] = 1 }, Actions = planned }, Cancel);

    public ActionExecutor Executor(CrashPoints? points = null)
    {
        var (store, ledger) = Around(points);
        return new ActionExecutor(new ActionServices(store, ledger, Clock, _metrics), Options,
            NullLogger<ActionExecutor>.Instance);
    }

    public async Task<Responder> ResponderAsync(CrashPoints? points = null)
    {
        var (store, ledger) = Around(points);
        var services = new ActionServices(store, ledger, Clock, _metrics);
        var executor = new ActionExecutor(services, Options, NullLogger<ActionExecutor>.Instance);
        return await Responder.CreateAsync(services, Options, executor, NullLogger<Responder>.Instance, Cancel);
    }

    /// <summary>Drains until nothing is due for a while, moving the clock so that every wait passes.</summary>
    public async Task SettleAsync(ActionExecutor executor, TimeSpan step, int steps = 12)
    {
        for (var i = 0; i < steps; i++)
        {
            await executor.DrainAsync(Cancel);
            Clock.Advance(step);
        }
    }

    public async Task<ContainmentAction> ActionAsync(string key) => (await Store.ActionAsync(key, Cancel))!;

    public async Task<List<ActionState>> StatesAsync(string key) =>
        [.. (await Store.ActionHistoryAsync(key, Cancel)).Select(step => step.State)];

    private (IActionStore, ILedger) Around(CrashPoints? points) => points is null
        ? (Store, Ledger)
        : (new CrashingActionStore(Store, points), new CrashingLedger(Ledger, points));
}
