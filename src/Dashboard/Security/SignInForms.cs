using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Antiforgery;

namespace SentinelHealth.Dashboard.Security;

/// <summary>The few pages that exist before anyone is signed in: plain forms without script.</summary>
internal sealed class SignInForms(IAntiforgery antiforgery)
{
    public string SignIn(HttpContext context, string problem, string returnUrl) => Page("Sign in", problem, $"""
        <form method="post" action="/sign-in" class="sign-in">
        {Token(context)}<input type="hidden" name="returnUrl" value="{Encode(returnUrl)}">
        <label for="name">Name</label>
        <input id="name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="64" required autofocus>
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" maxlength="256" required>
        <button type="submit">Sign in</button>
        </form>
        """);

    public string Setup(HttpContext context, string problem, string secret) => Page("Create the first administrator", problem, $"""
        <form method="post" action="/setup" class="sign-in">
        {Token(context)}<input type="hidden" name="token" value="{Encode(secret)}">
        <label for="name">Name</label>
        <input id="name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="64" required autofocus>
        <label for="password">Password (at least {SignIns.PasswordCharactersMin} characters)</label>
        <input id="password" name="password" type="password" autocomplete="new-password"
               minlength="{SignIns.PasswordCharactersMin}" maxlength="256" required>
        <button type="submit">Create account</button>
        </form>
        """);

    public string SignOut(HttpContext context) => Page("Sign out", "", $"""
        <form method="post" action="/sign-out" class="sign-in">
        {Token(context)}<button type="submit">Sign out</button>
        </form>
        """);

    public static string Notice(string title, string text) => Page(title, text, "<p><a href=\"/sign-in\">Sign in</a></p>");

    private string Token(HttpContext context)
    {
        var tokens = antiforgery.GetAndStoreTokens(context);
        return $"""<input type="hidden" name="{tokens.FormFieldName}" value="{Encode(tokens.RequestToken ?? "")}">""";
    }

    private static string Page(string title, string problem, string body) => $"""
        <!DOCTYPE html>
        <html lang="en" data-theme="system">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{title} · SentinelHealth</title>
        <script src="/js/theme.js"></script>
        <link rel="stylesheet" href="/css/app.css">
        <link rel="stylesheet" href="/css/sign-in.css">
        <link rel="icon" type="image/svg+xml" href="/favicon.svg">
        </head>
        <body class="sign-in-page">
        <main>
        <p class="sign-in-brand">SentinelHealth</p>
        <h1>{title}</h1>
        {(problem.Length == 0 ? "" : $"<p class=\"sign-in-problem\" role=\"alert\">{Encode(problem)}</p>")}
        {body}
        </main>
        </body>
        </html>
        """;

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
