using System.Security.Claims;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using SentinelHealth.Dashboard.Components;

namespace SentinelHealth.Dashboard.Security;

/// <summary>Sign-in, sign-out and the first administrator.</summary>
internal static class SignInEndpoints
{
    public const string SignInPath = DashboardPolicies.SignInPath;
    public const string SignOutPath = DashboardPolicies.SignOutPath;
    public const string SetupPath = "/setup";

    // The same words whatever was wrong: a guesser learns nothing about names or locks.
    private const string Refusal = "Name and password do not fit, or the account is locked for a while.";

    /// <summary>Maps the forms. Everyone may reach them, at the rate of <see cref="Hosting.RateLimits.SignIn"/>.</summary>
    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").AllowAnonymous().ExcludeFromDescription();
        group.MapGet(SignInPath, (HttpContext context, SignInForms forms, string? returnUrl) =>
            Html(forms.SignIn(context, "", LocalOrRoot(returnUrl))));
        group.MapPost(SignInPath, SignInAsync).RequireRateLimiting(Hosting.RateLimits.SignIn);
        group.MapGet(SignOutPath, (HttpContext context, SignInForms forms) => Html(forms.SignOut(context)));
        group.MapPost(SignOutPath, (Delegate)SignOutAsync);
        group.MapGet(SetupPath, ShowSetup);
        group.MapPost(SetupPath, CompleteSetupAsync).RequireRateLimiting(Hosting.RateLimits.SignIn);
    }

    private static async Task<IResult> SignInAsync(HttpContext context, SignIns signIns, SignInForms forms)
    {
        if (await ReadFormAsync(context) is not { } form)
            return Stale();
        var returnUrl = LocalOrRoot(form["returnUrl"]);
        if (signIns.Check(form["name"], form["password"]) is not { } account)
            return Html(forms.SignIn(context, Refusal, returnUrl), StatusCodes.Status401Unauthorized);
        await StartSessionAsync(context, account);
        return Results.LocalRedirect(returnUrl);
    }

    private static async Task<IResult> SignOutAsync(HttpContext context)
    {
        if (await ReadFormAsync(context) is null)
            return Stale();
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return Results.LocalRedirect(SignInPath);
    }

    private static IResult ShowSetup(HttpContext context, SetupLink link, SignInForms forms, string? token) =>
        link.IsOpen(token)
            ? Html(forms.Setup(context, "", token!))
            : Html(SignInForms.Notice("Link closed", "This link has been used or has expired."), StatusCodes.Status410Gone);

    private static async Task<IResult> CompleteSetupAsync(HttpContext context, SetupLink link, SignInForms forms)
    {
        if (await ReadFormAsync(context) is not { } form)
            return Stale();
        var token = form["token"].ToString();
        if (!link.IsOpen(token))
            return Html(SignInForms.Notice("Link closed", "This link has been used or has expired."), StatusCodes.Status410Gone);
        var problem = link.Complete(token, form["name"], form["password"]);
        return problem.Length == 0
            ? Results.LocalRedirect(SignInPath)
            : Html(forms.Setup(context, problem, token), StatusCodes.Status400BadRequest);
    }

    private static Task StartSessionAsync(HttpContext context, Account account)
    {
        const string Scheme = CookieAuthenticationDefaults.AuthenticationScheme;
        var identity = Identities.Of(account.Name, account.Role, Scheme, account.Stamp);
        var clock = context.RequestServices.GetService<TimeProvider>() ?? TimeProvider.System;
        identity.AddClaim(Identities.SignedInNow(clock));
        return context.SignInAsync(Scheme, new ClaimsPrincipal(identity));
    }

    /// <summary>The posted form; null when it does not carry the token that only our own page could have put there.</summary>
    private static async Task<IFormCollection?> ReadFormAsync(HttpContext context)
    {
        var antiforgery = context.RequestServices.GetRequiredService<IAntiforgery>();
        return context.Request.HasFormContentType && await antiforgery.IsRequestValidAsync(context)
            ? await context.Request.ReadFormAsync(context.RequestAborted)
            : null;
    }

    private static IResult Stale() => Html(
        SignInForms.Notice("Form expired", "This form is too old or came from another page. Open it again."),
        StatusCodes.Status400BadRequest);

    private static IResult Html(string page, int status = StatusCodes.Status200OK) =>
        Results.Content(page, "text/html; charset=utf-8", statusCode: status);

    /// <summary>Only paths on this host: a sign-in form must not send anyone elsewhere.</summary>
    private static string LocalOrRoot(string? url) =>
        url is ['/', ..] && url is not ['/', '/' or '\\', ..] && !url.Contains('\\', StringComparison.Ordinal)
            && Uri.IsWellFormedUriString(url, UriKind.Relative) ? url : "/";
}
