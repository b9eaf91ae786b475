using System.Globalization;
using System.Text.Json.Nodes;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Incidents;

namespace SentinelHealth.Response.Export;

/// <summary>Alerts as documents of the Elastic Common Schema, with the names Kibana's alert pages read.</summary>
public static class EcsDocuments
{
    /// <summary>One document for each alert, oldest first. Pure; O(alerts).</summary>
    public static IReadOnlyList<JsonObject> Of(IncidentDossier dossier)
    {
        ArgumentNullException.ThrowIfNull(dossier);
        return [.. dossier.Alerts.Select(Of)];
    }

    internal static JsonObject Of(Alert alert)
    {
        var users = alert.RelatedEntities.Prepend(alert.Entity).Where(entity => entity.Type == EntityType.Actor)
            .Select(entity => entity.Id).Distinct().ToList();
        return new JsonObject
        {
            ["@timestamp"] = alert.At.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            ["ecs"] = new JsonObject { ["version"] = "9.4.0" },
            ["message"] = alert.Reason,
            ["tags"] = Texts(alert.Tags),
            ["event"] = new JsonObject
            {
                ["kind"] = "alert",
                ["category"] = Texts(["intrusion_detection"]),
                ["type"] = Texts(["info"]),
                ["id"] = alert.Id,
                ["module"] = "sentinelhealth",
                ["dataset"] = "sentinelhealth.alerts",
                ["reason"] = alert.Reason,
                ["severity"] = ((int)alert.Severity + 1) * 20,
                ["risk_score"] = Math.Round(100 * alert.Score, 2),
                ["risk_score_norm"] = Math.Round(100 * alert.Score, 2),
            },
            ["rule"] = new JsonObject { ["id"] = alert.Rule?.Id ?? alert.Source, ["name"] = alert.Source, ["category"] = alert.Kind.ToString().ToLowerInvariant() },
            ["threat"] = new JsonObject
            {
                ["framework"] = "MITRE ATT&CK",
                ["technique"] = new JsonObject { ["id"] = Texts(AttackNames.TechniquesOf(alert.Tags)) },
            },
            ["related"] = new JsonObject { ["user"] = Texts(users) },
            ["kibana.alert.uuid"] = alert.Id,
            ["kibana.alert.reason"] = alert.Reason,
            ["kibana.alert.severity"] = alert.Severity.ToString().ToLowerInvariant(),
            ["kibana.alert.risk_score"] = Math.Round(100 * alert.Score, 2),
            ["kibana.alert.workflow_status"] = "open",
            ["kibana.alert.rule.name"] = alert.Source,
            ["SentinelHealth"] = new JsonObject { ["incident_id"] = alert.IncidentId, ["event_ids"] = Texts(alert.EventIds) },
        };
    }

    internal static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
