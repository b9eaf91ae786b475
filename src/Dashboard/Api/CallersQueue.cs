using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Monitoring;

namespace SentinelHealth.Dashboard.Api;

/// <summary>The queue as far as a request's caller may use it. Routes take this one and not the whole desk, so that none forgets to ask.</summary>
/// <param name="Desk">Where they work.</param>
internal sealed record CallersQueue(TriageDesk Desk)
{
    /// <summary>Called by the framework for each request.</summary>
    public static async ValueTask<CallersQueue?> BindAsync(HttpContext context)
    {
        var services = context.RequestServices;
        return new CallersQueue(await VisibleTriage.DeskOfAsync(
            services.GetRequiredService<TriageDesk>(), services.GetRequiredService<IMonitorStatus>(),
            context.User, context.RequestAborted));
    }
}
