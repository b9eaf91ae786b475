using System.Text.Json;
using System.Text.Json.Serialization;

namespace SentinelHealth.Ingest.Evm;

/// <summary>The reference network's contracts on one chain and the accounts that play its roles.</summary>
public sealed record EvmDeployment
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The chain's number.</summary>
    public required long ChainId { get; init; }

    /// <summary>The block of the first deployment: nothing of the network happened before it.</summary>
    public required long FirstBlock { get; init; }

    /// <summary>Addresses by contract name, as 0x-hex.</summary>
    public required IReadOnlyDictionary<string, string> Contracts { get; init; }

    /// <summary>The account that sets limits, protection and validators.</summary>
    public required string AdminAccount { get; init; }

    /// <summary>The administrator without whom the first can loosen nothing; empty in descriptions of older deployments.</summary>
    public string SecondAdminAccount { get; init; } = "";

    /// <summary>The account that contains.</summary>
    public required string AutomationAccount { get; init; }

    /// <summary>The account that restores on behalf of people.</summary>
    public required string RestorerAccount { get; init; }

    /// <summary>The account without which the first restorer restores nothing; empty in descriptions of older deployments.</summary>
    public string SecondRestorerAccount { get; init; } = "";

    /// <summary>The guard's address.</summary>
    [JsonIgnore]
    public EvmAddress Guard => AddressOf("SentinelGuard");

    /// <summary>A contract's address.</summary>
    /// <exception cref="KeyNotFoundException">It is not part of the deployment.</exception>
    public EvmAddress AddressOf(string contract) => EvmAddress.Parse(Contracts[contract]);

    /// <summary>As JSON, to be kept in a file.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>From <see cref="ToJson"/>.</summary>
    /// <exception cref="JsonException">A member is missing or malformed.</exception>
    public static EvmDeployment FromJson(string json) =>
        JsonSerializer.Deserialize<EvmDeployment>(json, Json) ?? throw new JsonException("The deployment is null.");
}
