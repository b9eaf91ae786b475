using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Testing.Simulated;

/// <summary>Who and what there is in a simulated network.</summary>
internal static class SimulatedPopulation
{
    public const int NodesMax = 9;
    public const int ActorsMax = 12;
    public const int GrantsMax = 10;
    public const int ContractsMax = 4;

    public static readonly string[] People = ["ada", "ben", "cyd"];

    public static EntityRef Node(int number) => new(EntityType.Node, $"node:{number}");

    public static EntityRef Actor(int number) => new(EntityType.Actor, $"did:ethr:0x{number:x40}");

    public static EntityRef Grant(int number) => new(EntityType.Grant, $"g-{number}");

    public static EntityRef Contract(int number) => new(EntityType.Contract, $"Contract{number}");

    /// <summary>One of each type is never to be contained: by name, by prefix and by role.</summary>
    public static ResponseOptions Protecting(ResponseOptions options) => options with
    {
        ProtectedEntities = [Node(0), Grant(1), Contract(3)],
        ProtectedPrefixes = ["did:ethr:0x" + new string('0', 39) + "2"],
        ProtectedRoles = ["emergency-physician"],
    };

    public static bool IsProtected(EntityRef target) =>
        target == Node(0) || target == Grant(1) || target == Contract(3) || target == Actor(2) || RoleOf(target) == "emergency-physician";

    public static string RoleOf(EntityRef target) => target == Actor(3) ? "emergency-physician"
        : target.Type == EntityType.Actor ? "nurse" : "";

    public static string OrganizationOf(EntityRef target) => target.Id[^1] % 2 == 0 ? "even" : "odd";

    public static OrganizationSize SizeOf(string organization) => organization == "even" ? new(10, 6) : new(4, 2);

    public static int PeopleFor(ActionKind kind) => kind is ActionKind.QuarantineNode or ActionKind.PauseContract ? 2 : 1;
}
