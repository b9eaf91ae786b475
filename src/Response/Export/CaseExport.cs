using System.Text.Json.Nodes;
using SentinelHealth.Response.Incidents;

namespace SentinelHealth.Response.Export;

/// <summary>An incident as text in the format of another system.</summary>
public static class CaseExport
{
    /// <summary>The formats' names.</summary>
    public static IReadOnlyList<string> Formats { get; } = ["ocsf", "ecs", "stix", "cef", "fhir"];

    /// <summary>The text: OCSF, ECS and CEF one document a line, STIX and FHIR one bundle. Pure; O(alerts + actions).</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such format.</exception>
    public static string Of(IncidentDossier dossier, string format)
    {
        ArgumentNullException.ThrowIfNull(dossier);
        return format switch
        {
            "ocsf" => Lines(OcsfDocuments.Of(dossier)),
            "ecs" => Lines(EcsDocuments.Of(dossier)),
            "stix" => StixBundle.Of(dossier).ToJsonString(),
            "cef" => string.Concat(dossier.Alerts.Select(alert => CefLine.Of(alert, dossier.Versions.Program) + "\n")),
            "fhir" => FhirRecords.Of(dossier).ToJsonString(),
            _ => throw new ArgumentOutOfRangeException(nameof(format)),
        };
    }

    private static string Lines(IReadOnlyList<JsonObject> documents) =>
        string.Concat(documents.Select(document => document.ToJsonString() + "\n"));
}
