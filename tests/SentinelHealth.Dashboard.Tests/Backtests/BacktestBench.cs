using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Dashboard.Backtests;
using SentinelHealth.Dashboard.Commands;
using SentinelHealth.Dashboard.Tests.Commands;
using SentinelHealth.Dashboard.Tests.Fakes;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Detection.Rules.Live;
using SentinelHealth.Response.Policy;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Backtests;

/// <summary>A desk over a log of simulated events, with the basis that the command takes by default.</summary>
internal sealed class BacktestBench : IAsyncDisposable
{
    public const string Policy = """
        name: suspend-anybody
        mode: automatic
        when:
          entities: [actor]
        actions:
          - kind: suspendActor
            ttl: 4h
        """;

    private static readonly Lazy<StagedRules> Shipped = new(() => StagedRules.Of(
        RulesCommand.Load(RulesCommand.Files([Path.Combine(AppContext.BaseDirectory, "rules")]), null),
        new Dictionary<string, DetectorStage>()));

    private readonly TemporaryFolder _folder = new();
    private BacktestDesk? _desk;

    public FakeLog Log { get; } = new();

    public ManualClock Clock { get; } = new();

    public ResponseOptions Options { get; init; } = new();

    public string EventsFile => _folder.File("events");

    public string PolicyFile => _folder.File("policy.yaml");

    public BacktestDesk Desk => _desk ??= Open();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Fills the log, and a file with the same records.</summary>
    public async Task FillAsync()
    {
        await File.WriteAllTextAsync(PolicyFile, Policy, Cancel);
        var simulated = await CommandRun.OfAsync(
            "simulate", "--out", EventsFile, "--labels", _folder.File("labels"), "--days", "1", "--events-per-day", "3000");
        Assert.Equal(0, simulated.ExitCode);
        foreach (var record in await File.ReadAllLinesAsync(EventsFile, Cancel))
            Log.Add("simulated", record);
    }

    public async Task<BacktestJob> StartAsync(BacktestOrder order)
    {
        var start = await Desk.StartAsync(order, "ada", Cancel);
        Assert.Empty(start.Problems);
        return start.Job!;
    }

    /// <summary>The job once a state is reached that it does not leave by itself.</summary>
    public async Task<BacktestJob> UntilAsync(string id, Func<BacktestJob, bool> isReached)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look()
        {
            if (Desk.Find(id) is { } job && isReached(job))
                reached.TrySetResult();
        }
        Desk.Changed += Look;
        Look();
        await reached.Task.WaitAsync(Cancel);
        Desk.Changed -= Look;
        return Desk.Find(id)!;
    }

    public Task<BacktestJob> UntilOverAsync(string id) => UntilAsync(id, job => job.IsOver);

    /// <summary>The program is stopped and started again.</summary>
    public async Task RestartAsync()
    {
        await Desk.DisposeAsync();
        _desk = Open();
    }

    public async ValueTask DisposeAsync()
    {
        if (_desk is not null)
            await _desk.DisposeAsync();
        _folder.Dispose();
    }

    private BacktestDesk Open() => new(
        new BacktestSurroundings
        {
            Log = Log,
            Folder = _folder.File("backtests"),
            Clock = Clock,
            Playbooks = () => new PlaybookSet(PlaybookLoader.Load(Policy, "policy").Playbooks),
            Options = Options,
            Basis = _ => Task.FromResult(new BacktestBasis([], new DetectionOptions(), null, Shipped.Value)),
        },
        NullLogger<BacktestDesk>.Instance);
}
