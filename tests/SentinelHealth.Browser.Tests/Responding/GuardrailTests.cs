using Microsoft.Playwright;
using SentinelHealth.Browser.Tests.Hosting;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;
using static Microsoft.Playwright.Assertions;

namespace SentinelHealth.Browser.Tests.Responding;

/// <summary>Every guardrail as a responder runs into it: nothing is contained, and the page says why and what can be done.</summary>
[Collection(BrowserCollection.Name)]
public sealed class GuardrailTests(BrowserFixture fixture)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Guardrails that stop a person's approval, too.</summary>
    [Theory]
    [InlineData(Guardrails.Protected, "is protected", "on the protected list")]
    [InlineData(Guardrails.BreakGlass, "Emergency access is involved", "Care comes first")]
    [InlineData(Guardrails.CapPerKind, "The cap of 1 QuarantineNode", "Wait until the window has moved on")]
    [InlineData(Guardrails.CapTotal, "The cap of 1 containments", "Wait until the window has moved on")]
    [InlineData(Guardrails.NodeShare, "active members of hospital-a are contained", "more of this organization's nodes")]
    [InlineData(Guardrails.Quorum, "validators would stay active", "could stop the whole ledger")]
    [InlineData(Guardrails.OnePerTarget, "is contained already", "Nothing more is needed")]
    [InlineData(Guardrails.TtlLimit, "outside the limit", "Shorten the time")]
    [InlineData(Guardrails.DryRun, "This is a dry run", "change nothing")]
    public async Task A_guardrail_stops_an_approval_and_explains_itself(string guardrail, string detail, string meaning)
    {
        await using var host = await ResponseHost.StartAsync(OptionsOf(guardrail), RulesOf(guardrail));
        await host.DecideAsync(Proposal());
        await PrepareAsync(host, guardrail);
        await using var ada = await Responding.SignInAsync(fixture, host, "ada");

        await ada.OrderAsync("Approve");

        await Expect(ada.Refusal).ToContainTextAsync(detail, new() { IgnoreCase = true });
        await Expect(ada.Refusal).ToContainTextAsync(meaning, new() { IgnoreCase = true });
        await ada.ExpectRefusedAsync(Proposal().Action.Key, guardrail, detail);
        await host.ExecuteAsync();
        Assert.Equal(ActionState.Proposed, (await host.Parts.Store.ActionAsync(Proposal().Action.Key, Cancel))!.State);
    }

    [Fact]
    public async Task The_share_of_the_staff_stops_the_second_of_few()
    {
        await using var host = await ResponseHost.StartAsync(new ResponseOptions { HighImpactKinds = [] });
        await host.DecideAsync(
            SomeCase.Planned(ActionKind.SuspendActor, SomeCase.Actor()),
            SomeCase.Planned(ActionKind.SuspendActor, SomeCase.Actor(2), PlaybookMode.Approve));
        await host.ExecuteAsync();
        await using var ada = await Responding.SignInAsync(fixture, host, "ada");

        await ada.OrderAsync("Approve");

        await Expect(ada.Refusal).ToContainTextAsync("more of this organization's staff", new() { IgnoreCase = true });
        var second = SomeCase.Planned(ActionKind.SuspendActor, SomeCase.Actor(2)).Action.Key;
        await ada.ExpectRefusedAsync(second, Guardrails.StaffShare, "active members of hospital-a are contained");
    }

    /// <summary>Guardrails that hold automation back, and leave people their say.</summary>
    [Theory]
    [InlineData(Guardrails.KillSwitch, "Automatic containment is switched off")]
    [InlineData(Guardrails.Cooldown, "A person can")]
    [InlineData(Guardrails.Maintenance, "Planned work looks strange")]
    public async Task A_guardrail_that_holds_automation_back_is_listed_with_what_people_can_do(string guardrail, string meaning)
    {
        await using var host = await ResponseHost.StartAsync(OptionsOf(guardrail));
        await using var ada = await Responding.SignInAsync(fixture, host, "ada");
        if (guardrail == Guardrails.KillSwitch)
        {
            await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Turn on" }).ClickAsync();
            await ada.Dialog.GetByRole(AriaRole.Button, new() { Name = "Turn the kill switch on" }).ClickAsync();
            await ada.ExpectDoneAsync("Nothing is contained automatically any more");
        }
        await host.DecideAsync(SomeCase.Planned());
        await PrepareAsync(host, guardrail);
        await host.ExecuteAsync();

        var refused = ada.Page.Locator("section", new() { HasText = "Refused by guardrails" });
        await Expect(refused).ToContainTextAsync(GuardrailWordsOf(guardrail));
        await Expect(refused).ToContainTextAsync(meaning);
        // Time has passed, and a session that nobody used for half an hour is over.
        await using var ben = await Responding.SignInAsync(fixture, host, "ben");
        var (status, refusals) = await ben.AskAsync("GET", "refusals");
        Assert.Equal((200, guardrail), (status, refusals[0].GetProperty("guardrail").GetString()));
        Assert.False(await host.Ledger.IsContainedAsync(ActionKind.QuarantineNode, SomeCase.Node(), Cancel));
    }

    [Fact]
    public async Task Emergency_access_waits_in_a_queue_with_a_clock_until_somebody_has_reviewed_it()
    {
        await using var host = await ResponseHost.StartAsync();
        await host.CommitAsync(new CaseCommit
        {
            ScoredOffsets = new Dictionary<int, long>(),
            Incidents = [SomeCase.Incident() with { IsBreakGlass = true }],
            Reviews = [new ReviewRequest("inc-1", SomeCase.At, SomeCase.At.AddDays(3), "Emergency access must be reviewed.")],
        });
        await using var ada = await Responding.SignInAsync(fixture, host, "ada");
        var task = ada.Page.Locator(".task");
        await Expect(task).ToContainTextAsync("due in 72:00:00");
        host.Pass(TimeSpan.FromHours(73));
        await Expect(task).ToContainTextAsync("1 h overdue");

        await task.GetByRole(AriaRole.Button, new() { Name = "Justified", Exact = true }).ClickAsync();
        await ada.Dialog.GetByRole(AriaRole.Textbox).FillAsync("A patient in shock; the ward confirmed it.");
        await ada.Dialog.GetByRole(AriaRole.Button, new() { Name = "Justified" }).ClickAsync();

        await ada.ExpectDoneAsync("recorded as justified");
        await Expect(ada.Page.GetByText("No review or task is open.")).ToBeVisibleAsync();
        await using var ben = await Responding.SignInAsync(fixture, host, "ben");
        await ben.Page.GotoAsync("/incidents/inc-1");
        await Expect(ben.Page.Locator(".task")).ToContainTextAsync("Justified by ada: A patient in shock; the ward confirmed it.");
    }

    private static string GuardrailWordsOf(string guardrail) => Dashboard.Components.Controls.GuardrailWords.Name(guardrail);

    private static PlannedAction Proposal() => SomeCase.Planned(mode: PlaybookMode.Approve);

    private static ResponseOptions OptionsOf(string guardrail)
    {
        var options = new ResponseOptions { HighImpactKinds = [] };
        return guardrail switch
        {
            Guardrails.Protected => options with { ProtectedEntities = [SomeCase.Node()] },
            Guardrails.CapPerKind => options with { NodesPerWindowMax = 1, NodeShareMax = 1 },
            Guardrails.CapTotal => options with { TotalPerWindowMax = 1, NodeShareMax = 1 },
            Guardrails.TtlLimit => options with { TtlMax = TimeSpan.FromMinutes(30) },
            Guardrails.DryRun => options with { IsDryRun = true },
            Guardrails.Maintenance => options with
            {
                MaintenanceWindows = [new MaintenanceWindow(SomeCase.At, SomeCase.At.AddHours(4), "New switches")],
            },
            _ => options,
        };
    }

    private static EmbeddedLedgerRules RulesOf(string guardrail) => guardrail == Guardrails.Quorum
        ? new EmbeddedLedgerRules { Validators = [SomeCase.Node().Id, "node:b", "node:c"] } : new EmbeddedLedgerRules();

    /// <summary>What must have happened before the guardrail has something to say.</summary>
    private static async Task PrepareAsync(ResponseHost host, string guardrail)
    {
        switch (guardrail)
        {
            case Guardrails.BreakGlass:
                await host.CommitAsync(new CaseCommit
                {
                    ScoredOffsets = new Dictionary<int, long>(),
                    Incidents = [SomeCase.Incident() with { Version = 2, IsBreakGlass = true }],
                });
                break;
            case Guardrails.CapPerKind or Guardrails.CapTotal or Guardrails.NodeShare:
                await host.DecideAsync(Another(SomeCase.Node("node:clinic-8"), "inc-2"));
                await host.ExecuteAsync();
                break;
            case Guardrails.OnePerTarget:
                await host.DecideAsync(Another(SomeCase.Node(), "inc-2"));
                await host.ExecuteAsync();
                break;
            case Guardrails.Quorum:
                await host.DecideAsync(Another(SomeCase.Node("node:b"), "inc-2"));
                await host.ExecuteAsync();
                break;
            case Guardrails.Cooldown:
                await EndOneAsync(host);
                break;
        }
    }

    /// <summary>A containment that just ended, and a decision to contain the same again.</summary>
    private static async Task EndOneAsync(ResponseHost host)
    {
        await host.ExecuteAsync();
        host.Pass(TimeSpan.FromHours(1));
        await host.ExecuteAsync();
        await host.DecideAsync(Another(SomeCase.Node(), "inc-2"));
    }

    private static PlannedAction Another(Detection.Alerts.EntityRef target, string incidentId)
    {
        var planned = SomeCase.Planned(target: target);
        return planned with
        {
            Action = planned.Action with { IncidentId = incidentId, Key = ActionKey.Of(incidentId, planned.Action.Kind, target) },
        };
    }
}
