using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using SentinelHealth.Dashboard.Hunting;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Hunting;
using SentinelHealth.Response.Monitoring;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>Events and entities as far as whoever looks at a page, or asks through the API, may see them.</summary>
/// <param name="all">Where all of them are searched.</param>
/// <param name="queue">The whole queue of alerts.</param>
/// <param name="monitor">Who knows whose the nodes are.</param>
/// <param name="people">Who looks.</param>
public sealed class VisibleHunts(HuntDesk all, TriageDesk queue, IMonitorStatus monitor, AuthenticationStateProvider people)
{
    /// <summary>The desk of whoever looks now. Asked anew for each search: whose nodes are whose changes while a page is open.</summary>
    public async Task<HuntDesk> DeskAsync(CancellationToken cancel) =>
        await DeskOfAsync(all, queue, monitor, (await people.GetAuthenticationStateAsync()).User, cancel);

    /// <summary>Whether whoever looks is limited to organizations.</summary>
    public async Task<bool> IsLimitedAsync() => VisibleTriage.IsLimited((await people.GetAuthenticationStateAsync()).User);

    internal static async ValueTask<HuntDesk> DeskOfAsync(
        HuntDesk all, TriageDesk queue, IMonitorStatus monitor, ClaimsPrincipal caller, CancellationToken cancel)
    {
        var organizations = Identities.OrganizationsOf(caller);
        if (organizations.Count == 0)
            return all;
        var nodes = await OrganizationNodes.OfAsync(monitor, organizations, cancel);
        var theirs = await VisibleTriage.DeskOfAsync(queue, monitor, caller, cancel);
        return all.Within(new HuntFence([.. nodes]), theirs.Store);
    }
}
