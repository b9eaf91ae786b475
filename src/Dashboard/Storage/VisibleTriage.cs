using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>The queue of alerts as far as whoever looks at a page, or asks through the API, may see and change it.</summary>
/// <param name="all">The whole queue.</param>
/// <param name="monitor">Who knows whose the nodes are.</param>
/// <param name="people">Who looks.</param>
public sealed class VisibleTriage(TriageDesk all, IMonitorStatus monitor, AuthenticationStateProvider people)
{
    /// <summary>The desk of whoever looks now.</summary>
    public async Task<TriageDesk> DeskAsync(CancellationToken cancel) =>
        await DeskOfAsync(all, monitor, (await people.GetAuthenticationStateAsync()).User, cancel);

    /// <summary>Whether whoever looks is limited to organizations.</summary>
    public async Task<bool> IsLimitedAsync() => IsLimited((await people.GetAuthenticationStateAsync()).User);

    internal static bool IsLimited(ClaimsPrincipal caller) => Identities.OrganizationsOf(caller).Count > 0;

    internal static async ValueTask<TriageDesk> DeskOfAsync(
        TriageDesk all, IMonitorStatus monitor, ClaimsPrincipal caller, CancellationToken cancel)
    {
        var organizations = Identities.OrganizationsOf(caller);
        if (organizations.Count == 0)
            return all;
        var nodes = await OrganizationNodes.OfAsync(monitor, organizations, cancel);
        return all.Within(new TriageFence(organizations, [.. nodes]));
    }
}
