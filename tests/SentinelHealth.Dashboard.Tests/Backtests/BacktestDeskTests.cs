using System.Security.Cryptography;
using System.Text;
using SentinelHealth.Dashboard.Backtests;
using SentinelHealth.Dashboard.Tests.Commands;
using SentinelHealth.Response.Backtesting;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Dashboard.Tests.Backtests;

public sealed class BacktestDeskTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_answers_the_very_bytes_of_the_command_over_the_same_events()
    {
        await using var bench = new BacktestBench();
        await bench.FillAsync();
        var command = await CommandRun.OfAsync("backtest", "--input", bench.EventsFile, "--policy", bench.PolicyFile);

        var job = await bench.UntilOverAsync((await bench.StartAsync(new BacktestOrder { Playbooks = BacktestBench.Policy })).Id);

        Assert.Equal(BacktestState.Done, job.State);
        using var result = bench.Desk.OpenResult(job.Id)!;
        using var reader = new StreamReader(result);
        Assert.Equal(command.Output, await reader.ReadToEndAsync(Cancel));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(command.Output))), job.ResultSha256);
        Assert.True(job.Summary!.Actions > 0, command.Output);
        Assert.Equal((job.EventsTotal, 1.0), (job.EventsRead, job.Share));
    }

    [Fact]
    public async Task The_policy_of_a_job_is_kept_as_text_that_gives_the_same_result_by_the_command()
    {
        await using var bench = new BacktestBench();
        await bench.FillAsync();
        var order = new BacktestOrder
        {
            Modes = new Dictionary<string, PlaybookMode> { ["suspend-anybody"] = PlaybookMode.Approve },
        };
        var job = await bench.UntilOverAsync((await bench.StartAsync(order)).Id);
        using (var policy = bench.Desk.OpenPolicy(job.Id)!)
        using (var file = File.Create(bench.PolicyFile))
            await policy.CopyToAsync(file, Cancel);

        var command = await CommandRun.OfAsync("backtest", "--input", bench.EventsFile, "--policy", bench.PolicyFile);

        Assert.Equal((0, BacktestState.Done), (job.Summary!.Actions, job.State));
        Assert.True(job.Summary.Proposals > 0);
        using var result = bench.Desk.OpenResult(job.Id)!;
        using var reader = new StreamReader(result);
        Assert.Equal(command.Output, await reader.ReadToEndAsync(Cancel));
    }

    [Fact]
    public async Task A_result_is_read_as_it_was_written()
    {
        await using var bench = new BacktestBench();
        await bench.FillAsync();
        var job = await bench.UntilOverAsync((await bench.StartAsync(new BacktestOrder())).Id);

        var report = (await bench.Desk.ResultAsync(job.Id, Cancel))!;

        using var again = new MemoryStream();
        BacktestRun.Write(again, report);
        Assert.Equal(job.ResultSha256, Convert.ToHexStringLower(SHA256.HashData(again.ToArray())));
    }

    [Fact]
    public async Task Limits_are_those_of_the_order_and_otherwise_those_in_force()
    {
        await using var bench = new BacktestBench { Options = new ResponseOptions { IsDryRun = true } };
        await bench.FillAsync();

        var dry = await bench.UntilOverAsync((await bench.StartAsync(new BacktestOrder())).Id);
        var live = await bench.UntilOverAsync((await bench.StartAsync(new BacktestOrder
        {
            Limits = new BacktestLimits { IsDryRun = false, ActorsPerWindowMax = 1 },
        })).Id);

        Assert.Equal(0, dry.Summary!.Actions);
        Assert.True(dry.Summary.Refusals[Guardrails.DryRun] > 0);
        Assert.True(live.Summary!.Actions > 0);
        Assert.True(live.Summary.Refusals[Guardrails.CapPerKind] > 0);
    }

    [Fact]
    public async Task A_job_that_runs_is_cancelled_and_has_no_result()
    {
        await using var bench = new BacktestBench();
        bench.Log.Add("simulated", "{}");
        bench.Log.Gate = new TaskCompletionSource().Task;
        var id = (await bench.StartAsync(new BacktestOrder())).Id;
        await bench.UntilAsync(id, job => job.State == BacktestState.Running);

        Assert.True(bench.Desk.End(id));

        Assert.Equal(BacktestState.Cancelled, (await bench.UntilOverAsync(id)).State);
        Assert.Null(bench.Desk.OpenResult(id));
        Assert.True(bench.Desk.End(id));
        Assert.Null(bench.Desk.Find(id));
        Assert.False(bench.Desk.End(id));
    }

    [Fact]
    public async Task Few_wait_and_one_that_is_cancelled_meanwhile_makes_room()
    {
        await using var bench = new BacktestBench();
        bench.Log.Add("simulated", "{}");
        bench.Log.Gate = new TaskCompletionSource().Task;
        var running = (await bench.StartAsync(new BacktestOrder())).Id;
        await bench.UntilAsync(running, job => job.State == BacktestState.Running);
        var waiting = new List<string>();
        for (var i = 0; i < BacktestDesk.WaitingMax; i++)
            waiting.Add((await bench.StartAsync(new BacktestOrder())).Id);

        var refused = await bench.Desk.StartAsync(new BacktestOrder(), "ben", Cancel);
        bench.Desk.End(waiting[0]);
        var taken = await bench.Desk.StartAsync(new BacktestOrder(), "ben", Cancel);

        Assert.True(refused.IsBusy);
        Assert.Null(refused.Job);
        Assert.Equal(BacktestState.Cancelled, bench.Desk.Find(waiting[0])!.State);
        Assert.NotNull(taken.Job);
    }

    [Fact]
    public async Task What_a_stop_interrupts_says_so_and_what_was_done_is_still_there()
    {
        await using var bench = new BacktestBench();
        await bench.FillAsync();
        var done = await bench.UntilOverAsync((await bench.StartAsync(new BacktestOrder())).Id);
        bench.Log.Gate = new TaskCompletionSource().Task;
        var running = (await bench.StartAsync(new BacktestOrder())).Id;
        await bench.UntilAsync(running, job => job.State == BacktestState.Running);

        await bench.RestartAsync();

        Assert.Equal(BacktestState.Interrupted, bench.Desk.Find(running)!.State);
        Assert.Equal(done.ResultSha256, bench.Desk.Find(done.Id)!.ResultSha256);
        Assert.Equal(done.Summary!.Actions, (await bench.Desk.ResultAsync(done.Id, Cancel))!.Summary.Actions);
    }

    [Theory]
    [InlineData("name: x\nmode: sometimes\nactions: []", "playbooks:2")]
    [InlineData("name: a\nmode: observe\nactions: [{kind: suspendActor, ttl: 1h}]\n---\nname: a\nmode: observe\nactions: [{kind: suspendActor, ttl: 1h}]", "more than once")]
    public async Task Playbooks_that_are_none_are_refused_with_their_line(string text, string problem)
    {
        await using var bench = new BacktestBench();

        var start = await bench.Desk.StartAsync(new BacktestOrder { Playbooks = text }, "ada", Cancel);

        Assert.Null(start.Job);
        Assert.Contains(start.Problems, sentence => sentence.Contains(problem, StringComparison.Ordinal));
        Assert.Empty(bench.Desk.Jobs);
    }

    [Fact]
    public async Task A_period_a_mode_and_a_limit_that_make_no_sense_are_all_named()
    {
        await using var bench = new BacktestBench();
        var order = new BacktestOrder
        {
            From = bench.Clock.GetUtcNow(),
            Until = bench.Clock.GetUtcNow(),
            Modes = new Dictionary<string, PlaybookMode> { ["nobody"] = PlaybookMode.Observe },
            Limits = new BacktestLimits { StaffShareMax = 1.5, CooldownMinutes = -1 },
        };

        var start = await bench.Desk.StartAsync(order, "ada", Cancel);

        Assert.Contains(start.Problems, problem => problem.Contains("ends before it begins", StringComparison.Ordinal));
        Assert.Contains(start.Problems, problem => problem.Contains("StaffShareMax", StringComparison.Ordinal));
        Assert.Contains(start.Problems, problem => problem.Contains("CooldownMinutes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_as_many_as_are_kept_are_kept()
    {
        await using var bench = new BacktestBench();
        var ids = new List<string>();
        for (var i = 0; i < BacktestDesk.KeptMax + 2; i++)
        {
            ids.Add((await bench.StartAsync(new BacktestOrder())).Id);
            await bench.UntilOverAsync(ids[^1]);
        }
        // The next one to begin shows that what follows the last one's end is over, too.
        await bench.UntilOverAsync((await bench.StartAsync(new BacktestOrder())).Id);

        Assert.Null(bench.Desk.Find(ids[0]));
        Assert.Null(bench.Desk.Find(ids[1]));
        Assert.NotNull(bench.Desk.Find(ids[^1]));
    }
}
