using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using SentinelHealth.Dashboard.Rules;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Incidents;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>What decides in this program, by version and digest: evidence and reports name it.</summary>
internal static class VersionSheet
{
    /// <summary>The program's version.</summary>
    public static string Program { get; } = typeof(VersionSheet).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    /// <summary>Everything that could have had a part in an incident.</summary>
    public static DossierVersions Of(MonitorPlan plan, Incident incident)
    {
        var parts = new List<DossierVersion>
        {
            new("program", "sentinel", Program, ""),
            new("settings", "detection", "", DigestOf(plan.Detection)),
            new("settings", "response", "", DigestOf(plan.Response)),
        };
        if (plan.Rules is { } shelf)
            parts.Add(new DossierVersion("rules", "written rules", "", shelf.Sha256));
        // Built-in rules and detectors are code: the program's version is theirs.
        parts.AddRange(incident.Sources.Select(source => new DossierVersion("source", source, Program, "")));
        parts.AddRange(plan.Playbooks.Playbooks.Select(playbook =>
            new DossierVersion("playbook", playbook.Name, "", DigestOf(playbook))));
        return new DossierVersions(Program, parts);
    }

    /// <summary>The same from what the monitor entered into its evidence log.</summary>
    public static DossierVersions Of(JsonElement entered, Incident incident)
    {
        var parts = new List<DossierVersion> { new("program", "sentinel", Program, "") };
        foreach (var name in new[] { "detection", "response" })
        {
            if (entered.TryGetProperty(name, out var settings))
                parts.Add(new DossierVersion("settings", name, "", DigestOf(settings)));
        }
        if (entered.TryGetProperty("ruleFiles", out var files) && files.ValueKind == JsonValueKind.Object)
            parts.Add(new DossierVersion("rules", "written rules", "", DigestOf(files)));
        parts.AddRange(incident.Sources.Select(source => new DossierVersion("source", source, Program, "")));
        if (entered.TryGetProperty("playbooks", out var playbooks))
            parts.AddRange(playbooks.EnumerateArray().Select(playbook => new DossierVersion(
                "playbook", playbook.GetProperty("name").GetString() ?? "", "", playbook.GetProperty("sha256").GetString()
                    ?? "")));
        return new DossierVersions(Program, parts);
    }

    /// <summary>SHA-256 of a part's canonical JSON, lower-case hex.</summary>
    public static string DigestOf<T>(T part) =>
        Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Of(part, Lenient)));

    /// <summary>Thresholds may be infinite, which plain JSON cannot say.</summary>
    private static JsonSerializerOptions Lenient { get; } = new(AlertJson.Options)
    {
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };
}
