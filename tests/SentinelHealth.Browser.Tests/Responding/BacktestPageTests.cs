using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Playwright;
using SentinelHealth.Browser.Tests.Hosting;
using SentinelHealth.Dashboard.Backtests;
using SentinelHealth.Detection;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Ingest.Simulation;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Policy;
using SentinelHealth.Testing;
using static Microsoft.Playwright.Assertions;

namespace SentinelHealth.Browser.Tests.Responding;

/// <summary>A policy tried on the past, from the page: chosen, followed, read, compared and cancelled.</summary>
[Collection(BrowserCollection.Name)]
public sealed class BacktestPageTests(BrowserFixture fixture)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_policy_is_chosen_run_and_laid_beside_what_was_done()
    {
        await using var host = await ResponseHost.StartAsync(new ResponseOptions { HighImpactKinds = [] });
        await FillAsync(host);
        await host.DecideAsync(SomeCase.Planned());
        await host.ExecuteAsync();
        await using var ada = await Responding.SignInAsync(fixture, host, "ada");
        var page = ada.Page;

        await page.GetByRole(AriaRole.Link, new() { Name = "Try a policy on the past" }).ClickAsync();
        await page.GetByText("3. Limits").ClickAsync();
        Assert.Empty(await Axe.FaultsAsync(page));
        await page.GetByText("3. Limits").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Everything that is kept" }).ClickAsync();
        await page.Locator("[data-playbook=suspend] select").SelectOptionAsync("Automatic");
        await page.GetByText("3. Limits").ClickAsync();
        await page.Locator("[data-field=actors]").FillAsync("1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Run the backtest" }).ClickAsync();

        await Expect(page.Locator("[data-state=Done]")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        var job = Assert.Single(host.Parts.Backtests.Jobs);
        Assert.Equal(("ada", 1), (job.OrderedBy, job.Order.Limits.ActorsPerWindowMax));
        await Expect(page.Locator(".verdict")).ToContainTextAsync($"would have made {job.Summary!.Actions} containment");
        await Expect(page.Locator(".contained-would").Nth(1)).ToBeVisibleAsync();
        await Expect(page.Locator("tr[data-outcome=OnlyDid]")).ToContainTextAsync("node:clinic-9");
        await Expect(page.Locator("tr[data-outcome=OnlyWould]").First).ToContainTextAsync("Suspend actor");
        await Expect(page.Locator(".bars")).ToContainTextAsync("Enough of this kind");
        Assert.Empty(await Axe.FaultsAsync(page));
        await page.GetByRole(AriaRole.Link, new() { Name = "Refused", Exact = true }).ClickAsync();
        await Expect(page.Locator("tr[data-kind=Action]")).ToHaveCountAsync(0);
        await Expect(page.Locator("tr[data-kind=Refusal]").First).ToContainTextAsync("The cap of 1");
        var result = await page.APIRequest.GetAsync($"{host.Address}api/v1/backtests/{job.Id}/result");
        Assert.Equal(job.ResultSha256, Convert.ToHexStringLower(SHA256.HashData(await result.BodyAsync())));
    }

    [Fact]
    public async Task Playbooks_of_ones_own_are_read_from_a_file_and_a_fault_is_told_with_its_line()
    {
        await using var host = await ResponseHost.StartAsync();
        await using var ada = await Responding.SignInAsync(fixture, host, "ada");
        var page = ada.Page;
        await page.GotoAsync("/responses/backtests");
        await page.Locator("[data-connected]").WaitForAsync();
        await page.Locator("[data-field=own]").CheckAsync();
        await page.Locator("[data-field=file]").SetInputFilesAsync(new FilePayload
        {
            Name = "mine.yaml",
            MimeType = "application/yaml",
            Buffer = "name: mine\nmode: sometimes\nactions: [{kind: suspendActor, ttl: 1h}]\n"u8.ToArray(),
        });
        var text = page.Locator("[data-field=playbooks]");
        await Expect(text).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("mode: sometimes"));

        await page.GetByRole(AriaRole.Button, new() { Name = "Run the backtest" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("playbooks:2");
        Assert.Empty(host.Parts.Backtests.Jobs);
        await text.FillAsync("name: mine\nmode: observe\nactions: [{kind: suspendActor, ttl: 1h}]\n");
        await page.GetByRole(AriaRole.Button, new() { Name = "Run the backtest" }).ClickAsync();

        await Expect(page.Locator("[data-state=Done]")).ToBeVisibleAsync();
        await Expect(page.Locator(".verdict")).ToContainTextAsync("would have contained nobody by itself");
    }

    [Fact]
    public async Task One_that_runs_shows_how_far_it_is_and_is_cancelled()
    {
        using var log = new HeldLog();
        await using var desk = HeldDesk(log);
        await using var host = await ResponseHost.StartAsync(
            replace: services => services.Replace(ServiceDescriptor.Singleton(desk)));
        await using var ada = await Responding.SignInAsync(fixture, host, "ada");
        var page = ada.Page;
        await page.GotoAsync("/responses/backtests");
        await page.Locator("[data-connected]").WaitForAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Run the backtest" }).ClickAsync();
        await Expect(page.Locator("[data-state=Running]")).ToBeVisibleAsync();
        await Expect(page.GetByText("50% of the events are scored.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();

        await Expect(page.Locator("[data-state=Cancelled]")).ToBeVisibleAsync();
        await Expect(page.GetByText("It was cancelled. There is no result.")).ToBeVisibleAsync();
        Assert.Equal(BacktestState.Cancelled, Assert.Single(desk.Jobs).State);
    }

    private static async Task FillAsync(ResponseHost host)
    {
        using var events = new MemoryStream();
        var options = new SimulationOptions { Seed = 1, StartAt = SomeCase.At.AddDays(-1), Days = 1, EventsPerDay = 2_000, Attacks = ["all"] };
        await SimulationWriter.WriteAsync(
            new HospitalSimulator(options).Events(), events, new SimulationTruth(null), progress: null, Cancel);
        var lines = System.Text.Encoding.UTF8.GetString(events.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await host.Parts.Intake.AcceptAsync(
            "simulated", [.. lines.Select((line, i) => new SourceRecord(System.Text.Encoding.UTF8.GetBytes(line), $"line {i}"))], Cancel);
    }

    private static BacktestDesk HeldDesk(HeldLog log) => new(
        new BacktestSurroundings
        {
            Log = log,
            Folder = Path.Combine(log.Folder.Path, "backtests"),
            Clock = new ManualClock(SomeCase.At),
            Playbooks = () => new PlaybookSet([SomeCase.Playbook(PlaybookMode.Approve, ActionKind.SuspendActor)]),
            Options = new ResponseOptions(),
            Basis = _ => Task.FromResult(new BacktestBasis([], new DetectionOptions(), null, null)),
        },
        NullLogger<BacktestDesk>.Instance);

    /// <summary>Gives the first of two entries and keeps the second to itself.</summary>
    private sealed class HeldLog : IEventLog, IDisposable
    {
        public TemporaryFolder Folder { get; } = new();

        public IReadOnlyList<int> Partitions => [0];

        public void Dispose() => Folder.Dispose();

        public ValueTask<AppendResult> AppendAsync(IReadOnlyList<EventEnvelope> batch, CancellationToken cancel) =>
            throw new NotSupportedException("Nothing is appended.");

        public async ValueTask<IReadOnlyList<LogEntry>> ReadAsync(
            int partition, long afterOffset, int entriesMax, CancellationToken cancel)
        {
            if (afterOffset >= 0)
                await Task.Delay(Timeout.Infinite, cancel);
            return [new LogEntry(0, 0, "held", SomeCase.At, "{}"u8.ToArray())];
        }

        public ValueTask WaitForEntriesAsync(int partition, long afterOffset, CancellationToken cancel) =>
            ValueTask.CompletedTask;

        public ValueTask<long> EndOffsetAsync(int partition, CancellationToken cancel) => ValueTask.FromResult(1L);
    }
}
