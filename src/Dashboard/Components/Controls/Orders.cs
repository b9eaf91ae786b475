using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Approvals;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Notifications;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Dashboard.Components.Controls;

/// <summary>What orders need besides the one who carries them out.</summary>
/// <param name="Notices">Where accepted orders are announced.</param>
/// <param name="SignIn">When the person last gave their password.</param>
/// <param name="Tasks">Where people end what they owe.</param>
/// <param name="Playbooks">Where people say how far a playbook may go.</param>
/// <param name="NoticeStore">Where notices wait.</param>
/// <param name="Clock">The clock of the pages.</param>
public sealed record OrderSurroundings(
    Notices Notices, FreshSignIn SignIn, TaskDesk Tasks, PlaybookDesk Playbooks, INoticeStore NoticeStore, DashboardClock Clock);

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
    /// <summary>Longest reason, in characters.</summary>
    public const int ReasonCharactersMax = 500;

    /// <summary>Undoes a containment.</summary>
    public Task<OrderOutcome> UndoAsync(string key, string reason, CancellationToken cancel) =>
        GiveAsAsync(by => responder.UndoAsync(key, by, Bounded(reason), cancel));

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

    /// <summary>Whether the person can prove again who they are without leaving the page.</summary>
    public bool CanSignInAgain => surroundings.SignIn.IsPossible;

    /// <summary>Who is signed in.</summary>
    public async Task<string> PersonAsync() => (await authentication.GetAuthenticationStateAsync()).User.Identity?.Name ?? "";

    /// <summary>Whether the password is that of whoever is signed in; orders that take a fresh sign-in then count it as one.</summary>
    public async Task<bool> SignInAgainAsync(string password) => surroundings.SignIn.TryAgain(await PersonAsync(), password);

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

    private async Task<OrderOutcome> GiveAsAsync(
        Func<Approver, Task<OrderOutcome>> order, string policy = DashboardPolicies.Respond)
    {
        var person = (await authentication.GetAuthenticationStateAsync()).User;
        var allowed = await authorization.AuthorizeAsync(person, null, policy);
        if (!allowed.Succeeded || person.Identity?.Name is not { Length: > 0 })
        {
            return new OrderOutcome(false, "Your role does not include this order.");
        }
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
