using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Response.Policy;

/// <summary>What is known of an entity besides its identifier.</summary>
/// <param name="Organization">The organization it belongs to, as last seen; empty when unknown.</param>
/// <param name="Role">The role it acts in, as last seen; empty when unknown or not an actor.</param>
public sealed record EntityProfile(string Organization, string Role)
{
    /// <summary>Nothing is known.</summary>
    public static EntityProfile Unknown { get; } = new("", "");
}

/// <summary>An action that exists already under a key.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Mode">The mode it was decided in.</param>
public sealed record ExistingAction(ActionState State, PlaybookMode Mode);

/// <summary>Everything a decision may look at about one incident.</summary>
public sealed record IncidentFacts
{
    /// <summary>The incident version.</summary>
    public required Incident Incident { get; init; }

    /// <summary>Its alerts, oldest first, as far as they are kept.</summary>
    public required IReadOnlyList<Alert> Alerts { get; init; }

    /// <summary>Profiles of the entities involved; absent ones are unknown.</summary>
    public IReadOnlyDictionary<EntityRef, EntityProfile> Profiles { get; init; } = new Dictionary<EntityRef, EntityProfile>();

    /// <summary>Actions this incident has already, by key.</summary>
    public IReadOnlyDictionary<string, ExistingAction> Existing { get; init; } = new Dictionary<string, ExistingAction>();
}
