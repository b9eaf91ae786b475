using Microsoft.Playwright;
using SentinelHealth.Browser.Tests.Hosting;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Queries;
using SentinelHealth.Response.Triage;
using SentinelHealth.Testing;
using static Microsoft.Playwright.Assertions;

namespace SentinelHealth.Browser.Tests.Journeys;

/// <summary>Working on alerts, as an analyst does all day.</summary>
[Collection(BrowserCollection.Name)]
public sealed class TriageTests(BrowserFixture fixture)
{
    [Fact]
    public async Task Fifty_alerts_are_closed_without_touching_the_mouse()
    {
        await using var journey = await Journey.StartAsync(fixture);
        var page = journey.Page;
        await journey.OpenAsync("/alerts");
        await Expect(page.Locator("tr[data-row]").First).ToBeVisibleAsync();

        for (var i = 0; i < 50; i++)
        {
            var open = await CountAsync(journey, "status < closed");
            await page.Keyboard.PressAsync("j");
            await Expect(page.Locator("tr[data-row]:focus")).ToHaveCountAsync(1);
            await page.Keyboard.PressAsync("Alt+x");
            await Expect(page.GetByLabel("False alarm")).ToBeVisibleAsync();
            await page.GetByLabel("False alarm").FocusAsync();
            await page.Keyboard.PressAsync("Space");
            await page.Locator("dialog[open]").GetByRole(AriaRole.Button, new() { Name = "Close", Exact = true }).FocusAsync();
            await page.Keyboard.PressAsync("Enter");
            await Expect(page.Locator("dialog[open]")).ToHaveCountAsync(0);
            await Expect(page.Locator(".lede[role=status]")).ToHaveTextAsync($"{open - 1} open");
        }

        Assert.Equal(50, await CountAsync(journey, "status: closed and closeReason: falsePositive"));
        Assert.Empty(journey.Complaints);
    }

    [Fact]
    public async Task All_that_a_query_finds_are_closed_by_one_order_that_can_be_taken_back()
    {
        await using var journey = await Journey.StartAsync(fixture);
        var page = journey.Page;
        journey.Host.Monitor.Keep([.. Enumerable.Range(0, 10_000).Select(i => SomeCase.Alert($"flood-{i}") with { Source = "flood", Severity = Severity.Low })]);
        await journey.OpenAsync("/alerts?source=flood");

        await page.GetByText("Choose all 10,000 that match").ClickAsync();
        await Expect(page.Locator(".bulk-count")).ToContainTextAsync("10,000 chosen: all that match");
        await page.Locator("[data-bulk=close]").ClickAsync();
        await page.GetByLabel("Duplicate").CheckAsync();
        await page.Locator("dialog[open]").GetByRole(AriaRole.Button, new() { Name = "Close", Exact = true }).ClickAsync();

        var job = page.Locator("[data-job=done]");
        await Expect(job).ToContainTextAsync("10,000 of 10,000, 10,000 changed", new() { Timeout = 60_000 });
        Assert.Equal(10_000, await CountAsync(journey, "closeReason: duplicate"));
        Assert.Equal(140, await CountAsync(journey, "status: new"));
        await job.GetByText("Undo").ClickAsync();
        await Expect(page.Locator("[data-job=done]")).ToHaveCountAsync(2, new() { Timeout = 60_000 });
        Assert.Equal(0, await CountAsync(journey, "status: closed"));
        Assert.Empty(journey.Complaints);
    }

    [Fact]
    public async Task Chosen_rows_are_acknowledged_and_assigned_together()
    {
        await using var journey = await Journey.StartAsync(fixture);
        var page = journey.Page;
        await journey.OpenAsync("/alerts");
        await Expect(page.Locator("tr[data-row]").First).ToBeVisibleAsync();

        for (var i = 0; i < 3; i++)
        {
            await page.Keyboard.PressAsync("j");
            await page.Keyboard.PressAsync("Space");
            await Expect(page.Locator(".bulk-count strong")).ToHaveTextAsync($"{i + 1}");
        }
        await page.Keyboard.PressAsync("Alt+y");
        await Expect(page.Locator("tr[data-row] .assignee")).ToHaveCountAsync(3);

        Assert.Equal(3, await CountAsync(journey, $"assignee: \"{SignedInHandler.Name}\""));
        await Expect(page.Locator("[data-bulk=assign]")).ToBeDisabledAsync();
    }

