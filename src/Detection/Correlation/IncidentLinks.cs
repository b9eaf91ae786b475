using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Rules;

namespace SentinelHealth.Detection.Correlation;

/// <summary>How firmly an entity ties alerts to one cause.</summary>
internal enum LinkStrength : byte
{
    /// <summary>Joins an alert to an incident; two such ties between two incidents merge them.</summary>
    Weak,

    /// <summary>One cause: merges the incidents that share it.</summary>
    Strong,
}

/// <summary>What ties an alert to others: whom it is about, and what it touches that is specific enough to mean something.</summary>
/// <remarks>
/// Grants and recipients (of a consent, tokens, money) are strong, for a ring is known by what it shares; devices and patients are weak,
/// for honest people share them too. A node or a contract, which everybody shares, links only where an alert is about it.
/// Look-alike nodes are a group by what the rule says, whoever proposes them, so they share one link.
/// </remarks>
internal static class IncidentLinks
{
    private static readonly EntityRef LookAlikes = new(EntityType.Chain, "look-alike nodes");

    public static IEnumerable<(EntityRef Entity, LinkStrength Strength)> Of(
        string source, EntityRef principal, IReadOnlyList<EntityRef> related)
    {
        yield return (principal, LinkStrength.Strong);
        if (source == BuiltInRules.NodeLookAlike.Name)
            yield return (LookAlikes, LinkStrength.Strong);
        foreach (var entity in related)
        {
            switch (entity.Type)
            {
                case EntityType.Grant or EntityType.Actor:
                    yield return (entity, LinkStrength.Strong);
                    break;
                case EntityType.Device:
                case EntityType.Patient when principal.Type != EntityType.Node:
                    yield return (entity, LinkStrength.Weak);
                    break;
                default:
                    break;
            }
        }
    }

    public static IEnumerable<(EntityRef Entity, LinkStrength Strength)> Of(IncidentMember member) =>
        Of(member.Source, member.Principal, member.Related);
}
