using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Security.Providers;
using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Security;

/// <summary>Who is asking: a cookie of a person, a token of a program, or the visitor of the demonstration.</summary>
internal static class Authentication
{
    private const string Chosen = "chosen";

    public static IServiceCollection AddIdentities(this IServiceCollection services, WebSettings settings)
    {
        services.AddSingleton(_ => settings.Storage.OpenIdentities(settings.DataFolder));
        services.AddSingleton(_ => settings.Storage.OpenDocuments(settings.DataFolder));
        services.AddSingleton<SignIns>();
        services.AddSingleton<SetupLink>();
        services.AddSingleton<ApiTokens>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<SecondFactors>();
        services.AddSingleton<PendingSignIn>();
        services.AddSingleton<AccountDesk>();
        services.AddScoped<CircuitHandler, CircuitUse>();
        if (settings.Mode == WebMode.Serve)
            services.AddSingleton<Components.Controls.IPasswordCheck, PasswordCheck>();
        services.AddScoped<SignInForms>();
        services.AddScoped<AuthenticationStateProvider, CircuitSessions>();
        services.AddKeyRing(settings);
        var schemes = services.AddAuthentication(options => options.DefaultScheme = Chosen)
            .AddPolicyScheme(Chosen, null, options => options.ForwardDefaultSelector = context => Choose(context, settings.Mode))
            .AddScheme<AuthenticationSchemeOptions, ApiTokenHandler>(ApiTokenHandler.SchemeName, null)
            .AddCookie(options => Configure(options, settings));
        if (settings.Provider is { } provider)
            schemes.AddProvider(provider, settings);
        if (settings.Mode == WebMode.Demo)
            schemes.AddScheme<AuthenticationSchemeOptions, DemoVisitorHandler>(DemoVisitorHandler.SchemeName, null);
        return services;
    }

    /// <summary>Keys of cookies and secrets: a folder of this process, or the database of all.</summary>
    private static void AddKeyRing(this IServiceCollection services, WebSettings settings)
    {
        var ring = services.AddDataProtection().SetApplicationName("SentinelHealth");
        if (!settings.Storage.IsShared)
        {
            ring.PersistKeysToFileSystem(PrivateFolder(Path.Combine(settings.DataFolder, "keys")));
            return;
        }
        var secret = settings.Storage.Postgres.KeyRingFile is { Length: > 0 } file ? KeyRingSecret.Of(file) : null;
        if (secret is not null)
            services.AddSingleton(secret);
        services.AddOptions<KeyManagementOptions>().Configure<IDocuments>((options, documents) =>
        {
            options.XmlRepository = new StoredKeyRing(documents);
            options.XmlEncryptor = secret is null ? null : new KeyRingSealer(secret);
        });
    }

    private static string Choose(HttpContext context, WebMode mode) =>
        ApiTokenHandler.IsUsedBy(context.Request) ? ApiTokenHandler.SchemeName
        : mode == WebMode.Demo ? DemoVisitorHandler.SchemeName
        : CookieAuthenticationDefaults.AuthenticationScheme;

    private static void Configure(CookieAuthenticationOptions options, WebSettings settings)
    {
        options.Cookie.Name = settings.CookieName("sentinel");
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = settings.IsHttps ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        // The server knows when a session is over, also while a page is open and no request renews a cookie.
        options.ExpireTimeSpan = Sessions.AgeMax;
        options.SlidingExpiration = false;
        options.LoginPath = SignInEndpoints.SignInPath;
        options.LogoutPath = SignInEndpoints.SignOutPath;
        options.ReturnUrlParameter = "returnUrl";
        options.Events.OnValidatePrincipal = Sessions.ValidateAsync;
        options.Events.OnRedirectToLogin = context => Answer(context, StatusCodes.Status401Unauthorized);
        options.Events.OnRedirectToAccessDenied = context => Answer(context, StatusCodes.Status403Forbidden);
    }

    /// <summary>The identity provider. Its addresses come from its discovery document when somebody signs in.</summary>
    private static void AddProvider(this AuthenticationBuilder schemes, ProviderSection provider, WebSettings settings)
    {
        schemes.Services.AddSingleton<ProviderDirectory>();
        schemes.Services.AddSingleton<ProviderMembers>();
        schemes.Services.AddSingleton<OidcServices>();
        schemes.AddOAuth<OAuthOptions, OidcHandler>(OidcHandler.SchemeName, options =>
        {
            options.SignInScheme = CookieAuthenticationDefaults.AuthenticationScheme;
            options.CallbackPath = OidcHandler.CallbackPath;
            (options.AuthorizationEndpoint, options.TokenEndpoint) = (OidcHandler.Unknown, OidcHandler.Unknown);
            options.ClientId = provider.ClientId;
            // The handler wants one; the real one, if any, is read from its file when a code is exchanged.
            options.ClientSecret = "in its file";
            options.UsePkce = true;
            foreach (var scope in (string[])["openid", "profile", .. provider.Scopes])
                options.Scope.Add(scope);
            options.CorrelationCookie = new CookieBuilder
            {
                Name = settings.CookieName("sentinel-provider."),
                Path = "/",
                HttpOnly = true,
                SameSite = SameSiteMode.Lax,
                SecurePolicy = settings.IsHttps ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest,
                MaxAge = options.RemoteAuthenticationTimeout,
            };
            options.Events.OnRemoteFailure = context =>
            {
                var log = context.HttpContext.RequestServices.GetRequiredService<ILogger<OidcHandler>>();
                log.SignInRefused(context.Failure?.Message ?? "");
                context.Response.Redirect(SignInEndpoints.SignInPath + "?problem=provider");
                context.HandleResponse();
                return Task.CompletedTask;
            };
        });
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
        if (!wantsPage || status != StatusCodes.Status403Forbidden)
            return Task.CompletedTask;
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(
            context.HttpContext.RequestServices.GetRequiredService<SignInForms>().Notice(
                context.HttpContext, "Not for this account", "Your role does not include this page."));
    }

    private static DirectoryInfo PrivateFolder(string path) =>
        OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(path)
            : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
