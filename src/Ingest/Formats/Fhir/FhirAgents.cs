using System.Text.Json;
using SentinelHealth.Ingest.Formats.Records;

namespace SentinelHealth.Ingest.Formats.Fhir;

/// <summary>Who took part: the one who acted, the client and the server.</summary>
/// <param name="Actor">The person, or the client when none took part; undefined when nobody is named.</param>
/// <param name="Client">The application that asked; undefined when it is not named.</param>
/// <param name="Server">The system that answered; undefined when it is not named.</param>
internal readonly record struct FhirAgents(JsonElement Actor, JsonElement Client, JsonElement Server)
{
    public static FhirAgents Of(JsonElement audit, FhirInteraction interaction)
    {
        var agents = audit.Items("agent").ToList();
        var client = agents.Find(agent => FhirCoding.Has(agent.Member("type"), interaction.ClientType));
        var server = agents.Find(agent => FhirCoding.Has(agent.Member("type"), interaction.ServerType));
        return new(ActorOf(agents, client, server), client, server);
    }

    /// <summary>The requestor who is neither of the two systems, as people are; else whoever is the requestor; else the client.</summary>
    private static JsonElement ActorOf(List<JsonElement> agents, JsonElement client, JsonElement server)
    {
        var requestors = agents.Where(agent => agent.Member("requestor").Flag() == true).ToList();
        var people = requestors.Where(agent => !IsSame(agent, client) && !IsSame(agent, server)).ToList();
        return people.Concat(requestors).Append(client).Concat(agents)
            .FirstOrDefault(agent => agent.ValueKind == JsonValueKind.Object && Identify(agent) is not null);
    }

    public string? ActorId => Identify(Actor);

    public string? ClientId => FhirReference.System(Client.Member("who"));

    public string? ServerId => FhirReference.System(Server.Member("who"));

    /// <summary>The client's network address, of either version.</summary>
    public string? ClientAddress => Client.Member("network").Text("address") ?? Client.Text("networkString") ?? Client.Text("networkUri");

    /// <summary>The actor's role in the organization.</summary>
    public string? ActorRole => FhirCoding.First(Actor.Member("role"))?.ToLowerInvariant()
        ?? Actor.Items("role").Select(role => role.Text("text")).FirstOrDefault()?.ToLowerInvariant();

    private static string? Identify(JsonElement agent)
    {
        if (agent.ValueKind != JsonValueKind.Object)
            return null;
        if (FhirReference.Identify(agent.Member("who"), "user") is { } known)
            return known;
        if (agent.Text("altId") is { } alternative)
            return alternative.Contains(':', StringComparison.Ordinal) ? alternative : $"user:{alternative}";
        return agent.Text("name") is { } name ? $"user:unnamed-{ContentKey.Of(name)}" : null;
    }

    private static bool IsSame(JsonElement one, JsonElement other) =>
        other.ValueKind == JsonValueKind.Object && JsonElement.DeepEquals(one, other);
}
