using Microsoft.Playwright;
using SentinelHealth.Browser.Tests.Hosting;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Policy;
using SentinelHealth.Testing;
using static Microsoft.Playwright.Assertions;

namespace SentinelHealth.Browser.Tests.Responding;

/// <summary>What two people go through who approve, refuse, wait too long and undo, each at a browser of their own.</summary>
[Collection(BrowserCollection.Name)]
public sealed class TwoPeopleTests(BrowserFixture fixture)
{
    private static readonly PlannedAction Proposal = SomeCase.Planned(mode: PlaybookMode.Approve) with { ApproversMin = 2 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_people_approve_a_quarantine_and_each_sees_what_the_other_did()
    {
        await using var host = await ResponseHost.StartAsync();
        await host.DecideAsync(Proposal);
        await using var ada = await Responding.SignInAsync(fixture, host, "ada");
        await using var ben = await Responding.SignInAsync(fixture, host, "ben");
        await Expect(ada.Card).ToContainTextAsync("0 of 2 approvals");

        await ada.OrderAsync("Approve");

        await ada.ExpectDoneAsync("A second person must approve it, too");
        await Expect(ben.Card).ToContainTextAsync("1 of 2 approvals");
        await Expect(ben.Card.Locator(".approvals li")).ToContainTextAsync("ada");
        await Expect(ben.Card.Locator(".approvals li")).ToContainTextAsync("holds for another 1:00:00");

        await ben.OrderAsync("Approve");
        await ben.ExpectDoneAsync("Approved");
        await host.ExecuteAsync();

        await Expect(ada.Card).ToContainTextAsync("In force");
        Assert.True(await host.Ledger.IsContainedAsync(ActionKind.QuarantineNode, SomeCase.Node(), Cancel));
    }

    [Fact]
    public async Task A_stale_sign_in_is_asked_for_the_password_and_the_same_click_goes_through()
    {
        await using var host = await ResponseHost.StartAsync();
        await host.DecideAsync(Proposal);
        await using var ada = await Responding.SignInAsync(fixture, host, "ada");
        host.Pass(TimeSpan.FromMinutes(16));

        await ada.OrderAsync("Approve");
        var password = ada.Dialog.GetByLabel("Password of ada");
        await Expect(password).ToBeFocusedAsync();
        await password.FillAsync("not the password");
        await ada.Dialog.GetByRole(AriaRole.Button, new() { Name = "Sign in, then: Approve" }).ClickAsync();
        await Expect(ada.Refusal).ToContainTextAsync("The password is not right");
        await password.FillAsync(ResponseHost.Password);
        await password.PressAsync("Enter");

        await ada.ExpectDoneAsync("A second person must approve it, too");
        await Expect(ada.Card).ToContainTextAsync("1 of 2 approvals");
    }

    [Fact]
    public async Task A_reason_survives_the_question_for_the_password()
    {
        await using var host = await ResponseHost.StartAsync();
        await host.DecideAsync(SomeCase.Planned());
        await host.ExecuteAsync();
        await using var ada = await Responding.SignInAsync(fixture, host, "ada");
        host.Pass(TimeSpan.FromMinutes(16));

        await ada.OrderAsync("Release node", "The clinic called: planned work.");
        await ada.Dialog.GetByLabel("Password of ada").FillAsync(ResponseHost.Password);
        await Expect(ada.Dialog.Locator("textarea")).ToHaveValueAsync("The clinic called: planned work.");
        await ada.Dialog.GetByRole(AriaRole.Button, new() { Name = "Sign in, then: Release node" }).ClickAsync();

        await ada.ExpectDoneAsync("A second person must order it, too");
        var history = await host.Parts.Store.ActionHistoryAsync(Proposal.Action.Key, Cancel);
        Assert.Contains(history, step => step.By == "ada" && step.Detail.EndsWith("The clinic called: planned work.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_person_who_refuses_ends_a_proposal_with_their_reason()
    {
        await using var host = await ResponseHost.StartAsync();
        await host.DecideAsync(Proposal);
        await using var ada = await Responding.SignInAsync(fixture, host, "ada");

        await ada.OrderAsync("Refuse", "The node is being moved.");

        await ada.ExpectDoneAsync("it will not be proposed again for this incident");
        await Expect(ada.Page.GetByText("No action waits for a person.")).ToBeVisibleAsync();
        await ada.Page.GotoAsync("/incidents/inc-1");
        await Expect(ada.Card).ToContainTextAsync("Refused by ada: The node is being moved.");
    }

    [Fact]
    public async Task An_approval_that_nobody_joined_and_a_proposal_that_nobody_wanted_run_out_before_their_eyes()
    {
        await using var host = await ResponseHost.StartAsync();
        await host.DecideAsync(Proposal);
        await using var ada = await Responding.SignInAsync(fixture, host, "ada");
        await ada.OrderAsync("Approve");
        await Expect(ada.Card).ToContainTextAsync("1 of 2 approvals");

        host.Pass(TimeSpan.FromMinutes(61));
        await Expect(ada.Card).ToContainTextAsync("0 of 2 approvals");
        await Expect(ada.Card).ToContainTextAsync("Can be approved for another 22:59:00");
        host.Pass(TimeSpan.FromHours(23));

        await Expect(ada.Card).ToContainTextAsync("It can only be refused");
        await Expect(ada.Card.GetByRole(AriaRole.Button, new() { Name = "Approve" })).ToBeDisabledAsync();
    }

    [Fact]
    public async Task A_containment_ends_by_itself_and_the_page_says_so()
    {
        await using var host = await ResponseHost.StartAsync();
        await host.DecideAsync(SomeCase.Planned());
        await host.ExecuteAsync();
        await using var ada = await Responding.SignInAsync(fixture, host, "ada");
        await Expect(ada.Card).ToContainTextAsync("ends by itself in");

        host.Pass(TimeSpan.FromHours(1));
        await host.ExecuteAsync();

        await Expect(ada.Page.GetByText("Nothing is contained now.")).ToBeVisibleAsync();
        Assert.False(await host.Ledger.IsContainedAsync(ActionKind.QuarantineNode, SomeCase.Node(), Cancel));
        Assert.Equal(ActionState.Expired, (await host.Parts.Store.ActionAsync(Proposal.Action.Key, Cancel))!.State);
    }

    [Fact]
    public async Task Two_people_undo_a_quarantine_and_one_cannot_do_it_twice()
    {
        await using var host = await ResponseHost.StartAsync();
        await host.DecideAsync(SomeCase.Planned());
        await host.ExecuteAsync();
        await using var ada = await Responding.SignInAsync(fixture, host, "ada");
        await using var ben = await Responding.SignInAsync(fixture, host, "ben");

        await ada.OrderAsync("Release node", "A false alarm.");
        await ada.ExpectDoneAsync("A second person must order it, too");
        await ada.OrderAsync("Release node", "A false alarm.");
        await Expect(ada.Refusal).ToContainTextAsync("another person must");
        await Expect(ben.Card).ToContainTextAsync("1 of 2 orders to undo it");
        await ben.OrderAsync("Release node", "Indeed.");
        await ben.ExpectDoneAsync("Undone in block");

        await Expect(ben.Page.GetByText("Nothing is contained now.")).ToBeVisibleAsync();
        Assert.False(await host.Ledger.IsContainedAsync(ActionKind.QuarantineNode, SomeCase.Node(), Cancel));
        Assert.Equal("ada, ben", (await host.Parts.Store.ActionAsync(Proposal.Action.Key, Cancel))!.ReversedBy);
    }

    [Fact]
    public async Task Two_people_keep_a_quarantine_longer_and_both_are_in_the_evidence()
    {
        await using var host = await ResponseHost.StartAsync();
        await host.DecideAsync(SomeCase.Planned());
        await host.ExecuteAsync();
        await using var ada = await Responding.SignInAsync(fixture, host, "ada");
        await using var ben = await Responding.SignInAsync(fixture, host, "ben");
        host.Pass(TimeSpan.FromMinutes(16));

        await ada.Card.GetByRole(AriaRole.Button, new() { Name = "Keep longer", Exact = true }).ClickAsync();
        await ada.Dialog.Locator("[data-field=until]").SelectOptionAsync(new SelectOptionValue { Index = 2 });
        await ada.Dialog.GetByRole(AriaRole.Textbox).FillAsync("The forensic copy takes longer.");
        await ada.Dialog.GetByRole(AriaRole.Button, new() { Name = "Keep longer", Exact = true }).ClickAsync();
        // Keeping a quarantine has a high impact, so it takes a fresh sign-in.
        await ada.Dialog.GetByLabel("Password of ada").FillAsync(ResponseHost.Password);
        await ada.Dialog.GetByRole(AriaRole.Button, new() { Name = "Sign in, then: Keep longer" }).ClickAsync();
        await ada.ExpectDoneAsync("A second person must order the same end");
        await Expect(ben.Card).ToContainTextAsync("1 of 2 orders to keep it until 2 Nov 13:00:00 UTC, by ada");

        await ben.Card.GetByRole(AriaRole.Button, new() { Name = "Keep longer", Exact = true }).ClickAsync();
        await Expect(ben.Dialog.Locator("[data-field=until] option").First).ToContainTextAsync("as ada ordered");
        await ben.Dialog.GetByRole(AriaRole.Textbox).FillAsync("Agreed.");
        await ben.Dialog.GetByRole(AriaRole.Button, new() { Name = "Keep longer", Exact = true }).ClickAsync();
        await ben.Dialog.GetByLabel("Password of ben").FillAsync(ResponseHost.Password);
        await ben.Dialog.GetByRole(AriaRole.Button, new() { Name = "Sign in, then: Keep longer" }).ClickAsync();
        await ben.ExpectDoneAsync("It stays in force until 2026-11-02 13:00:00Z");

        host.Pass(TimeSpan.FromHours(2));
        await host.ExecuteAsync();
        Assert.True(await host.Ledger.IsContainedAsync(ActionKind.QuarantineNode, SomeCase.Node(), Cancel));
        var approvals = await host.EvidenceAsync(EvidenceKind.Approval);
        Assert.Equal(2, approvals.Count(body => body.Contains("\"step\":\"Renew\"", StringComparison.Ordinal)));
        Assert.Contains(approvals, body => body.Contains("\"approvedBy\":\"ben\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_playbook_is_promoted_by_a_person_who_says_why_and_stopped_at_once()
    {
        await using var host = await ResponseHost.StartAsync();
        await using var ada = await Responding.SignInAsync(fixture, host, "ada");
        var row = ada.Page.Locator("[data-playbook=suspend]");
        await Expect(row).ToContainTextAsync("Approve");

        await row.GetByRole(AriaRole.Button, new() { Name = "Let it act by itself" }).ClickAsync();
        await ada.Dialog.GetByRole(AriaRole.Textbox).FillAsync("Right 40 times of 40.");
        await ada.Dialog.GetByRole(AriaRole.Button, new() { Name = "Change the mode" }).ClickAsync();
        await ada.ExpectDoneAsync("suspend is in the mode automatic now");
        await Expect(row).ToContainTextAsync("Automatic");
        await row.GetByRole(AriaRole.Button, new() { Name = "Only observe" }).ClickAsync();
        await ada.Dialog.GetByRole(AriaRole.Textbox).FillAsync("It went wrong.");
        await ada.Dialog.GetByRole(AriaRole.Button, new() { Name = "Change the mode" }).ClickAsync();

        await Expect(row).ToContainTextAsync("Observe");
        var changes = await host.Parts.Store.ModeChangesAsync("suspend", 10, Cancel);
        Assert.Equal(["It went wrong.", "Right 40 times of 40."], changes.Select(change => change.Reason));
        Assert.All(changes, change => Assert.Equal("ada", change.ChangedBy));
    }
}
