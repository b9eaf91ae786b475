using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using SentinelHealth.Dashboard.Components;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Onboarding;
using SentinelHealth.Dashboard.Security.Providers;

namespace SentinelHealth.Dashboard.Security;

/// <summary>Sign-in with password and code or through the identity provider, and sign-out.</summary>
internal static class SignInEndpoints
{
    public const string SignInPath = DashboardPolicies.SignInPath;
    public const string SignOutPath = DashboardPolicies.SignOutPath;
    public const string CodePath = SignInPath + "/code";
    public const string ProviderPath = SignInPath + "/provider";

    // The same words whatever was wrong: a guesser learns nothing about names or locks.
    private const string Refusal = "Name and password do not fit, or the account is locked for a while.";
    private const string CodeRefusal = "The code is not right, or the account is locked for a while.";
    private const string ProviderRefusal = "The identity provider did not sign you in, or your account there has no role here.";

    /// <summary>Maps the forms. Everyone may reach them, at the rate of <see cref="RateLimits.SignIn"/>.</summary>
    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").AllowAnonymous().ExcludeFromDescription();
        group.MapGet(SignInPath, (HttpContext context, SignInForms forms, string? returnUrl, string? problem) =>
            Html(forms.SignIn(context, problem == "provider" ? ProviderRefusal : "", LocalOrRoot(returnUrl))));
        group.MapPost(SignInPath, SignInAsync).RequireRateLimiting(RateLimits.SignIn);
        group.MapPost(CodePath, CheckCodeAsync).RequireRateLimiting(RateLimits.SignIn);
        group.MapGet(ProviderPath, AskProvider).RequireRateLimiting(RateLimits.SignIn);
        group.MapGet(SignOutPath, (HttpContext context, SignInForms forms) => Html(forms.SignOut(context)));
        group.MapPost(SignOutPath, (Delegate)SignOutAsync);
        group.MapFirstForms();
    }

    private static async Task<IResult> SignInAsync(HttpContext context, SignIns signIns, PendingSignIn pending, SignInForms forms)
    {
        if (await ReadFormAsync(context) is not { } form)
            return Stale(context);
        var returnUrl = LocalOrRoot(form["returnUrl"]);
        if (signIns.Check(form["name"], form["password"]) is not { } account)
            return Html(forms.SignIn(context, Refusal, returnUrl), StatusCodes.Status401Unauthorized);
        if (account.HasTotp)
            return Html(forms.Code(context, "", pending.TicketOf(account), returnUrl));
        await StartSessionAsync(context, account);
        return Results.LocalRedirect(LandingOf(context, account, returnUrl));
    }

    private static async Task<IResult> CheckCodeAsync(
        HttpContext context, PendingSignIn pending, SecondFactors factors, SignInForms forms)
    {
        if (await ReadFormAsync(context) is not { } form)
            return Stale(context);
        var (ticket, returnUrl) = (form["ticket"].ToString(), LocalOrRoot(form["returnUrl"]));
        if (pending.Find(ticket) is not { } account)
            return Html(forms.SignIn(context, "That took too long. Start again.", returnUrl), StatusCodes.Status401Unauthorized);
        if (!factors.Check(account, form["code"]))
            return Html(forms.Code(context, CodeRefusal, ticket, returnUrl), StatusCodes.Status401Unauthorized);
        await StartSessionAsync(context, account);
        return Results.LocalRedirect(LandingOf(context, account, returnUrl));
    }

    private static IResult AskProvider(HttpContext context, WebSettings settings, string? returnUrl, bool? again)
    {
        if (settings.Provider is null)
        {
            return Notice(
                context, "No identity provider", "People sign in here with their password.", StatusCodes.Status404NotFound);
        }
        var properties = new AuthenticationProperties { RedirectUri = LocalOrRoot(returnUrl) };
        properties.SetParameter(OidcHandler.SignInAgain, again == true);
        return Results.Challenge(properties, [OidcHandler.SchemeName]);
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, Sessions sessions)
    {
        if (await ReadFormAsync(context) is null)
            return Stale(context);
        sessions.End(context.User);
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return Results.LocalRedirect(SignInPath);
    }

    /// <summary>A session of its own, whatever the browser came with: what was planted there before is worth nothing after.</summary>
    private static Task StartSessionAsync(HttpContext context, Account account)
    {
        var sessions = context.RequestServices.GetRequiredService<Sessions>();
        sessions.End(context.User);
        var address = context.Connection.RemoteIpAddress?.ToString() ?? "";
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var person = sessions.Start(account, address, context.Request.Headers.UserAgent.ToString(), now);
        return context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, person);
    }

    /// <summary>The posted form; null when it does not carry the token that only our own page could have put there.</summary>
    internal static async Task<IFormCollection?> ReadFormAsync(HttpContext context)
    {
        var antiforgery = context.RequestServices.GetRequiredService<IAntiforgery>();
        return context.Request.HasFormContentType && await antiforgery.IsRequestValidAsync(context)
            ? await context.Request.ReadFormAsync(context.RequestAborted)
            : null;
    }

    internal static IResult Stale(HttpContext context) => Notice(
        context, "Form expired", "This form is too old or came from another page. Open it again.", StatusCodes.Status400BadRequest);

    internal static IResult Notice(HttpContext context, string title, string text, int status) =>
        Html(context.RequestServices.GetRequiredService<SignInForms>().Notice(context, title, text), status);

    internal static IResult Html(string page, int status = StatusCodes.Status200OK) =>
        Results.Content(page, "text/html; charset=utf-8", statusCode: status);

    /// <summary>The overview is of all organizations; whoever administers a new monitor begins with the first steps.</summary>
    private static string LandingOf(HttpContext context, Account account, string returnUrl) =>
        returnUrl != "/" ? returnUrl
        : account.Organizations.Count > 0 ? "/alerts"
        : account.Role == Roles.Administrator && context.RequestServices.GetRequiredService<WelcomeStore>().IsOpen ? "/welcome"
        : returnUrl;

    /// <summary>Only paths on this host: a sign-in form must not send anyone elsewhere.</summary>
    internal static string LocalOrRoot(string? url) =>
        url is ['/', ..] && url is not ['/', '/' or '\\', ..] && !url.Contains('\\', StringComparison.Ordinal)
            && !url.Any(char.IsControl) && Uri.IsWellFormedUriString(url, UriKind.Relative) ? url : "/";
}
