using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.StaticWebAssets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Radzen;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Dashboard.Components.Live;
using SentinelHealth.Dashboard.Language;
using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Components;

/// <summary>Puts the pages into a host.</summary>
public static class DashboardPages
{
    /// <summary>
    /// Registers what the pages need. The host registers ICaseReader, IMonitorStatus, IResponder, TaskDesk, PlaybookDesk, INoticeStore, authentication and the
    /// policies of <see cref="DashboardPolicies"/>, and may register <see cref="DashboardClock"/>,
    /// <see cref="DashboardMode"/> and <see cref="IPasswordCheck"/> before this call.
    /// </summary>
    public static IServiceCollection AddDashboardPages(this IServiceCollection services)
    {
        services.TryAddSingleton(new DashboardClock(TimeProvider.System));
        services.TryAddSingleton(DashboardMode.Live);
        services.AddWords();
        services.AddScoped<LiveFeed>();
        services.AddScoped<Notices>();
        services.TryAddSingleton<IPasswordCheck, NoPasswords>();
        services.AddScoped<FreshSignIn>();
        services.AddScoped<VisibleTriage>();
        services.AddScoped<VisibleHunts>();
        services.AddScoped<OrderSurroundings>();
        services.AddScoped<Orders>();
        services.AddCascadingAuthenticationState();
        services.AddAntiforgery();
        services.AddRadzenComponents();
        services.AddRazorComponents().AddInteractiveServerComponents(options =>
        {
            // A circuit whose browser went away is kept briefly: long enough for a lift or a tunnel, few enough to bound
            // memory (I7).
            options.DisconnectedCircuitMaxRetained = 50;
            options.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(3);
        });
        return services;
    }

    /// <summary>
    /// Maps pages and static files. Call after authentication, authorization and antiforgery are in the pipeline.
    /// </summary>
    public static RazorComponentsEndpointConventionBuilder MapDashboardPages(this IEndpointRouteBuilder endpoints)
    {
        // Outside Development ASP.NET Core does not read the build's asset manifest by itself, so `dotnet run` would serve no
        // styles. A published folder has no such manifest and this does nothing there.
        var services = endpoints.ServiceProvider;
        StaticWebAssetsLoader.UseStaticWebAssets(
            services.GetRequiredService<IWebHostEnvironment>(), services.GetRequiredService<IConfiguration>());

        endpoints.MapStaticAssets().AllowAnonymous();
        return endpoints.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }
}
