using SentinelHealth.Dashboard.Hunting;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Monitoring;

namespace SentinelHealth.Dashboard.Api;

/// <summary>Events and entities as far as a request's caller may see them. Routes take this one and not the whole desk, so that none forgets to ask.</summary>
/// <param name="Desk">Where they search.</param>
internal sealed record CallersHunts(HuntDesk Desk)
{
    /// <summary>Called by the framework for each request.</summary>
    public static async ValueTask<CallersHunts?> BindAsync(HttpContext context)
    {
        var services = context.RequestServices;
        return new CallersHunts(await VisibleHunts.DeskOfAsync(
            services.GetRequiredService<HuntDesk>(), services.GetRequiredService<TriageDesk>(),
            services.GetRequiredService<IMonitorStatus>(), context.User, context.RequestAborted));
    }
}
