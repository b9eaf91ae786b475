using System.Globalization;
using System.Resources;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.Localization;

namespace SentinelHealth.Dashboard.Language;

/// <summary>
/// The words of the pages in the language of whoever looks. English is its own key, so that code reads as the page does; other languages are in
/// <c>Words.xx.resx</c>, and a test holds that none lacks a sentence.
/// </summary>
/// <remarks>
/// One for each request and each open page. The language is taken once: what redraws a page comes from the monitor's threads, whose language is not the reader's.
/// </remarks>
public sealed class Words : IStringLocalizer<Words>
{
    private static readonly ResourceManager Resources = new(typeof(Words).FullName!, typeof(Words).Assembly);

    /// <summary>Languages the pages speak, English first.</summary>
    public static IReadOnlyList<CultureInfo> Languages { get; } = [CultureInfo.GetCultureInfo("en"), CultureInfo.GetCultureInfo("de")];

    /// <summary>The language of the present request.</summary>
    public Words()
        : this(CultureInfo.CurrentUICulture)
    {
    }

    /// <summary>Another language.</summary>
    public Words(CultureInfo culture) =>
        Culture = Languages.FirstOrDefault(known => known.TwoLetterISOLanguageName == culture.TwoLetterISOLanguageName)
            ?? Languages[0];

    /// <summary>The language.</summary>
    public CultureInfo Culture { get; }

    /// <inheritdoc/>
    public LocalizedString this[string name] =>
        Find(name) is { } found ? new(name, found) : new(name, name, resourceNotFound: true);

    /// <inheritdoc/>
    public LocalizedString this[string name, params object[] arguments] =>
        new(name, string.Format(CultureInfo.InvariantCulture, Find(name) ?? name, arguments));

    /// <inheritdoc/>
    public IEnumerable<LocalizedString> GetAllStrings(bool includeParentCultures)
    {
        if (Resources.GetResourceSet(Culture, createIfNotExists: true, tryParents: false) is not { } all)
            yield break;
        foreach (System.Collections.DictionaryEntry entry in all)
            yield return new LocalizedString((string)entry.Key, (string)entry.Value!);
    }

    private string? Find(string name) => Culture == Languages[0] ? name
        : Resources.GetResourceSet(Culture, createIfNotExists: true, tryParents: false)?.GetString(name);
}

/// <summary>How the language of a request is found, and where it is chosen.</summary>
internal static class LanguageSetup
{
    public const string ChoicePath = "/language";
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(365);

    public static IServiceCollection AddWords(this IServiceCollection services) =>
        services.AddScoped<Words>().AddScoped<IStringLocalizer<Words>>(scope => scope.GetRequiredService<Words>());

    /// <summary>The cookie somebody chose decides, else what their browser asks for. Numbers and times are written alike in every language.</summary>
    public static IApplicationBuilder UseLanguages(this IApplicationBuilder app) => app.UseRequestLocalization(options =>
    {
        options.DefaultRequestCulture = new RequestCulture(CultureInfo.InvariantCulture, Words.Languages[0]);
        options.SupportedCultures = [CultureInfo.InvariantCulture];
        options.SupportedUICultures = [.. Words.Languages];
        options.RequestCultureProviders = [new CookieRequestCultureProvider(), new AcceptLanguageHeaderRequestCultureProvider()];
    });

    /// <summary>Remembers a language. Anybody may choose one, before signing in too.</summary>
    public static void MapLanguage(this IEndpointRouteBuilder routes) => routes.MapPost(ChoicePath, async (HttpContext context) =>
    {
        if (await Security.SignInEndpoints.ReadFormAsync(context) is not { } form)
            return Security.SignInEndpoints.Stale(context);
        var chosen = Words.Languages.FirstOrDefault(known => known.Name == form["language"].ToString()) ?? Words.Languages[0];
        context.Response.Cookies.Append(
            CookieRequestCultureProvider.DefaultCookieName,
            CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(CultureInfo.InvariantCulture, chosen)),
            new CookieOptions
            {
                MaxAge = Remembered,
                SameSite = SameSiteMode.Lax,
                HttpOnly = true,
                Secure = context.Request.IsHttps,
                IsEssential = true,
            });
        return Results.LocalRedirect(Security.SignInEndpoints.LocalOrRoot(form["returnUrl"]));
    }).AllowAnonymous().ExcludeFromDescription();
}
