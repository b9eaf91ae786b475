using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Security;

/// <summary>Who is asking: a cookie of a person, a token of a program, or the visitor of the demonstration.</summary>
internal static class Authentication
{
    private const string Chosen = "chosen";
    private static readonly TimeSpan IdleMax = TimeSpan.FromMinutes(30);

    public static IServiceCollection AddIdentities(this IServiceCollection services, WebSettings settings)
    {
        services.AddSingleton(_ => new IdentityStore(settings.DataFolder));
        services.AddSingleton<SignIns>();
        services.AddSingleton<SetupLink>();
        services.AddSingleton<ApiTokens>();
        services.AddSingleton<Sessions>();
        if (settings.Mode == WebMode.Serve)
            services.AddSingleton<Components.Controls.IPasswordCheck, PasswordCheck>();
        services.AddScoped<SignInForms>();
        services.AddScoped<AuthenticationStateProvider, CircuitSessions>();
        services.AddDataProtection()
            .SetApplicationName("SentinelHealth")
            .PersistKeysToFileSystem(PrivateFolder(Path.Combine(settings.DataFolder, "keys")));
        var schemes = services.AddAuthentication(options => options.DefaultScheme = Chosen)
            .AddPolicyScheme(Chosen, null, options => options.ForwardDefaultSelector = context => Choose(context, settings.Mode))
            .AddScheme<AuthenticationSchemeOptions, ApiTokenHandler>(ApiTokenHandler.SchemeName, null)
            .AddCookie(options => Configure(options, settings));
        if (settings.Mode == WebMode.Demo)
            schemes.AddScheme<AuthenticationSchemeOptions, DemoVisitorHandler>(DemoVisitorHandler.SchemeName, null);
        return services;
    }

    private static string Choose(HttpContext context, WebMode mode) =>
        ApiTokenHandler.IsUsedBy(context.Request) ? ApiTokenHandler.SchemeName
        : mode == WebMode.Demo ? DemoVisitorHandler.SchemeName
        : CookieAuthenticationDefaults.AuthenticationScheme;

    private static void Configure(CookieAuthenticationOptions options, WebSettings settings)
    {
        // The __Host- prefix makes the browser refuse the cookie from a subdomain; it demands https.
        options.Cookie.Name = settings.IsHttps ? "__Host-sentinel" : "sentinel";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = settings.IsHttps ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = IdleMax;
        options.SlidingExpiration = true;
        options.LoginPath = SignInEndpoints.SignInPath;
        options.LogoutPath = SignInEndpoints.SignOutPath;
        options.ReturnUrlParameter = "returnUrl";
        options.Events.OnValidatePrincipal = Sessions.ValidateAsync;
        options.Events.OnRedirectToLogin = context => Answer(context, StatusCodes.Status401Unauthorized);
        options.Events.OnRedirectToAccessDenied = context => Answer(context, StatusCodes.Status403Forbidden);
    }

    /// <summary>Pages lead to the form; everything else gets the status a program can read.</summary>
    private static Task Answer(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        var wantsPage = HttpMethods.IsGet(context.Request.Method) && !context.Request.Path.StartsWithSegments("/api")
            && !context.Request.Path.StartsWithSegments("/fhir") && !context.Request.Path.StartsWithSegments("/openapi")
            && !context.Request.Path.StartsWithSegments("/_blazor");
        if (wantsPage && status == StatusCodes.Status401Unauthorized)
            context.Response.Redirect(context.RedirectUri);
        else
            context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static DirectoryInfo PrivateFolder(string path) =>
        OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(path)
            : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
