using SentinelHealth.Browser.Tests.Hosting;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;
using static Microsoft.Playwright.Assertions;

namespace SentinelHealth.Browser.Tests.Responding;

/// <summary>What two people do by the API with the sessions of their browsers, and what it answers.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ByApiTests(BrowserFixture fixture)
{
    private static readonly PlannedAction Proposal = SomeCase.Planned(mode: PlaybookMode.Approve) with { ApproversMin = 2 };
    private static readonly string Path = $"actions/{Proposal.Action.Key}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_people_approve_contain_and_undo_and_nobody_counts_twice()
    {
        await using var host = await ResponseHost.StartAsync();
        await host.DecideAsync(Proposal);
        await using var ada = await Responding.SignInAsync(fixture, host, "ada");
        await using var ben = await Responding.SignInAsync(fixture, host, "ben");

        Assert.Equal(200, (await ada.AskAsync("POST", $"{Path}/approve")).Status);
        var again = await ada.AskAsync("POST", $"{Path}/approve");
        var standing = (await ben.AskAsync("GET", Path)).Answer.GetProperty("approvals");
        Assert.Equal(200, (await ben.AskAsync("POST", $"{Path}/approve")).Status);
        await host.ExecuteAsync();

        Assert.Equal(409, again.Status);
        Assert.Contains("another person", again.Answer.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal((2, 1), (standing.GetProperty("needed").GetInt32(), standing.GetProperty("given").GetArrayLength()));
        Assert.True(await host.Ledger.IsContainedAsync(ActionKind.QuarantineNode, SomeCase.Node(), Cancel));
        await Expect(ada.Card).ToContainTextAsync("In force");

        var reason = new { reason = "A false alarm." };
        Assert.Equal(200, (await ada.AskAsync("POST", $"{Path}/undo", reason)).Status);
        Assert.Equal(409, (await ada.AskAsync("POST", $"{Path}/undo", reason)).Status);
        Assert.Equal(200, (await ben.AskAsync("POST", $"{Path}/undo", reason)).Status);

        Assert.False(await host.Ledger.IsContainedAsync(ActionKind.QuarantineNode, SomeCase.Node(), Cancel));
        Assert.Equal("reversed", await StateAsync(ada));
    }

    [Fact]
    public async Task Two_people_keep_a_containment_longer_and_only_until_one_end()
    {
        await using var host = await ResponseHost.StartAsync();
        await host.DecideAsync(SomeCase.Planned());
        await host.ExecuteAsync();
        await using var ada = await Responding.SignInAsync(fixture, host, "ada");
        await using var ben = await Responding.SignInAsync(fixture, host, "ben");
        object Until(int hours) => new { until = SomeCase.At.AddHours(hours), reason = "The forensic copy takes longer." };

        Assert.Equal(200, (await ada.AskAsync("POST", $"{Path}/renew", Until(3))).Status);
        Assert.Equal(409, (await ada.AskAsync("POST", $"{Path}/renew", Until(3))).Status);
        var waiting = (await ben.AskAsync("GET", Path)).Answer.GetProperty("approvals").GetProperty("renewals");
        Assert.Equal("ada", Assert.Single(waiting.EnumerateArray()).GetProperty("approvedBy").GetString());
        Assert.Equal(409, (await ben.AskAsync("POST", $"{Path}/renew", Until(30))).Status);
        Assert.Equal(200, (await ben.AskAsync("POST", $"{Path}/renew", Until(3))).Status);

        host.Pass(TimeSpan.FromMinutes(170));
        Assert.True(await host.Ledger.IsContainedAsync(ActionKind.QuarantineNode, SomeCase.Node(), Cancel));
    }

    [Fact]
    public async Task A_refusal_ends_a_proposal_and_one_that_waited_too_long_can_only_be_refused()
    {
        await using var host = await ResponseHost.StartAsync(new ResponseOptions { HighImpactKinds = [] });
        await host.DecideAsync(SomeCase.Planned(mode: PlaybookMode.Approve));
        host.Pass(TimeSpan.FromHours(24));
        await using var ben = await Responding.SignInAsync(fixture, host, "ben");

        var late = await ben.AskAsync("POST", $"{Path}/approve");
        var unsaid = await ben.AskAsync("POST", $"{Path}/refuse", new { reason = "" });
        var refused = await ben.AskAsync("POST", $"{Path}/refuse", new { reason = "Nobody remembers why." });

        Assert.Equal(409, late.Status);
        Assert.Contains("too old", late.Answer.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal((400, 200), (unsaid.Status, refused.Status));
        Assert.Equal("refused", await StateAsync(ben));
    }

    [Fact]
    public async Task Whoever_requested_an_action_cannot_approve_it_from_the_page_or_by_the_API()
    {
        await using var host = await ResponseHost.StartAsync(new ResponseOptions { HighImpactKinds = [] });
        await host.DecideAsync(SomeCase.Planned(mode: PlaybookMode.Approve));
        var stored = (await host.Parts.Store.StoredActionAsync(Proposal.Action.Key, Cancel))!;
        Assert.NotNull(await host.Parts.Store.ChangeAsync(
            new ActionChange { Before = stored, After = stored with { RequestedBy = "Ada " }, By = "ada", Detail = "", DueAt = null }, Cancel));
        await using var ada = await Responding.SignInAsync(fixture, host, "ada");
        await using var ben = await Responding.SignInAsync(fixture, host, "ben");

        await ada.OrderAsync("Approve");

        await Expect(ada.Refusal).ToContainTextAsync("Whoever requested an action cannot approve it");
        var (status, answer) = await ada.AskAsync("POST", $"{Path}/approve");
        Assert.Equal((409, "Whoever requested an action cannot approve it."), (status, answer.GetProperty("detail").GetString()));
        Assert.Equal(200, (await ben.AskAsync("POST", $"{Path}/approve")).Status);
    }

    [Fact]
    public async Task A_sign_in_that_is_not_fresh_is_challenged_and_the_kill_switch_takes_none()
    {
        await using var host = await ResponseHost.StartAsync();
        await host.DecideAsync(Proposal);
        await using var ada = await Responding.SignInAsync(fixture, host, "ada");
        host.Pass(TimeSpan.FromMinutes(16));

        var (status, answer) = await ada.AskAsync("POST", $"{Path}/approve");
        var killed = await ada.AskAsync("PUT", "kill-switch", new { position = "on" });

        Assert.Equal((401, "fresh-sign-in"), (status, answer.GetProperty("needs").GetString()));
        Assert.Equal(200, killed.Status);
        await Expect(ada.Page.Locator(".kill-flag")).ToBeVisibleAsync();
    }

    private static async Task<string?> StateAsync(Responding person) =>
        (await person.AskAsync("GET", Path)).Answer.GetProperty("action").GetProperty("state").GetString();
}
