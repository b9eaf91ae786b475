using System.Text.Json.Serialization;
using SentinelHealth.Detection.Correlation;

namespace SentinelHealth.Response.Policy;

/// <summary>How sure it is that something happened, apart from how bad it would be. The order is the order of sureness.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Confidence>))]
public enum Confidence
{
    /// <summary>Models find it unusual, and it may be one of the false alarms they are allowed.</summary>
    [JsonStringEnumMemberName("suspected")] Suspected,

    /// <summary>Models find it unusual, and it holds under the stated false discovery rate.</summary>
    [JsonStringEnumMemberName("discovered")] Discovered,

    /// <summary>A rule or the ledger's own history says that it happened.</summary>
    [JsonStringEnumMemberName("established")] Established,

    /// <summary>Two independent voices or more say so, of which one is a rule or the ledger.</summary>
    [JsonStringEnumMemberName("corroborated")] Corroborated,
}

/// <summary>What an incident is to be believed. Pure.</summary>
public static class IncidentConfidence
{
    // As the engine tags what its models say: each by its name, and once more what holds under the false discovery rate.
    private const string ModelTag = "sentinel.model.";
    private const string DiscoveryTag = "sentinel.discovery";

    /// <summary>The confidence in an incident version. O(sources × tags), both bounded.</summary>
    public static Confidence Of(Incident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        var isRule = incident.Sources.Any(source => !incident.Tags.Contains(ModelTag + source));
        if (isRule)
            return incident.SourceCount >= 2 ? Confidence.Corroborated : Confidence.Established;
        return incident.Tags.Contains(DiscoveryTag) ? Confidence.Discovered : Confidence.Suspected;
    }
}
