using System.Globalization;
using System.Text.Json.Nodes;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Incidents;

namespace SentinelHealth.Response.Export;

/// <summary>Incidents, alerts and containments as OCSF 1.8.0 events: Incident Finding, Detection Finding and Remediation Activity.</summary>
/// <remarks>Pure. Every document keeps the rules of <see cref="OcsfRules"/>.</remarks>
public static class OcsfDocuments
{
    /// <summary>The version of the schema.</summary>
    public const string SchemaVersion = "1.8.0";

    /// <summary>The incident, its alerts and what was done, in this order. O(alerts + actions).</summary>
    public static IReadOnlyList<JsonObject> Of(IncidentDossier dossier)
    {
        ArgumentNullException.ThrowIfNull(dossier);
        var program = dossier.Versions.Program;
        return [IncidentFinding(dossier), .. dossier.Alerts.Select(alert => DetectionFinding(alert, program)),
            .. dossier.Actions.SelectMany(item => Remediations(item, program))];
    }

    private static JsonObject IncidentFinding(IncidentDossier dossier)
    {
        var incident = dossier.Incident;
        var verdict = dossier.Dispositions.LastOrDefault(item => item.AlertId.Length == 0);
        var isOpen = verdict is null;
        var finding = Base(2, 2005, incident.Version > 1 ? 2 : 1, incident.LastAlertAt, incident.Severity,
            dossier.Versions.Program);
        finding["message"] = incident.Title;
        finding["desc"] = incident.Title;
        finding["start_time"] = incident.OpenedAt.ToUnixTimeMilliseconds();
        finding["end_time"] = incident.LastAlertAt.ToUnixTimeMilliseconds();
        finding["status_id"] = isOpen ? dossier.Actions.Count > 0 ? 2 : 1 : 4;
        finding["verdict_id"] = VerdictOf(verdict?.Verdict);
        finding["assignee_group"] = new JsonObject { ["name"] = "security operations" };
        finding["is_suspected_breach"] = dossier.Events.Any(item => item.Subject.Length > 0 && item.IsCarriedOut);
        finding["finding_info_list"] = new JsonArray([.. dossier.Alerts.Select(alert => (JsonNode)FindingInfo(alert))]);
        return finding;
    }

    private static JsonObject DetectionFinding(Alert alert, string program)
    {
        var finding = Base(2, 2004, 1, alert.At, alert.Severity, program);
        finding["message"] = alert.Reason;
        finding["finding_info"] = FindingInfo(alert);
        finding["status_id"] = 1;
        finding["is_alert"] = true;
        finding["risk_score"] = (int)Math.Round(100 * alert.Score);
        finding["resources"] = new JsonArray([.. alert.RelatedEntities.Prepend(alert.Entity).Distinct().Select(entity => (JsonNode)new JsonObject
        {
            ["uid"] = entity.Id,
            ["type"] = entity.Type.ToString(),
        })]);
        finding["evidences"] = new JsonArray([.. alert.EventIds.Select(id => (JsonNode)new JsonObject { ["uid"] = id })]);
        if (alert.Kind == AlertKind.Model && alert.Contributions.Count > 0)
            finding["anomaly_analyses"] = new JsonArray(Anomalies(alert));
        return finding;
    }

    private static JsonObject Anomalies(Alert alert) => new()
    {
        ["analysis_targets"] = new JsonArray(new JsonObject { ["name"] = alert.Entity.Id, ["type"] = alert.Entity.Type.ToString() }),
        ["anomalies"] = new JsonArray([.. alert.Contributions.Select(part => (JsonNode)Observation(part.Feature, part.Value))]),
        ["baselines"] = new JsonArray([.. alert.Contributions.Select(part => (JsonNode)Observation(part.Feature, part.Expected))]),
    };

    private static JsonObject Observation(string parameter, string value) => new()
    {
        ["observation_parameter"] = parameter,
        ["observations"] = new JsonArray(new JsonObject { ["value"] = value }),
    };

    private static IEnumerable<JsonObject> Remediations(DossierAction item, string program)
    {
        var action = item.Action;
        var contain = Remediation(action, 1, action.ContainedAt ?? action.ChangedAt, program);
        contain["command_uid"] = action.Key;
        contain["status_id"] = action.State switch
        {
            ActionState.Refused => 2,
            ActionState.Confirmed or ActionState.Reconciled or ActionState.Reversed or ActionState.Expired => 1,
            _ => 0,
        };
        contain["countermeasures"] = new JsonArray(Countermeasure(action.Kind == ActionKind.SuspendActor ? "D3-AL" : "D3-CR", "Evict"));
        yield return contain;
        if (action.State is not (ActionState.Reversed or ActionState.Expired))
            yield break;
        var restore = Remediation(action, 3, action.ChangedAt, program);
        restore["command_uid"] = action.Key + "/restore";
        restore["status_id"] = 1;
        restore["countermeasures"] = new JsonArray(Countermeasure(action.Kind == ActionKind.SuspendActor ? "D3-ULA" : "D3-RNA", "Restore"));
        yield return restore;
    }

    private static JsonObject Remediation(ContainmentAction action, int activity, DateTimeOffset at, string program)
    {
        var document = Base(7, 7001, activity, at, Severity.Informational, program);
        document["message"] = $"{action.Kind} of {action.Target}: {action.Reason}";
        document["unmapped"] = new JsonObject
        {
            ["incident_id"] = action.IncidentId,
            ["transaction"] = activity == 1 ? action.TransactionId : action.ReversalTransactionId,
            ["evidence_hash"] = action.EvidenceHash,
        };
        return document;
    }

    private static JsonObject Countermeasure(string technique, string tactic) => new()
    {
        ["d3f_tactic"] = new JsonObject { ["name"] = tactic },
        ["d3f_technique"] = new JsonObject { ["uid"] = technique },
    };

    private static JsonObject FindingInfo(Alert alert) => new()
    {
        ["uid"] = alert.Id,
        ["title"] = alert.Reason,
        ["first_seen_time"] = alert.At.ToUnixTimeMilliseconds(),
        ["analytic"] = new JsonObject { ["name"] = alert.Source, ["uid"] = alert.Rule?.Id ?? alert.Source, ["type_id"] = alert.Kind == AlertKind.Rule ? 1 : 2 },
        ["attacks"] = new JsonArray([.. AttackNames.TechniquesOf(alert.Tags).Select(id =>
            (JsonNode)new JsonObject { ["technique"] = new JsonObject { ["uid"] = id }, ["version"] = "19" })]),
    };

    private static JsonObject Base(int category, int type, int activity, DateTimeOffset at, Severity severity,
        string program) => new()
        {
            ["category_uid"] = category,
            ["class_uid"] = type,
            ["activity_id"] = activity,
            ["type_uid"] = (type * 100) + activity,
            ["severity_id"] = (int)severity + 1,
            ["time"] = at.ToUnixTimeMilliseconds(),
            ["metadata"] = new JsonObject
            {
                ["version"] = SchemaVersion,
                ["product"] = new JsonObject { ["name"] = "SentinelHealth", ["vendor_name"] = "SentinelHealth", ["version"] = program },
            },
        };

    private static int VerdictOf(string? verdict) => verdict?.ToLower(CultureInfo.InvariantCulture) switch
    {
        null => 0,
        "false-positive" => 1,
        "true-positive" => 2,
        "benign" => 5,
        "duplicate" => 10,
        _ => 99,
    };
}
