using System.Globalization;
using System.Text.Json.Nodes;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Incidents;

namespace SentinelHealth.Response.Export;

/// <summary>Our own actions as FHIR R4: an AuditEvent (security alert) and a Provenance for each containment, in one batch Bundle.</summary>
public static class FhirRecords
{
    private const string Dicom = "http://dicom.nema.org/resources/ontology/DCM";

    /// <summary>The bundle. Pure; O(actions).</summary>
    public static JsonObject Of(IncidentDossier dossier)
    {
        ArgumentNullException.ThrowIfNull(dossier);
        var entries = dossier.Actions.SelectMany(item => new[] { AuditEvent(item), Provenance(item) })
            .Select(resource => (JsonNode)new JsonObject
            {
                ["resource"] = resource,
                ["request"] = new JsonObject { ["method"] = "POST", ["url"] = resource["resourceType"]!.GetValue<string>() },
            });
        return new JsonObject { ["resourceType"] = "Bundle", ["type"] = "batch", ["entry"] = new JsonArray([.. entries]) };
    }

    private static JsonObject AuditEvent(DossierAction item)
    {
        var action = item.Action;
        var people = item.Approvals.Select(approval => (JsonNode)Agent("110152", approval.ApprovedBy, isRequestor: true));
        return new JsonObject
        {
            ["resourceType"] = "AuditEvent",
            ["type"] = Coding(Dicom, "110113"),
            ["subtype"] = new JsonArray(Coding("urn:sentinelhealth:action", action.Kind.ToString())),
            ["action"] = "E",
            ["recorded"] = Time(action.ChangedAt),
            ["outcome"] = action.State is ActionState.Refused ? "8" : "0",
            ["outcomeDesc"] = action.Detail.Length > 0 ? action.Detail : action.Reason,
            ["agent"] = new JsonArray([Agent("110150", "SentinelHealth", isRequestor: item.Approvals.Count == 0), .. people]),
            ["source"] = new JsonObject
            {
                ["observer"] = new JsonObject { ["display"] = "SentinelHealth" },
                ["type"] = new JsonArray(Coding("http://terminology.hl7.org/CodeSystem/security-source-type", "4")),
            },
            ["entity"] = new JsonArray(new JsonObject
            {
                ["what"] = Identifier("urn:sentinelhealth:entity", action.Target.Id),
                ["type"] = Coding("http://terminology.hl7.org/CodeSystem/audit-entity-type", "2"),
            }),
        };
    }

    private static JsonObject Provenance(DossierAction item)
    {
        var action = item.Action;
        return new JsonObject
        {
            ["resourceType"] = "Provenance",
            ["target"] = new JsonArray(Identifier("urn:sentinelhealth:action", action.Key)),
            ["recorded"] = Time(action.ChangedAt),
            ["activity"] = new JsonObject { ["text"] = action.Kind.ToString() },
            ["agent"] = new JsonArray([.. item.Approvals.Select(approval => approval.ApprovedBy).Prepend("SentinelHealth")
                .Select(name => (JsonNode)new JsonObject { ["who"] = new JsonObject { ["display"] = name } })]),
            ["entity"] = new JsonArray(new JsonObject
            {
                ["role"] = "source",
                ["what"] = Identifier("urn:sentinelhealth:evidence", action.EvidenceHash),
            }),
        };
    }

    private static JsonObject Agent(string code, string name, bool isRequestor) => new()
    {
        ["type"] = new JsonObject { ["coding"] = new JsonArray(Coding(Dicom, code)) },
        ["who"] = new JsonObject { ["display"] = name },
        ["requestor"] = isRequestor,
    };

    private static JsonObject Identifier(string system, string value) =>
        new() { ["identifier"] = new JsonObject { ["system"] = system, ["value"] = value } };

    private static JsonObject Coding(string system, string code) => new() { ["system"] = system, ["code"] = code };

    private static string Time(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
