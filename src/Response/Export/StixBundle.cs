using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SentinelHealth.Response.Incidents;

namespace SentinelHealth.Response.Export;

/// <summary>An incident as a STIX 2.1 bundle: who says it, the incident, its techniques and what was done.</summary>
public static class StixBundle
{
    private const string Tlp = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421";

    /// <summary>The bundle. Identifiers come from the content, so the same incident gives the same bundle. Pure; O(alerts + actions).</summary>
    public static JsonObject Of(IncidentDossier dossier)
    {
        ArgumentNullException.ThrowIfNull(dossier);
        var at = Time(dossier.CollectedAt);
        var identity = Object("identity", "SentinelHealth", at);
        identity["name"] = "SentinelHealth";
        identity["identity_class"] = "system";
        var incident = Object("incident", dossier.Incident.Id, at);
        incident["name"] = dossier.Incident.Title;
        incident["external_references"] = new JsonArray(new JsonObject { ["source_name"] = "sentinelhealth", ["external_id"] = dossier.Incident.Id });
        var objects = new List<JsonObject> { identity, incident };
        foreach (var technique in AttackNames.TechniquesOf(dossier.Incident.Tags))
        {
            var pattern = Object("attack-pattern", technique, at);
            pattern["name"] = technique;
            pattern["external_references"] = new JsonArray(new JsonObject { ["source_name"] = "mitre-attack", ["external_id"] = technique });
            objects.Add(pattern);
            objects.Add(Relation("related-to", incident, pattern, at));
        }
        foreach (var item in dossier.Actions)
        {
            var action = Object("course-of-action", item.Action.Key, at);
            action["name"] = $"{item.Action.Kind} of {item.Action.Target}";
            action["description"] = item.Action.Reason;
            objects.Add(action);
            objects.Add(Relation("related-to", action, incident, at));
        }
        foreach (var item in objects.Where(item => item != identity))
        {
            item["created_by_ref"] = identity["id"]!.GetValue<string>();
            item["object_marking_refs"] = EcsDocuments.Texts([Tlp]);
        }
        return new JsonObject
        {
            ["type"] = "bundle",
            ["id"] = $"bundle--{Uuid("bundle", dossier.Incident.Id + at)}",
            ["objects"] = new JsonArray([.. objects]),
        };
    }

    private static JsonObject Relation(string name, JsonObject from, JsonObject to, string at)
    {
        var (source, target) = (from["id"]!.GetValue<string>(), to["id"]!.GetValue<string>());
        var relation = Object("relationship", source + name + target, at);
        relation["relationship_type"] = name;
        relation["source_ref"] = source;
        relation["target_ref"] = target;
        return relation;
    }

    private static JsonObject Object(string type, string name, string at) => new()
    {
        ["type"] = type,
        ["spec_version"] = "2.1",
        ["id"] = $"{type}--{Uuid(type, name)}",
        ["created"] = at,
        ["modified"] = at,
    };

    /// <summary>A UUID from a name, in the form that validators of STIX expect of names.</summary>
    private static string Uuid(string type, string name)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"sentinelhealth/{type}/{name}"));
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true).ToString();
    }

    private static string Time(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
