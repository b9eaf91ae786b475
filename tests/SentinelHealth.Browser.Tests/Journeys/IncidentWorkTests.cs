using Microsoft.Playwright;
using SentinelHealth.Browser.Tests.Hosting;
using SentinelHealth.Browser.Tests.Responding;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;
using static Microsoft.Playwright.Assertions;

namespace SentinelHealth.Browser.Tests.Journeys;

/// <summary>Notes on incidents, merging and splitting, as people do them on the page.</summary>
[Collection(BrowserCollection.Name)]
public sealed class IncidentWorkTests(BrowserFixture fixture)
{
    [Fact]
    public async Task An_incident_is_merged_shows_both_timelines_and_is_unmerged()
    {
        await using var host = await StartAsync();
        await using var ada = await Responding.Responding.SignInAsync(fixture, host, "ada", "/incidents/inc-2");
        var page = ada.Page;
        await Expect(page.Locator(".timeline-label")).ToHaveTextAsync(["rarity"]);

        await page.GetByRole(AriaRole.Button, new() { Name = "Merge into another…" }).ClickAsync();
        await ada.Dialog.GetByLabel("Find by title").FillAsync("unregistered");
        await ada.Dialog.GetByRole(AriaRole.Radio).CheckAsync();
        await ada.Dialog.GetByLabel("Reason, kept with both incidents (required)").FillAsync("The same node <script>.");
        await ada.Dialog.GetByRole(AriaRole.Button, new() { Name = "Merge", Exact = true }).ClickAsync();

        await Expect(page.Locator("h1")).ToHaveTextAsync("Unregistered node");
        await Expect(page.Locator(".timeline-label")).ToHaveTextAsync(["node.unregistered", "rarity"]);
        await Expect(page.Locator("[data-parts]")).ToContainTextAsync("A clerk at night");
        await Expect(page.Locator("[data-notes]")).ToContainTextAsync("The same node <script>.");
        await Expect(page.Locator(".case-facts a")).ToHaveTextAsync("3");
        await page.Locator(".case-facts a").ClickAsync();
        await Expect(page.Locator(".lede")).ToHaveTextAsync("3 match");
        await page.GotoAsync("/incidents");
        await Expect(page.Locator("tr[data-row]")).ToHaveCountAsync(1);

        // The old address leads on.
        await page.GotoAsync("/incidents/inc-2");
        await page.Locator("[data-connected]").WaitForAsync();
        await Expect(page.Locator("[data-place=merged]")).ToContainTextAsync("Unregistered node");
        await page.GetByRole(AriaRole.Button, new() { Name = "Unmerge…" }).ClickAsync();
        await ada.Dialog.GetByRole(AriaRole.Textbox).FillAsync("Another ward.");
        await ada.Dialog.GetByRole(AriaRole.Button, new() { Name = "Unmerge", Exact = true }).ClickAsync();
        await Expect(page.Locator("[data-place]")).ToHaveCountAsync(0);
        await page.GotoAsync("/incidents");
        await Expect(page.Locator("tr[data-row]")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Alerts_are_split_off_into_an_incident_of_their_own_and_put_back()
    {
        await using var host = await StartAsync();
        await using var ada = await Responding.Responding.SignInAsync(fixture, host, "ada", "/incidents/inc-1");
        var page = ada.Page;

        await page.GetByRole(AriaRole.Button, new() { Name = "Split alerts off…" }).ClickAsync();
        await ada.Dialog.GetByRole(AriaRole.Checkbox).First.CheckAsync();
        await ada.Dialog.GetByRole(AriaRole.Textbox).FillAsync("Somebody else's.");
        await ada.Dialog.GetByRole(AriaRole.Button, new() { Name = "Split off", Exact = true }).ClickAsync();

        await Expect(page.Locator("[data-place=split]")).ToContainTextAsync("Unregistered node");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Split off: Unregistered node");
        await Expect(page.Locator("tr[data-row]")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo the split…" }).ClickAsync();
        await ada.Dialog.GetByRole(AriaRole.Textbox).FillAsync("It was the same.");
        await ada.Dialog.GetByRole(AriaRole.Button, new() { Name = "Undo the split", Exact = true }).ClickAsync();
        await Expect(page.Locator("[data-place=undone]")).ToBeVisibleAsync();
        await page.Locator("[data-place] a").First.ClickAsync();
        await Expect(page.Locator("tr[data-row]")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Who_was_slower_is_told_and_nothing_of_the_others_is_overridden()
    {
        await using var host = await StartAsync();
        await using var ada = await Responding.Responding.SignInAsync(fixture, host, "ada", "/incidents/inc-2");
        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Merge into another…" }).ClickAsync();
        await ada.Dialog.GetByRole(AriaRole.Radio).CheckAsync();
        await ada.Dialog.GetByLabel("Reason, kept with both incidents (required)").FillAsync("The same node.");

        await host.Parts.Triage.MergeAsync("inc-2", "inc-1", null, ("ben", "Quicker."), TestContext.Current.CancellationToken);
        await ada.Dialog.GetByRole(AriaRole.Button, new() { Name = "Merge", Exact = true }).ClickAsync();

        await Expect(ada.Refusal).ToContainTextAsync("Somebody has merged or split it meanwhile.");
    }

    [Fact]
    public async Task A_note_survives_a_reload_as_a_draft_and_is_written_once()
    {
        await using var host = await StartAsync();
        await using var ada = await Responding.Responding.SignInAsync(fixture, host, "ada", "/incidents/inc-1");
        var page = ada.Page;
        await page.GetByLabel("Note on the incident").FillAsync("Called the ward: <b>they</b> did not");

        await page.ReloadAsync();
        await page.Locator("[data-connected]").WaitForAsync();

        await Expect(page.GetByLabel("Note on the incident")).ToHaveValueAsync("Called the ward: <b>they</b> did not");
        await page.GetByRole(AriaRole.Button, new() { Name = "Write the note" }).ClickAsync();
        await Expect(page.Locator("[data-notes] .note-text")).ToHaveTextAsync("Called the ward: <b>they</b> did not");
        await page.ReloadAsync();
        await page.Locator("[data-connected]").WaitForAsync();
        await Expect(page.GetByLabel("Note on the incident")).ToHaveValueAsync("");
        await Expect(page.Locator("[data-notes] .note-text")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_viewer_reads_it_and_has_no_buttons_for_it()
    {
        await using var host = await StartAsync();
        host.Add("vera", Roles.Viewer);
        await host.Parts.Triage.MergeAsync("inc-2", "inc-1", null, ("ben", "The same node."), TestContext.Current.CancellationToken);
        await using var vera = await Responding.Responding.SignInAsync(fixture, host, "vera", "/incidents/inc-1");

        await Expect(vera.Page.Locator("[data-parts]")).ToContainTextAsync("A clerk at night");
        await Expect(vera.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("Merge|Split|Unmerge|Write") })).ToHaveCountAsync(0);
    }

    /// <summary>Two incidents: one of two alerts by a rule, and one of a model.</summary>
    private static async Task<ResponseHost> StartAsync()
    {
        var host = await ResponseHost.StartAsync(role: Roles.Responder);
        Alert[] ofNode = [SomeCase.Alert(), SomeCase.Alert("alert-2") with { At = SomeCase.At.AddMinutes(-5) }];
        Alert[] ofClerk =
        [
            SomeCase.Alert("alert-3", "inc-2") with { Source = "rarity", Kind = AlertKind.Model, At = SomeCase.At.AddMinutes(-1), Reason = "A clerk reads at night." },
        ];
        await CommitAsync(host, "inc-1", "Unregistered node", ofNode);
        await CommitAsync(host, "inc-2", "A clerk at night", ofClerk);
        return host;
    }

    private static Task CommitAsync(ResponseHost host, string id, string title, Alert[] alerts) => host.CommitAsync(new CaseCommit
    {
        ScoredOffsets = new Dictionary<int, long>(),
        Incidents = [IncidentOfAlerts.Build(id, title, alerts)],
        Alerts = alerts,
    });
}
