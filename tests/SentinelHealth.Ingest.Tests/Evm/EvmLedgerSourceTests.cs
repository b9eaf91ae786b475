using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Ingest.Evm;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Testing;
using static SentinelHealth.Ingest.Tests.Evm.NativeRecord;

namespace SentinelHealth.Ingest.Tests.Evm;

public sealed class EvmLedgerSourceTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CollectingIntake _intake = new();
    private LedgerSource? _source;
    private CancellationTokenSource? _stop;
    private Task _running = Task.CompletedTask;

    [Fact]
    public async Task Transactions_are_read_in_order_as_they_are_mined()
    {
        await using var network = await AnvilNetwork.StartAsync();
        await SendAsync(network, 1, 3);
        Start(network);
        await _intake.WaitForAsync(3, Fault);

        await SendAsync(network, 4, 5);
        await _intake.WaitForAsync(5, Fault);

        Assert.Equal(["r-1", "r-2", "r-3", "r-4", "r-5"], Records());
        Assert.All(_intake.Events, json => Assert.Equal("success", json.GetProperty("status").GetString()));
        Assert.Equal("", _source!.Health.Fault);
    }

    [Fact]
    public async Task A_restart_continues_without_gap_or_repeat()
    {
        await using var network = await AnvilNetwork.StartAsync();
        await SendAsync(network, 1, 3);
        Start(network);
        await _intake.WaitForAsync(3, Fault);
        await StopAsync();
        await SendAsync(network, 4, 6);

        Start(network);
        await _intake.WaitForAsync(6, Fault);

        Assert.Equal(["r-1", "r-2", "r-3", "r-4", "r-5", "r-6"], Records());
        Assert.Equal(6, _intake.HandedIn);
    }

    [Fact]
    public async Task A_crash_before_the_position_was_kept_repeats_at_most_one_range()
    {
        await using var network = await AnvilNetwork.StartAsync();
        await SendAsync(network, 1, 3);
        Start(network);
        await _intake.WaitForAsync(3, Fault);
        await StopAsync();
        var position = await File.ReadAllBytesAsync(_folder.File("cursor.json"), CancellationToken.None);
        await SendAsync(network, 4, 5);
        Start(network);
        await _intake.WaitForAsync(5, Fault);
        await StopAsync();

        await File.WriteAllBytesAsync(_folder.File("cursor.json"), position, CancellationToken.None);
        await SendAsync(network, 6, 6);
        Start(network);
        await _intake.WaitForAsync(6, Fault);

        Assert.Equal(["r-1", "r-2", "r-3", "r-4", "r-5", "r-6"], Records());
        Assert.Equal(8, _intake.HandedIn);
    }

    [Fact]
    public async Task Blocks_are_read_only_once_enough_lie_on_top()
    {
        await using var network = await AnvilNetwork.StartAsync();
        Start(network, options => options with { Ledger = options.Ledger with { ConfirmationBlocks = 3 } });
        await SendAsync(network, 1, 1);
        var at = await HeadAsync(network);

        await network.Node.MineAsync(2);
        await UntilAsync(() => _source!.LastBlock == at - 1);
        Assert.Empty(_intake.Events);
        await network.Node.MineAsync();
        await _intake.WaitForAsync(1, Fault);

        await UntilAsync(() => _source!.LastBlock == at);
        Assert.Equal(["r-1"], Records());
    }

    [Fact]
    public async Task Catching_up_takes_ranges_and_ends_at_the_head()
    {
        await using var network = await AnvilNetwork.StartAsync();
        await SendAsync(network, 1, 25);
        await network.Node.MineAsync(100);

        Start(network, options => options with { Ledger = options.Ledger with { BlocksPerRangeMax = 7 } });
        await _intake.WaitForAsync(25, Fault);
        var head = await HeadAsync(network);
        await UntilAsync(() => _source!.LastBlock == head);

        Assert.Equal(25, _intake.HandedIn);
        Assert.Equal(0, _source!.LagBlocks);
    }

    [Fact]
    public async Task A_reverted_transaction_is_seen_though_it_leaves_no_log()
    {
        await using var network = await AnvilNetwork.StartAsync();
        var doctor = EvmAddress.Parse(Doctor);
        await network.SendAsync(network.Automation, "SentinelGuard", "suspendActor",
            doctor, 600, long.MaxValue, Hex.Data(Keccak256.Hash("k")), "inc-7", Hex.Data(Keccak256.Hash("e")));
        Start(network);

        var refused = await network.SendAnywayAsync(doctor, "AccessRegistry", "recordAccess",
            "node:hospital-a-1", "patient:9f3c", "TREAT", null, "g-5", "r-1", "imaging", null);
        await _intake.WaitForAsync(1, Fault);

        var json = Assert.Single(_intake.Events);
        Assert.False(refused.IsSuccess);
        Assert.Equal($"{refused.TransactionHash}:r", json.GetProperty("id").GetString());
        Assert.Equal("reverted", json.GetProperty("status").GetString());
        Assert.Equal("recordAccess", json.GetProperty("method").GetString());
        Assert.Equal(Doctor, json.GetProperty("actor").GetString());
        Assert.Equal("node:hospital-a-1", json.GetProperty("node").GetString());
        Assert.Equal("g-5", json.GetProperty("grantId").GetString());
        Assert.Equal("r-1", json.GetProperty("args").GetProperty("recordId").GetString());
        Assert.False(json.TryGetProperty("logIndex", out _));
    }

    [Fact]
    public async Task A_fork_is_told_with_its_depth_and_read_again_from_the_common_ancestor()
    {
        await using var network = await AnvilNetwork.StartAsync();
        await SendAsync(network, 1, 2);
        var snapshot = (await network.Node.Rpc.CallAsync("evm_snapshot", CancellationToken.None)).GetString();
        await SendAsync(network, 3, 5);
        Start(network);
        await _intake.WaitForAsync(5, Fault);
        var head = await HeadAsync(network);
        await UntilAsync(() => _source!.LastBlock == head);

        await network.Node.Rpc.CallAsync("evm_revert", CancellationToken.None, snapshot);
        await SendAsync(network, 6, 9);
        await _intake.WaitForAsync(10, Fault);

        var fork = Assert.Single(_intake.Events, json => json.GetProperty("contract").GetString() == "ConsensusLayer");
        Assert.Equal("reorganization", fork.GetProperty("method").GetString());
        Assert.Equal(3, fork.GetProperty("args").GetProperty("depth").GetInt64());
        Assert.NotEqual(fork.GetProperty("args").GetProperty("expectedParent").GetString(), fork.GetProperty("args").GetProperty("observedParent").GetString());
        Assert.Equal(["r-1", "r-2", "r-3", "r-4", "r-5", "r-6", "r-7", "r-8", "r-9"], Records());
    }

    [Fact]
    public async Task Another_chain_at_the_same_address_is_told_and_read_from_its_beginning()
    {
        await using var network = await AnvilNetwork.StartAsync();
        await SendAsync(network, 1, 2);
        Start(network);
        await _intake.WaitForAsync(2, Fault);
        var head = await HeadAsync(network);
        await UntilAsync(() => _source!.LastBlock == head);

        await network.Node.KillAsync();
        await network.Node.RestartAsync(startsAt: new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await network.Node.MineAsync((int)head + 2);
        await _intake.WaitForAsync(3, Fault);

        var fork = Assert.Single(_intake.Events, json => json.GetProperty("contract").GetString() == "ConsensusLayer");
        Assert.Equal(head + 1, fork.GetProperty("args").GetProperty("depth").GetInt64());
        await UntilAsync(() => _source!.LastBlock == head + 2);
    }

    [Fact]
    public async Task A_node_that_is_down_is_waited_for_and_the_fault_is_visible()
    {
        await using var network = await AnvilNetwork.StartAsync(new AnvilOptions { StateFile = _folder.File("state.json") });
        await SendAsync(network, 1, 2);
        Start(network);
        await _intake.WaitForAsync(2, Fault);

        await network.Node.StopAsync();
        await UntilAsync(() => _source!.Health.Fault.Length > 0);
        Assert.Contains("Next attempt", _source!.Health.Fault, StringComparison.Ordinal);
        await network.Node.RestartAsync();
        await SendAsync(network, 3, 4);
        await _intake.WaitForAsync(4, Fault);

        Assert.Equal(["r-1", "r-2", "r-3", "r-4"], Records());
        await UntilAsync(() => _source.Health.Fault.Length == 0);
    }

    [Fact]
    public async Task An_intake_that_fails_stops_the_position_until_it_works_again()
    {
        await using var network = await AnvilNetwork.StartAsync();
        await SendAsync(network, 1, 2);
        _intake.FailNext(3);

        Start(network);
        await _intake.WaitForAsync(2, Fault);

        Assert.Equal(["r-1", "r-2"], Records());
        Assert.Equal(2, _intake.HandedIn);
    }

    [Fact]
    public async Task A_log_that_no_artifact_describes_is_handed_on_raw()
    {
        await using var network = await AnvilNetwork.StartAsync();
        // The guard watched under another contract's name stands for a contract that was upgraded behind the monitor's back.
        Start(network, options => options with
        {
            Contracts = new Dictionary<string, string> { ["RecordAnchor"] = network.Deployment.Guard.Text },
        });
        await network.SendAsync(network.Admin, "SentinelGuard", "setProtected", 0, "node:emergency-1", true);
        await UntilAsync(() => _intake.Events.Any(json => json.TryGetProperty("topics", out _)));

        var raw = _intake.Events[^1];
        Assert.Equal(network.Deployment.Guard.Text, raw.GetProperty("address").GetString());
        Assert.False(raw.TryGetProperty("schema", out _));
    }

    [Fact]
    public async Task A_node_that_sends_notices_is_followed_without_polling_and_after_it_was_restarted()
    {
        await using var network = await AnvilNetwork.StartAsync(new AnvilOptions { StateFile = _folder.File("state.json") });
        Start(network, options => options with
        {
            // An hour between polls: only a notice can bring a block within the test's patience.
            Ledger = options.Ledger with { PollInterval = TimeSpan.FromHours(1) },
            Endpoints = [EndpointOf(network.Node, EvmNoticeMode.WhereOffered)],
        });
        await SendAsync(network, 1, 3);
        await _intake.WaitForAsync(3, Fault);

        await network.Node.StopAsync();
        await network.Node.RestartAsync();
        await SendAsync(network, 4, 5);
        await _intake.WaitForAsync(5, Fault);

        Assert.Equal(["r-1", "r-2", "r-3", "r-4", "r-5"], Records());
    }

    [Fact]
    public async Task A_second_node_that_left_the_network_is_told_and_not_followed_when_the_first_one_dies()
    {
        var state = _folder.File("state.json");
        await using var network = await AnvilNetwork.StartAsync(new AnvilOptions { StateFile = state });
        await SendAsync(network, 1, 2);
        await network.Node.StopAsync();
        var copy = _folder.File("copy.json");
        File.Copy(state, copy);
        await network.Node.RestartAsync();
        await using var other = await AnvilNode.StartAsync(new AnvilOptions { StateFile = copy });
        Start(network, options => options with { Endpoints = [EndpointOf(network.Node), EndpointOf(other)] });
        await _intake.WaitForAsync(2, Fault);

        // The same height with other transactions: the second node left the network's path.
        await SendAsync(network, 3, 4);
        await other.MineAsync(4);
        await UntilAsync(() => _intake.Events.Any(json => json.GetProperty("method").GetString() == "endpointFork"));
        await network.Node.KillAsync();
        await UntilAsync(() => Fault().Contains("too few others answer", StringComparison.Ordinal));

        var told = Assert.Single(_intake.Events, json => json.GetProperty("method").GetString() == "endpointFork");
        Assert.Equal(other.Endpoint.Authority, told.GetProperty("args").GetProperty("endpoint").GetString());
        Assert.Equal(["r-1", "r-2", "r-3", "r-4"], Records());
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }

    private void Start(AnvilNetwork network, Func<EvmLedgerSourceOptions, EvmLedgerSourceOptions>? change = null)
    {
        var options = new EvmLedgerSourceOptions
        {
            Ledger = new LedgerSourceOptions
            {
                Name = "ledger",
                Chain = "test",
                CheckpointPath = _folder.File("cursor.json"),
                PollInterval = TimeSpan.FromMilliseconds(20),
                RetryWaitMax = TimeSpan.FromMilliseconds(200),
                AgreementInterval = TimeSpan.FromMilliseconds(50),
                EndpointLagBlocksMax = 3,
            },
            Endpoints = [EndpointOf(network.Node)],
            Contracts = network.Deployment.Contracts,
        };
        options = change?.Invoke(options) ?? options;
        _source = EvmLedgerSource.Create(options, TimeProvider.System, NullLogger<LedgerSource>.Instance);
        _stop = new CancellationTokenSource();
        _running = Task.Run(() => _source.RunAsync(_intake, _stop.Token));
    }

    private static EvmEndpoint EndpointOf(AnvilNode node, EvmNoticeMode notices = EvmNoticeMode.Never) =>
        new() { Node = new JsonRpcOptions { Endpoint = node.Endpoint }, Notices = notices };

    private async Task StopAsync()
    {
        if (_stop is null)
            return;
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _source!.Dispose();
        _stop.Dispose();
        _stop = null;
    }

    private string Fault() => _source?.Health.Fault ?? "";

    private string[] Records() => [.. _intake.Events
        .Where(json => json.GetProperty("contract").GetString() != "ConsensusLayer")
        .Select(json => json.GetProperty("args").GetProperty("recordId").GetString()!)];

    private static async Task SendAsync(AnvilNetwork network, int from, int to)
    {
        var doctor = EvmAddress.Parse(Doctor);
        for (var i = from; i <= to; i++)
        {
            await network.SendAsync(doctor, "AccessRegistry", "recordAccess",
                "node:hospital-a-1", "patient:9f3c", "TREAT", null, null, $"r-{i}", "imaging", null);
        }
    }

    private static async Task<long> HeadAsync(AnvilNetwork network) =>
        Hex.ToLong((await network.Node.Rpc.CallAsync("eth_blockNumber", CancellationToken.None)).GetString());

    private Task UntilAsync(Func<bool> holds) => Eventually.HoldsAsync(holds, () => $"At block {_source?.LastBlock}. {Fault()}");
}
