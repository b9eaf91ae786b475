using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using SentinelHealth.Dashboard.Components;

namespace SentinelHealth.Dashboard.Security;

/// <summary>What roles may do (I8). A route that names no policy is refused to everyone without one of the reading roles.</summary>
internal static class Policies
{
    public const string View = DashboardPolicies.View;
    public const string Ingest = "Ingest";
    public const string Respond = DashboardPolicies.Respond;
    public const string Review = DashboardPolicies.Review;
    public const string Administer = DashboardPolicies.Administer;
    public const string Oversee = DashboardPolicies.Oversee;
    public const string Engineer = DashboardPolicies.Engineer;
    public const string Triage = DashboardPolicies.Triage;
    public const string Ask = "Ask";
    public const string Measure = "Measure";

    private static readonly string[] Readers =
        [Roles.Viewer, Roles.Analyst, Roles.Responder, Roles.Compliance, Roles.DetectionEngineer, Roles.Administrator];

    /// <summary>Who may do what; the test matrix is generated from this table.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Table { get; } =
        new Dictionary<string, IReadOnlyList<string>>
        {
            [View] = Readers,
            [Ingest] = [Roles.Ingest, Roles.Administrator],
            [Respond] = [Roles.Responder, Roles.Administrator],
            [Review] = [Roles.Responder, Roles.Compliance, Roles.Administrator],
            [Administer] = [Roles.Administrator],
            [Oversee] = [Roles.Compliance, Roles.Administrator],
            [Triage] = [Roles.Analyst, Roles.Responder, Roles.Administrator],
            [Engineer] = [Roles.DetectionEngineer, Roles.Administrator],
            [Ask] = [Roles.Access, Roles.Administrator],
            [Measure] = [Roles.Metrics, Roles.Administrator],
        };

    /// <summary>What a token of a role may be limited to.</summary>
    public static IReadOnlyList<string> ScopesOf(string role) =>
        [.. Table.Where(policy => policy.Value.Contains(role)).Select(policy => policy.Key)];

    /// <summary>Registers the policies and refuses whatever names none.</summary>
    public static IServiceCollection AddPolicies(this IServiceCollection services) =>
        services.AddAuthorization(options =>
        {
            foreach (var (name, roles) in Table)
                options.AddPolicy(name, policy => Require(policy, name, roles));
            var readers = Require(new AuthorizationPolicyBuilder(), View, Readers).Build();
            options.DefaultPolicy = readers;
            options.FallbackPolicy = readers;
        });

    private static AuthorizationPolicyBuilder Require(
        AuthorizationPolicyBuilder policy, string name, IReadOnlyList<string> roles) =>
        policy.RequireAuthenticatedUser().RequireRole(roles)
            .RequireAssertion(context => IsInScope(context.User, name) && KeepsToOrganizations(context, name));

    /// <summary>Somebody who is limited to organizations reaches what keeps to them, and gives no orders.</summary>
    private static bool KeepsToOrganizations(AuthorizationHandlerContext context, string policy) =>
        Identities.OrganizationsOf(context.User).Count == 0 || context.Resource switch
        {
            HttpContext http => http.GetEndpoint()?.Metadata.GetMetadata<KeepsToOrganizationsAttribute>() is not null
                // The socket pages speak through; each page is asked about again.
                || http.Request.Path.StartsWithSegments("/_blazor"),
            Microsoft.AspNetCore.Components.RouteData route =>
                route.PageType.IsDefined(typeof(KeepsToOrganizationsAttribute), inherit: true),
            // What a page shows of itself, and the orders it gives about alerts, which go through the fence.
            null => policy is View or Triage,
            _ => false,
        };

    /// <summary>A token without scopes may do all that its role may.</summary>
    public static bool IsInScope(ClaimsPrincipal caller, string policy) =>
        !caller.HasClaim(claim => claim.Type == Identities.ScopeClaim) || caller.HasClaim(Identities.ScopeClaim, policy);
}
