using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Approvals;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Notifications;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Dashboard.Components.Controls;

/// <summary>What orders need besides the one who carries them out.</summary>
/// <param name="Notices">Where accepted orders are announced.</param>
/// <param name="SignIn">When the person last gave their password.</param>
/// <param name="Tasks">Where people end what they owe.</param>
/// <param name="Playbooks">Where people say how far a playbook may go.</param>
/// <param name="NoticeStore">Where notices wait.</param>
/// <param name="Triage">Where people work on alerts, as far as they may.</param>
/// <param name="Tuning">Where people say how far detectors are trusted.</param>
/// <param name="Clock">The clock of the pages.</param>
public sealed record OrderSurroundings(
    Notices Notices, FreshSignIn SignIn, TaskDesk Tasks, PlaybookDesk Playbooks, INoticeStore NoticeStore,
    VisibleTriage Triage, TuningDesk Tuning, DashboardClock Clock);

/// <summary>
/// Orders given on a page, in the name of whoever is signed in. The role is checked again at the moment of the order (I8): a
/// button that was drawn before a role was taken away must not work.
/// </summary>
public sealed class Orders(
    IResponder responder,
    IAuthorizationService authorization,
    AuthenticationStateProvider authentication,
    OrderSurroundings surroundings,
    ILogger<Orders> log)
{
    /// <summary>What somebody is told who may not.</summary>
    public const string NotAllowed = "Your role does not include this order.";

    /// <summary>Longest reason, in characters.</summary>
    public const int ReasonCharactersMax = 500;

    /// <summary>Undoes a containment.</summary>
    public Task<OrderOutcome> UndoAsync(string key, string reason, CancellationToken cancel) =>
        GiveAsAsync(by => responder.UndoAsync(key, by, Bounded(reason), cancel));

    /// <summary>Keeps a containment in force until a later time.</summary>
    public Task<OrderOutcome> RenewAsync(string key, DateTimeOffset until, string reason, CancellationToken cancel) =>
        GiveAsAsync(by => responder.RenewAsync(key, by, until, Bounded(reason), cancel));

    /// <summary>Approves a proposed action.</summary>
    public Task<OrderOutcome> ApproveAsync(string key, CancellationToken cancel) =>
        GiveAsAsync(by => responder.ApproveAsync(key, by, cancel));

    /// <summary>Refuses a proposed action.</summary>
    public Task<OrderOutcome> RefuseAsync(string key, string reason, CancellationToken cancel) =>
        GiveAsync(by => responder.RefuseAsync(key, by, Bounded(reason), cancel));

    /// <summary>Moves the kill switch.</summary>
    public Task<OrderOutcome> SetKillSwitchAsync(KillSwitch position, CancellationToken cancel) => GiveAsync(async by =>
    {
        await responder.SetKillSwitchAsync(position, by, cancel);
        return new OrderOutcome(true, position == KillSwitch.On
            ? "Nothing is contained automatically any more."
            : "Automation runs under its policy again.");
    });

    /// <summary>Ends a review or task.</summary>
    public Task<OrderOutcome> ConcludeAsync(string id, CaseTaskOutcome outcome, string note, CancellationToken cancel) =>
        GiveAsAsync(
            by => surroundings.Tasks.ConcludeAsync(id, outcome, by.Name, Bounded(note), cancel), DashboardPolicies.Review);

    /// <summary>Changes how far a playbook may go.</summary>
    public Task<OrderOutcome> ChangeModeAsync(string playbook, PlaybookMode to, string reason, CancellationToken cancel) =>
        GiveAsAsync(by => surroundings.Playbooks.ChangeModeAsync(playbook, to, by, Bounded(reason), cancel));

    /// <summary>Tries a notice again that was given up.</summary>
    public Task<OrderOutcome> RetryNoticeAsync(string id, CancellationToken cancel) => GiveAsAsync(async _ =>
        await surroundings.NoticeStore.RetryNoticeAsync(id, surroundings.Clock.Now, cancel)
            ? new OrderOutcome(true, "The notice is tried again.") : new OrderOutcome(false, "It is not given up any more."));

    /// <summary>Changes alerts by name.</summary>
    public Task<OrderOutcome> ChangeAlertsAsync(IReadOnlyList<string> ids, TriageChange change, CancellationToken cancel) =>
        GiveAsAsync(
            async by => await (await DeskAsync(cancel)).ChangeAsync(ids, change, by.Name, cancel), DashboardPolicies.Triage);

    /// <summary>Changes everything a query finds.</summary>
    public Task<OrderOutcome> OrderAlertsAsync(TriageOrder order, CancellationToken cancel) => GiveAsAsync(
        async by => (await (await DeskAsync(cancel)).OrderAsync(order, by.Name, cancel)).Outcome, DashboardPolicies.Triage);

    /// <summary>Takes back what an order over many alerts changed.</summary>
    public Task<OrderOutcome> UndoTriageAsync(string id, CancellationToken cancel) => GiveAsAsync(
        async by => (await (await DeskAsync(cancel)).UndoAsync(id, by.Name, cancel)).Outcome, DashboardPolicies.Triage);

    /// <summary>Stops an order over many alerts.</summary>
    public Task<OrderOutcome> StopTriageAsync(string id, CancellationToken cancel) =>
        GiveAsAsync(async _ => await (await DeskAsync(cancel)).CancelAsync(id, cancel), DashboardPolicies.Triage);

    /// <summary>Does something with an incident: a note, merging, splitting.</summary>
    public async Task<(OrderOutcome Outcome, string MadeId)> ChangeIncidentAsync(
        Func<TriageDesk, string, Task<IncidentResult>> change, CancellationToken cancel)
    {
        var madeId = "";
        var outcome = await GiveAsAsync(
            async by =>
            {
                var result = await change(await DeskAsync(cancel), by.Name);
                madeId = result.MadeId;
                return new OrderOutcome(result.Outcome == IncidentOutcome.Done, result.Detail);
            },
            DashboardPolicies.Triage);
        return (outcome, madeId);
    }

    /// <summary>Keeps, renames or lets go a view of the queue; sharing takes a role that works on alerts.</summary>
    public Task<OrderOutcome> ChangeViewAsync(
        Func<TriageDesk, string, Task<OrderOutcome>> change, bool isShared, CancellationToken cancel) => GiveAsAsync(
        async by => await change(await DeskAsync(cancel), by.Name), isShared ? DashboardPolicies.Triage : DashboardPolicies.View);

    /// <summary>Whether whoever is signed in works on alerts.</summary>
    public async Task<bool> MayTriageAsync() => await PersonWhoMayAsync(DashboardPolicies.Triage) is not null;

    /// <summary>Whose views whoever is signed in keeps: their own, and those they share.</summary>
    public async Task<IReadOnlySet<string>> ViewOwnersAsync(CancellationToken cancel)
    {
        var (desk, person) = (await DeskAsync(cancel), await PersonAsync());
        return new HashSet<string> { desk.OwnerOf(person, ViewScope.Own), desk.OwnerOf(person, ViewScope.Shared) };
    }

    /// <summary>Keeps alerts out of the queue for a while.</summary>
    public Task<OrderOutcome> SuppressAsync(string query, string reason, TimeSpan length, CancellationToken cancel) =>
        GiveAsAsync(
            async by => await (await DeskAsync(cancel)).SuppressAsync(query, Bounded(reason), length, by.Name, cancel),
            DashboardPolicies.Triage);

    /// <summary>Ends a suppression.</summary>
    public Task<OrderOutcome> EndSuppressionAsync(string id, CancellationToken cancel) =>
        GiveAsAsync(
            async by => await (await DeskAsync(cancel)).EndSuppressionAsync(id, by.Name, cancel), DashboardPolicies.Triage);

    /// <summary>Puts a detector or built-in rule into another stage.</summary>
    public Task<OrderOutcome> SetStageAsync(string name, DetectorStage stage, string reason, CancellationToken cancel) =>
        GiveAsAsync(
            by => surroundings.Tuning.SetStageAsync(name, stage, by.Name, Bounded(reason), cancel), DashboardPolicies.Engineer);

    /// <summary>Gives an order that takes a detection engineer.</summary>
    public Task<OrderOutcome> EngineerAsync(Func<string, OrderOutcome> order) =>
        GiveAsAsync(by => Task.FromResult(order(by.Name)), DashboardPolicies.Engineer);

    /// <summary>Keeps a query over events for everybody.</summary>
    public Task<OrderOutcome> SaveHuntAsync(Func<string, bool> save) => GiveAsAsync(
        by => Task.FromResult(save(by.Name) ? new OrderOutcome(true, "The hunt is saved.")
            : new OrderOutcome(false, "The name is too long, or too many hunts are kept.")),
        DashboardPolicies.Triage);

    /// <summary>Makes a model's alert threshold stricter.</summary>
    public Task<OrderOutcome> SetStrictnessAsync(string name, double strictness, string reason, CancellationToken cancel) =>
        GiveAsAsync(
            by => surroundings.Tuning.SetStrictnessAsync(name, strictness, by.Name, Bounded(reason), cancel),
            DashboardPolicies.Engineer);

    /// <summary>What the person can be asked for to prove again who they are, without leaving the page.</summary>
    public async Task<PasswordProof> ProofAsync() => surroundings.SignIn.ProofOf(await PersonAsync());

    /// <summary>Who is signed in.</summary>
    public async Task<string> PersonAsync() => (await authentication.GetAuthenticationStateAsync()).User.Identity?.Name ?? "";

    /// <summary>Whether password and code are those of whoever is signed in; orders that take a fresh sign-in then count it as one.</summary>
    public async Task<bool> SignInAgainAsync(string password, string code) =>
        surroundings.SignIn.TryAgain(await PersonAsync(), password, code);

    /// <summary>Asked anew for each order: whose nodes are whose, and who is limited, changes while a page is open.</summary>
    private Task<TriageDesk> DeskAsync(CancellationToken cancel) => surroundings.Triage.DeskAsync(cancel);

    /// <summary>The later of the sign-in at the form and the one on the page.</summary>
    private Approver ApproverOf(System.Security.Claims.ClaimsPrincipal person)
    {
        var approver = Identities.ApproverOf(person);
        return surroundings.SignIn.At is { } again && !(approver.SignedInAt > again)
            ? approver with { SignedInAt = again } : approver;
    }

    private static string Bounded(string reason) =>
        reason.Length > ReasonCharactersMax ? reason[..ReasonCharactersMax] : reason.Trim();

    private Task<OrderOutcome> GiveAsync(Func<string, Task<OrderOutcome>> order) => GiveAsAsync(by => order(by.Name));

    /// <summary>The name of whoever is signed in, if they may give orders now; null otherwise.</summary>
    public async Task<string?> ResponderAsync() => (await PersonWhoMayAsync(DashboardPolicies.Respond))?.Identity?.Name;

    private async Task<System.Security.Claims.ClaimsPrincipal?> PersonWhoMayAsync(string policy)
    {
        var person = (await authentication.GetAuthenticationStateAsync()).User;
        var allowed = await authorization.AuthorizeAsync(person, null, policy);
        return allowed.Succeeded && person.Identity?.Name is { Length: > 0 } ? person : null;
    }

    private async Task<OrderOutcome> GiveAsAsync(
        Func<Approver, Task<OrderOutcome>> order, string policy = DashboardPolicies.Respond)
    {
        if (await PersonWhoMayAsync(policy) is not { } person)
            return new OrderOutcome(false, NotAllowed);
        try
        {
            var outcome = await order(ApproverOf(person));
            if (outcome.IsAccepted) surroundings.Notices.Say(outcome.Detail);
            return outcome;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            log.LogError(fault, "An order could not be carried out.");
            return new OrderOutcome(
                false, "The order could not be carried out; nothing is known to have changed. The fault has been logged.");
        }
    }
}