    [Fact]
    public async Task A_note_and_a_decision_are_kept_with_the_alert()
    {
        await using var journey = await Journey.StartAsync(fixture);
        var page = journey.Page;
        await journey.OpenAsync("/alerts");
        await page.Locator("tr[data-row]").First.ClickAsync();
        var panel = page.Locator(".triage");

        await panel.GetByText("Take it").ClickAsync();
        await Expect(panel).ToHaveAttributeAsync("data-standing", "InProgress");
        await panel.GetByLabel("Note").FillAsync("<b>Called the ward.</b> They know.");
        await panel.GetByText("Write the note").ClickAsync();

        await Expect(panel.Locator(".note-text")).ToHaveTextAsync("<b>Called the ward.</b> They know.");
        await Expect(panel.Locator(".notes li")).ToHaveCountAsync(2);
        await page.ReloadAsync();
        await journey.ConnectedAsync();
        await Expect(panel.Locator(".note-text")).ToHaveTextAsync("<b>Called the ward.</b> They know.");
        await Expect(panel.Locator(".assignee")).ToContainTextAsync("Ada");
    }

    [Fact]
    public async Task A_suppression_says_what_it_would_have_hidden_before_it_begins()
    {
        await using var journey = await Journey.StartAsync(fixture);
        var page = journey.Page;
        await journey.OpenAsync("/alerts?source=volume");
        var count = await CountAsync(journey, "source: volume");

        await page.Locator("[data-bulk=suppress]").ClickAsync();
        await Expect(page.Locator("dialog[open] .notice strong").First).ToHaveTextAsync($"{count}");
        await page.GetByLabel("Reason, kept with the action").FillAsync("The backup of ward 3 runs until Friday.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Suppress", Exact = true }).ClickAsync();
        await Expect(page.Locator("dialog[open]")).ToHaveCountAsync(0);

        var cancel = TestContext.Current.CancellationToken;
        Assert.Single(await journey.Host.Monitor.Triage.SuppressionsAsync(isLiveOnly: true, 10, cancel));
        await journey.OpenAsync("/detections");
        await Expect(page.GetByText("The backup of ward 3 runs until Friday.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "End", Exact = true }).ClickAsync();
        await Expect(page.GetByText("Nothing is kept out of the queue.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_detector_goes_into_shadow_with_a_reason()
    {
        await using var journey = await Journey.StartAsync(fixture);
        var page = journey.Page;
        await journey.OpenAsync("/detections");

        await page.GetByLabel("Stage of rarity").SelectOptionAsync("Shadow");
        await page.GetByLabel("Reason, kept with the action").FillAsync("Too loud during the move.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change the stage" }).ClickAsync();

        await Expect(page.Locator(".moments")).ToContainTextAsync("Too loud during the move.");
        Assert.Equal("Shadow", journey.Host.Monitor.Tuning.State.Tuning.StageOf("rarity").ToString());
    }

    [Fact]
    public async Task Who_may_only_look_is_offered_nothing_to_change()
    {
        await using var journey = await Journey.StartAsync(fixture, isViewer: true);
        var page = journey.Page;
        await journey.OpenAsync("/alerts");
        await page.Locator("tr[data-row]").First.ClickAsync();
        await Expect(page.Locator(".triage")).ToBeVisibleAsync();

        await Expect(page.Locator(".bulk")).ToHaveCountAsync(0);
        await Expect(page.Locator("[data-act]")).ToHaveCountAsync(0);
        await Expect(page.Locator(".triage button")).ToHaveCountAsync(0);
        await journey.OpenAsync("/detections");
        await Expect(page.Locator(".stage-picker")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task What_one_person_changes_another_sees()
    {
        await using var journey = await Journey.StartAsync(fixture);
        var page = journey.Page;
        await journey.OpenAsync("/alerts");
        await Expect(page.Locator(".lede[role=status]")).ToHaveTextAsync("140 open");

        await journey.Host.Monitor.Triage.ChangeAsync(
            [(await journey.Host.Monitor.AlertsAsync(new(), null, 1, TestContext.Current.CancellationToken)).Items[0].Id],
            new TriageChange { Status = AlertStatus.Closed, CloseReason = CloseReason.Legitimate }, "Ben",
            TestContext.Current.CancellationToken);

        await Expect(page.Locator(".lede[role=status]")).ToHaveTextAsync("139 open");
    }

    private static async Task<long> CountAsync(Journey journey, string query)
    {
        var reading = QueryParser.Read(query, AlertFields.Schema, journey.Host.Monitor.Clock.GetUtcNow());
        return (await journey.Host.Monitor.Store.QueueCountAsync(reading.Node!, default)).Count;
    }
}
