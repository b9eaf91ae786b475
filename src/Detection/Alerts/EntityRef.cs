using System.Text.Json.Serialization;

namespace SentinelHealth.Detection.Alerts;

/// <summary>What kind of thing an alert is about.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EntityType>))]
public enum EntityType
{
    /// <summary>A person or program that acts, by its pseudonym.</summary>
    [JsonStringEnumMemberName("actor")] Actor,

    /// <summary>A network node.</summary>
    [JsonStringEnumMemberName("node")] Node,

    /// <summary>The person whose data it is, by pseudonym.</summary>
    [JsonStringEnumMemberName("patient")] Patient,

    /// <summary>A capture or client device.</summary>
    [JsonStringEnumMemberName("device")] Device,

    /// <summary>A contract on the ledger.</summary>
    [JsonStringEnumMemberName("contract")] Contract,

    /// <summary>A grant of access.</summary>
    [JsonStringEnumMemberName("grant")] Grant,

    /// <summary>The ledger itself.</summary>
    [JsonStringEnumMemberName("chain")] Chain,
}

/// <summary>An entity by type and identifier.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Id">Its pseudonymous identifier, exactly as in the events.</param>
public readonly record struct EntityRef(EntityType Type, string Id)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Type.ToString().ToLowerInvariant()} {Id}";
}
