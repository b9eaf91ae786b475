using SentinelHealth.Dashboard.Jobs;
using SentinelHealth.Response.Access;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Access;

/// <summary>What answers gateways.</summary>
internal static class AccessServices
{
    /// <summary>Adds it to the host; the view belongs to the monitor that feeds it.</summary>
    public static IServiceCollection AddAccess(
        this IServiceCollection services, AccessView view, AccessOptions options, TimeProvider clock)
    {
        services.AddSingleton(view);
        services.AddSingleton<AccessTrail>();
        services.AddSingleton(provider => new AccessState(
            provider.GetRequiredService<ICaseReader>(), provider.GetRequiredService<IPolicyStore>(), clock));
        services.AddSingleton(provider => new AccessDesk(view, provider.GetRequiredService<AccessTrail>(), options, clock));
        services.AddHostedService<AccessJob>();
        return services;
    }
}
