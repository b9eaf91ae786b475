namespace SentinelHealth.Dashboard.Security;

/// <summary>Forms behind one-time links: the first administrator, and people who were invited.</summary>
internal static class FirstForms
{
    public const string SetupPath = "/setup";
    public const string InvitationPath = "/invitation";

    public static void MapFirstForms(this IEndpointRouteBuilder group)
    {
        group.MapGet(SetupPath, ShowSetup);
        group.MapPost(SetupPath, CompleteSetupAsync).RequireRateLimiting(Hosting.RateLimits.SignIn);
        group.MapGet(InvitationPath, ShowInvitation);
        group.MapPost(InvitationPath, AcceptAsync).RequireRateLimiting(Hosting.RateLimits.SignIn);
    }

    private static IResult ShowSetup(HttpContext context, SetupLink link, SignInForms forms, string? token) =>
        link.IsOpen(token) ? SignInEndpoints.Html(forms.First(context, "", Setup(token!))) : Closed(context);

    private static async Task<IResult> CompleteSetupAsync(HttpContext context, SetupLink link, SignInForms forms)
    {
        if (await SignInEndpoints.ReadFormAsync(context) is not { } form)
            return SignInEndpoints.Stale(context);
        var token = form["token"].ToString();
        if (!link.IsOpen(token))
            return Closed(context);
        return Answer(context, forms, Setup(token), link.Complete(token, form["name"], form["password"]));
    }

    private static IResult ShowInvitation(HttpContext context, AccountDesk desk, SignInForms forms, string? token) =>
        desk.InvitationOf(token) is { } invitation
            ? SignInEndpoints.Html(forms.First(context, "", Invited(token!, invitation))) : Closed(context);

    private static async Task<IResult> AcceptAsync(HttpContext context, AccountDesk desk, SignInForms forms)
    {
        if (await SignInEndpoints.ReadFormAsync(context) is not { } form)
            return SignInEndpoints.Stale(context);
        var token = form["token"].ToString();
        if (desk.InvitationOf(token) is not { } invitation)
            return Closed(context);
        return Answer(context, forms, Invited(token, invitation), desk.Accept(token, form["name"], form["password"]));
    }

    private static IResult Answer(HttpContext context, SignInForms forms, FirstForm form, string problem) =>
        problem.Length == 0
            ? Results.LocalRedirect(SignInEndpoints.SignInPath)
            : SignInEndpoints.Html(forms.First(context, problem, form), StatusCodes.Status400BadRequest);

    private static FirstForm Setup(string token) => new(SetupPath, token, "Create the first administrator", "");

    private static FirstForm Invited(string token, Invitation invitation) =>
        new(InvitationPath, token, "Join as {0}", invitation.Role);

    private static IResult Closed(HttpContext context) => SignInEndpoints.Notice(
        context, "Link closed", "This link has been used or has expired.", StatusCodes.Status410Gone);
}

/// <summary>A form that takes a new name and password.</summary>
/// <param name="Path">Where it posts to.</param>
/// <param name="Secret">The secret of the link that opened it.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Role">What stands in the heading, if anything.</param>
internal sealed record FirstForm(string Path, string Secret, string Title, string Role);
