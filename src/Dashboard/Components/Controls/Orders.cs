using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Approvals;

namespace SentinelHealth.Dashboard.Components.Controls;

/// <summary>
/// Orders given on a page, in the name of whoever is signed in. The role is checked again at the moment of the order (I8): a
/// button that was drawn before a role was taken away must not work.
/// </summary>
public sealed class Orders(
    IResponder responder,
    IAuthorizationService authorization,
    AuthenticationStateProvider authentication,
    Notices notices,
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

    private static string Bounded(string reason) =>
        reason.Length > ReasonCharactersMax ? reason[..ReasonCharactersMax] : reason.Trim();

    private Task<OrderOutcome> GiveAsync(Func<string, Task<OrderOutcome>> order) => GiveAsAsync(by => order(by.Name));

    private async Task<OrderOutcome> GiveAsAsync(Func<Approver, Task<OrderOutcome>> order)
    {
        var person = (await authentication.GetAuthenticationStateAsync()).User;
        var allowed = await authorization.AuthorizeAsync(person, null, DashboardPolicies.Respond);
        if (!allowed.Succeeded || person.Identity?.Name is not { Length: > 0 })
        {
            return new OrderOutcome(false, "Your role does not include this order.");
        }
        try
        {
            var outcome = await order(Identities.ApproverOf(person));
            if (outcome.IsAccepted) notices.Say(outcome.Detail);
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
