using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Ingest.Ledgers;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Ingest.Tests.Evm;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Ledgers;

/// <summary>The source over a ledger that is no EVM: nothing above the reader may assume one.</summary>
public sealed class LedgerSourceTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CollectingIntake _intake = new();
    private CancellationTokenSource _stop = new();
    private LedgerSource? _source;
    private Task _running = Task.CompletedTask;

    [Fact]
    public async Task Transactions_of_every_validation_code_are_read_in_order()
    {
        var ledger = new ScriptedLedger().Add("a", "VALID", "MVCC_READ_CONFLICT").Add("a").Add("a", "BAD_CREATOR_SIGNATURE");

        Start(ledger);
        await _intake.WaitForAsync(3, Fault);

        Assert.Equal(["VALID", "MVCC_READ_CONFLICT", "BAD_CREATOR_SIGNATURE"],
            _intake.Events.Select(json => json.GetProperty("code").GetString()));
        await UntilAsync(() => _source!.LastBlock == 3);
        Assert.Equal(4, _source!.Health.Progress!.Value.Total);
        Assert.Equal(0, _source.Health.Progress!.Value.Left);
    }

    [Fact]
    public async Task A_notice_is_followed_at_once_however_slow_the_polling()
    {
        var ledger = new ScriptedLedger().Add("a", "VALID");
        Start(options => options with { PollInterval = TimeSpan.FromHours(1) }, ledger);
        await _intake.WaitForAsync(1, Fault);

        ledger.Add("a", "VALID");

        await _intake.WaitForAsync(2, Fault);
    }

    [Fact]
    public async Task A_start_block_leaves_out_what_came_before()
    {
        var ledger = new ScriptedLedger().AddMany(20);

        Start(options => options with { FirstBlock = 15 }, ledger);
        await UntilAsync(() => _source!.LastBlock == 20);

        Assert.Equal(6, _intake.Events.Count);
        Assert.Equal("tx-15-a-0", _intake.Events[0].GetProperty("id").GetString());
        Assert.Equal((6, 6), (_source!.Health.Progress!.Value.Done, _source.Health.Progress!.Value.Total));
    }

    [Fact]
    public async Task Ranges_shrink_to_what_an_endpoint_can_answer_and_nothing_is_lost_or_repeated()
    {
        var ledger = new ScriptedLedger { RangeMax = 5 }.AddMany(200);

        Start(options => options with { BlocksPerRangeMax = 64 }, ledger);
        await UntilAsync(() => _source!.LastBlock == 200);

        Assert.Equal(200, _intake.HandedIn);
        Assert.Equal([64, 32, 16, 8, 4], ledger.RangesAsked.Take(5));
        var refused = ledger.RangesAsked.Count(range => range > 5);
        Assert.InRange(refused, 5, 20);
        Assert.Equal("", Fault());
    }

    [Fact]
    public async Task Another_endpoint_stands_in_at_once_for_one_that_fails()
    {
        var first = new ScriptedLedger("peer-1:7051").AddMany(5);
        var second = new ScriptedLedger("peer-2:7051").AddMany(5);
        Start(options => options with { RetryWaitMax = TimeSpan.FromHours(1) }, first, second);
        await UntilAsync(() => _source!.LastBlock == 5);

        first.Fault = new IOException("connection refused");
        second.AddMany(3);

        await UntilAsync(() => _source!.LastBlock == 8);
        Assert.Equal(8, _intake.HandedIn);
        await UntilAsync(() => Fault().Length == 0);
    }

    [Fact]
    public async Task An_endpoint_on_a_path_of_its_own_is_told_once_and_not_followed()
    {
        var first = new ScriptedLedger("peer-1:7051").AddMany(5);
        var second = new ScriptedLedger("peer-2:7051").AddMany(5);
        Start(first, second);
        await UntilAsync(() => _source!.LastBlock == 5);

        first.Drop(2).AddMany(4, "forged");
        await _intake.WaitForAsync(6, Fault);
        second.AddMany(3);
        await UntilAsync(() => _source!.LastBlock == 8);

        var told = Assert.Single(Findings());
        Assert.Equal("endpointFork", told.Method);
        Assert.Equal("peer-1:7051", told.Endpoint);
        Assert.DoesNotContain(_intake.Events, json => json.GetProperty("id").GetString()!.Contains("forged", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_ledger_that_moved_at_every_endpoint_is_a_reorganization()
    {
        var first = new ScriptedLedger("peer-1:7051").AddMany(5);
        var second = new ScriptedLedger("peer-2:7051").AddMany(5);
        Start(first, second);
        await UntilAsync(() => _source!.LastBlock == 5);

        // The one in use moves last, so that at no moment it alone has left.
        second.Drop(2).AddMany(3, "b");
        first.Drop(2).AddMany(3, "b");
        await UntilAsync(() => _source!.LastBlock == 6);

        Assert.Contains(Findings(), finding => finding.Method == "reorganization");
        Assert.Equal(3, _intake.Events.Count(json => json.GetProperty("id").GetString()!.EndsWith("-b-0", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_changed_history_is_not_believed_from_one_endpoint_while_the_others_do_not_answer()
    {
        var first = new ScriptedLedger("peer-1:7051").AddMany(5);
        var second = new ScriptedLedger("peer-2:7051").AddMany(5);
        Start(first, second);
        await UntilAsync(() => _source!.LastBlock == 5);

        first.Fault = new IOException("connection refused");
        second.Drop(2).AddMany(4, "forged");
        await UntilAsync(() => Fault().Contains("too few others answer", StringComparison.Ordinal));
        Assert.Equal((5, 5), (_source!.LastBlock, _intake.Events.Count));

        first.AddMany(2);
        first.Fault = null;
        await UntilAsync(() => _source.LastBlock == 7);
        Assert.Equal("endpointFork", Assert.Single(Findings()).Method);
        Assert.DoesNotContain(_intake.Events, json => json.GetProperty("id").GetString()!.Contains("forged", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_endpoint_that_lags_is_told_once_and_left()
    {
        var first = new ScriptedLedger("peer-1:7051").AddMany(5);
        var second = new ScriptedLedger("peer-2:7051").AddMany(30);

        Start(options => options with { EndpointLagBlocksMax = 10 }, first, second);
        await UntilAsync(() => _source!.LastBlock == 30);

        var told = Assert.Single(Findings());
        Assert.Equal(("endpointLag", "peer-1:7051"), (told.Method, told.Endpoint));
        Assert.Equal(30, _intake.Events.Count - 1);
    }

    [Fact]
    public async Task A_block_that_no_endpoint_has_is_told_and_waited_for()
    {
        var ledger = new ScriptedLedger().AddMany(10);
        ledger.Missing = 7;

        Start(ledger);
        await UntilAsync(() => Findings().Count == 1);
        await UntilAsync(() => Fault().Contains("no block 7", StringComparison.Ordinal));
        Assert.Equal(6, _source!.LastBlock);
        ledger.Missing = null;

        await UntilAsync(() => _source.LastBlock == 10);
        Assert.Equal("gap", Assert.Single(Findings()).Method);
        Assert.Equal(11, _intake.Events.Count);
    }

    [Fact]
    public async Task Blocks_that_vanish_after_a_crash_in_the_middle_of_handing_over_are_told_as_well()
    {
        var ledger = new ScriptedLedger().AddMany(6);
        Start(ledger);
        await UntilAsync(() => _source!.LastBlock == 6);
        await StopAsync();
        // As a process leaves it that dies after its events are durable and before its position is.
        var file = new LedgerCheckpointFile(_folder.File("checkpoint.json"));
        var read = file.Load()!;
        file.Save(read.BackTo(read.Kept[3]) with { UnderWay = [.. read.Kept.Skip(4)] });

        ledger.Drop(3).AddMany(5, "b");
        Restart(ledger);
        await UntilAsync(() => _source!.LastBlock == ledger.Head);

        Assert.Equal("reorganization", Assert.Single(Findings()).Method);
        Assert.Equal(6 + 5, _intake.Events.Count(json => json.TryGetProperty("code", out _)));
    }

    [Fact]
    public async Task Blocks_that_still_stand_after_a_crash_in_the_middle_of_handing_over_are_read_again_without_a_word()
    {
        var ledger = new ScriptedLedger().AddMany(6);
        Start(ledger);
        await UntilAsync(() => _source!.LastBlock == 6);
        await StopAsync();
        var file = new LedgerCheckpointFile(_folder.File("checkpoint.json"));
        var read = file.Load()!;
        Assert.Empty(read.UnderWay);
        file.Save(read.BackTo(read.Kept[3]) with { UnderWay = [.. read.Kept.Skip(4)] });
        var before = _intake.HandedIn;

        ledger.AddMany(2);
        Restart(ledger);
        await UntilAsync(() => _source!.LastBlock == 8);

        Assert.Empty(Findings());
        Assert.Equal((8, before + 5), (_intake.Events.Count, _intake.HandedIn));
    }

    [Fact]
    public async Task A_block_that_one_endpoint_lost_is_read_from_another_without_a_word()
    {
        var first = new ScriptedLedger("peer-1:7051").AddMany(10);
        var second = new ScriptedLedger("peer-2:7051").AddMany(10);
        first.Missing = 7;

        Start(first, second);
        await UntilAsync(() => _source!.LastBlock == 10);

        Assert.Empty(Findings());
        Assert.Equal(10, _intake.Events.Count);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _source?.Dispose();
        _stop.Dispose();
        _folder.Dispose();
    }

    private void Start(params ILedgerReader[] endpoints) => Start(options => options, endpoints);

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Restart(params ILedgerReader[] endpoints)
    {
        _stop.Dispose();
        _stop = new CancellationTokenSource();
        Start(endpoints);
    }

    private void Start(Func<LedgerSourceOptions, LedgerSourceOptions> change, params ILedgerReader[] endpoints)
    {
        var options = change(new LedgerSourceOptions
        {
            Name = "channel",
            Chain = "consortium",
            CheckpointPath = _folder.File("checkpoint.json"),
            PollInterval = TimeSpan.FromMilliseconds(10),
            RetryWaitMax = TimeSpan.FromMilliseconds(50),
            AgreementInterval = TimeSpan.FromMilliseconds(10),
        });
        _source = new LedgerSource(options, endpoints, TimeProvider.System, NullLogger<LedgerSource>.Instance);
        _running = Task.Run(() => _source.RunAsync(_intake, _stop.Token));
    }

    private List<(string Method, string? Endpoint)> Findings() =>
    [
        .. _intake.Events.Where(json => json.TryGetProperty("contract", out var contract) && contract.GetString() == "ConsensusLayer")
            .Select(json => (json.GetProperty("method").GetString()!,
                json.GetProperty("args").TryGetProperty("endpoint", out var endpoint) ? endpoint.GetString() : null)),
    ];

    private string Fault() => _source?.Health.Fault ?? "";

    private Task UntilAsync(Func<bool> holds) => Eventually.HoldsAsync(holds, () => $"At block {_source?.LastBlock}. {Fault()}");
}
