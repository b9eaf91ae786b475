using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Antiforgery;
using SentinelHealth.Dashboard.Language;

namespace SentinelHealth.Dashboard.Security;

/// <summary>The few pages that exist before anyone is signed in: plain forms without script.</summary>
internal sealed class SignInForms(IAntiforgery antiforgery, Hosting.WebSettings settings, Words words)
{
    public string SignIn(HttpContext context, string problem, string returnUrl) => Page(context, "Sign in", problem, $"""
        {ProviderLink(returnUrl)}<form method="post" action="/sign-in" class="sign-in">
        {Token(context)}<input type="hidden" name="returnUrl" value="{Encode(returnUrl)}">
        <label for="name">{Say("Name")}</label>
        <input id="name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="64" required autofocus>
        <label for="password">{Say("Password")}</label>
        <input id="password" name="password" type="password" autocomplete="current-password" maxlength="256" required>
        <button type="submit">{Say("Sign in")}</button>
        </form>
        """);

    public string Code(HttpContext context, string problem, string ticket, string returnUrl) => Page(context, "Prove that it is you", problem, $"""
        <p class="sign-in-hint">{Say("Open your authenticator and type the six digits it shows for SentinelHealth. Without it, a recovery code does once.")}</p>
        <form method="post" action="{SignInEndpoints.CodePath}" class="sign-in">
        {Token(context)}<input type="hidden" name="returnUrl" value="{Encode(returnUrl)}">
        <input type="hidden" name="ticket" value="{Encode(ticket)}">
        <label for="code">{Say("Code")}</label>
        <input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" spellcheck="false" maxlength="64" required autofocus>
        <button type="submit">{Say("Continue")}</button>
        </form>
        """);

    /// <summary>A new name and password, behind a link that works once.</summary>
    public string First(HttpContext context, string problem, FirstForm form) => Page(context, words[form.Title, form.Role], problem, $"""
        <form method="post" action="{form.Path}" class="sign-in">
        {Token(context)}<input type="hidden" name="token" value="{Encode(form.Secret)}">
        <label for="name">{Say("Name")}</label>
        <input id="name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="64" required autofocus>
        <label for="password">{Encode(words["Password (at least {0} characters)", SignIns.PasswordCharactersMin])}</label>
        <input id="password" name="password" type="password" autocomplete="new-password"
               minlength="{SignIns.PasswordCharactersMin}" maxlength="256" required>
        <button type="submit">{Say("Create account")}</button>
        </form>
        """);

    public string SignOut(HttpContext context) => Page(context, "Sign out", "", $"""
        <form method="post" action="/sign-out" class="sign-in">
        {Token(context)}<button type="submit">{Say("Sign out")}</button>
        </form>
        """);

    public string Notice(HttpContext context, string title, string text) =>
        Page(context, title, text, $"<p><a href=\"/sign-in\">{Say("Sign in")}</a></p>");

    private string ProviderLink(string returnUrl) => settings.Provider is not { } provider ? "" : $"""
        <a class="sign-in-provider" href="{SignInEndpoints.ProviderPath}?returnUrl={Uri.EscapeDataString(returnUrl)}">{Encode(words["Sign in with {0}", provider.Name])}</a>
        <p class="sign-in-or">{Say("or with an account of this monitor")}</p>

        """;

    private string Token(HttpContext context)
    {
        var tokens = antiforgery.GetAndStoreTokens(context);
        return $"""<input type="hidden" name="{tokens.FormFieldName}" value="{Encode(tokens.RequestToken ?? "")}">""";
    }

    private string Page(HttpContext context, string title, string problem, string body) => $"""
        <!DOCTYPE html>
        <html lang="{words.Culture.TwoLetterISOLanguageName}" data-theme="system">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{Say(title)} · SentinelHealth</title>
        <script src="/js/theme.js"></script>
        <link rel="stylesheet" href="/css/app.css">
        <link rel="stylesheet" href="/css/sign-in.css">
        <link rel="icon" type="image/svg+xml" href="/favicon.svg">
        </head>
        <body class="sign-in-page">
        <main>
        <p class="sign-in-brand">SentinelHealth</p>
        <h1>{Say(title)}</h1>
        {(problem.Length == 0 ? "" : $"<p class=\"sign-in-problem\" role=\"alert\">{Say(problem)}</p>")}
        {body}
        {Languages(context)}
        </main>
        </body>
        </html>
        """;

    /// <summary>A button for each other language, back to the same form.</summary>
    private string Languages(HttpContext context) => string.Concat(Words.Languages.Where(known => known.Name != words.Culture.Name).Select(known => $"""
        <form method="post" action="{LanguageSetup.ChoicePath}" class="sign-in-language">
        {Token(context)}<input type="hidden" name="language" value="{known.Name}">
        <input type="hidden" name="returnUrl" value="{Encode(context.Request.Method == "GET" ? context.Request.Path + context.Request.QueryString : SignInEndpoints.SignInPath)}">
        <button type="submit" lang="{known.Name}">{Encode(known.NativeName)}</button>
        </form>
        """));

    private string Say(string text) => Encode(words[text]);

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
