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
    public const string Engineer = "Engineer";
    public const string Ask = "Ask";

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
            [Engineer] = [Roles.DetectionEngineer, Roles.Administrator],
            [Ask] = [Roles.Access, Roles.Administrator],
        };

    /// <summary>Registers the policies and refuses whatever names none.</summary>
    public static IServiceCollection AddPolicies(this IServiceCollection services) =>
        services.AddAuthorization(options =>
        {
            foreach (var (name, roles) in Table)
                options.AddPolicy(name, policy => policy.RequireAuthenticatedUser().RequireRole(roles));
            var readers = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().RequireRole(Readers).Build();
            options.DefaultPolicy = readers;
            options.FallbackPolicy = readers;
        });
}
