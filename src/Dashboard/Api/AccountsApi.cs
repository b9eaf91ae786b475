using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using SentinelHealth.Dashboard.Security;

namespace SentinelHealth.Dashboard.Api;

/// <summary>An account as administrators see it.</summary>
internal sealed record AccountAnswer(
    string Name, string Role, IReadOnlyList<string> Organizations, bool IsDisabled, bool HasTotp, string? Provider,
    DateTimeOffset? LockedUntil, DateTimeOffset CreatedAt, DateTimeOffset? SignedInAt)
{
    public static AccountAnswer Of(Account account) => new(
        account.Name, account.Role, account.Organizations, account.IsDisabled, account.HasTotp,
        account.IsLocal ? null : account.Issuer, account.LockedUntil, account.CreatedAt, account.SignedInAt);
}

/// <summary>What shall change of an account; absent members stay as they are.</summary>
internal sealed record AccountBody(string? Role, IReadOnlyList<string>? Organizations, bool? IsDisabled);

/// <summary>Who is invited.</summary>
internal sealed record InvitationBody([property: Required] string? Role, IReadOnlyList<string>? Organizations);

/// <summary>An invitation: the link is shown here and never again.</summary>
internal sealed record InvitationAnswer(string Link, string Role, IReadOnlyList<string> Organizations, DateTimeOffset ExpiresAt);

/// <summary>People: who they are, what they may do, and what was done to their accounts.</summary>
internal static class AccountsApi
{
    public static void MapAccounts(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("").RequireAuthorization(Policies.Administer);
        group.MapGet("/accounts", List).WithName("ListAccounts").WithSummary("Accounts by name");
        group.MapGet("/accounts/{name}", Get).WithName("GetAccount").WithSummary("One account, with its version as ETag");
        group.MapPatch("/accounts/{name}", Change).WithName("ChangeAccount")
            .WithSummary("Changes role, organizations or whether somebody may sign in; their sessions end");
        group.MapDelete("/accounts/{name}", Remove).WithName("RemoveAccount").WithSummary("Removes an account; its sessions end");
        group.MapPost("/accounts/{name}/unlock", Unlock).WithName("UnlockAccount").WithSummary("Ends the lock after wrong passwords");
        group.MapPost("/accounts/{name}/reset-totp", ResetTotp).WithName("ResetTotp")
            .WithSummary("Takes a lost authenticator away, with its recovery codes");
        group.MapPost("/invitations", Invite).WithName("InvitePerson").WithSummary("A link that makes one account, once, within three days");
        group.MapGet("/account-acts", Acts).WithName("ListAccountActs").WithSummary("What was done to accounts and tokens, newest first");
    }

    private static Ok<List<AccountAnswer>> List(AccountDesk desk) =>
        TypedResults.Ok(desk.Accounts.Select(AccountAnswer.Of).ToList());

    private static Results<Ok<AccountAnswer>, ProblemHttpResult> Get(string name, AccountDesk desk, HttpResponse response) =>
        desk.Find(name) is { } account ? Answer(account, response) : Problems.NotFound("account");

    private static Results<Ok<AccountAnswer>, ProblemHttpResult> Change(
        string name, AccountBody body, AccountDesk desk, ClaimsPrincipal person, HttpContext context)
    {
        if (desk.Find(name) is not { } account)
            return Problems.NotFound("account");
        if (EntityTags.Problem(context.Request, EntityTags.Of(account.Version)) is { } stale)
            return stale;
        var wish = new AccountWish(
            body.Role ?? account.Role, body.Organizations ?? account.Organizations, body.IsDisabled ?? account.IsDisabled);
        return desk.Change(account, wish, Identities.NameOf(person)) switch
        {
            "" => Answer(desk.Find(name)!, context.Response),
            AccountDesk.Changed => EntityTags.Stale(),
            var problem => Problems.Of(StatusCodes.Status409Conflict, "The account was not changed.", problem),
        };
    }

    private static Results<NoContent, ProblemHttpResult> Remove(string name, AccountDesk desk, ClaimsPrincipal person)
    {
        if (desk.Find(name) is null)
            return Problems.NotFound("account");
        return desk.Remove(name, Identities.NameOf(person)) is { Length: > 0 } problem
            ? Problems.Of(StatusCodes.Status409Conflict, "The account was not removed.", problem)
            : TypedResults.NoContent();
    }

    private static Results<Ok<OrderAnswer>, ProblemHttpResult> Unlock(string name, AccountDesk desk, ClaimsPrincipal person)
    {
        if (desk.Find(name) is null)
            return Problems.NotFound("account");
        desk.Unlock(name, Identities.NameOf(person));
        return TypedResults.Ok(new OrderAnswer("The account is open again."));
    }

    private static Results<Ok<OrderAnswer>, ProblemHttpResult> ResetTotp(string name, AccountDesk desk, ClaimsPrincipal person)
    {
        if (desk.Find(name) is null)
            return Problems.NotFound("account");
        desk.ResetTotp(name, Identities.NameOf(person));
        return TypedResults.Ok(new OrderAnswer("The account has no authenticator any more."));
    }

    private static Results<Ok<InvitationAnswer>, ProblemHttpResult> Invite(
        InvitationBody body, AccountDesk desk, ClaimsPrincipal person, Hosting.WebSettings settings, HttpRequest request)
    {
        var (secret, problem) = desk.Invite(body.Role ?? "", body.Organizations ?? [], Identities.NameOf(person));
        if (problem.Length > 0)
            return Problems.Of(StatusCodes.Status400BadRequest, "Nobody was invited.", problem);
        var made = desk.InvitationOf(secret)!;
        return TypedResults.Ok(new InvitationAnswer(
            settings.LinkTo(request, $"{FirstForms.InvitationPath}?token={secret}"), made.Role, made.Organizations, made.ExpiresAt));
    }

    private static Results<Ok<ListAnswer<AccountAct>>, ValidationProblem, ProblemHttpResult> Acts(
        HttpRequest request, AccountDesk desk) =>
        NumberedPage.Of(request, desk.Acts, act => act.Number);

    private static Ok<AccountAnswer> Answer(Account account, HttpResponse response)
    {
        response.Headers.ETag = EntityTags.Of(account.Version);
        return TypedResults.Ok(AccountAnswer.Of(account));
    }
}
