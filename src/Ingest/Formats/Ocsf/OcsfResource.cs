using System.Text.Json;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats.Records;

namespace SentinelHealth.Ingest.Formats.Ocsf;

/// <summary>One of the things an event touched, and the patient it belongs to.</summary>
/// <param name="Index">Its place in the record's list.</param>
/// <param name="RecordId">What it is called; null when it is the patient and nothing else.</param>
/// <param name="Type">Its type; null when not stated.</param>
/// <param name="Subject">The patient; null when none is known.</param>
internal sealed record OcsfResource(int Index, string? RecordId, string? Type, string? Subject)
{
    /// <summary>
    /// The resources that are events of their own. A single patient among other resources is whom these concern and no event; several
    /// patients cannot be told apart by resource, so each is one.
    /// </summary>
    public static IReadOnlyList<OcsfResource> All(JsonElement record, OcsfClass ocsfClass)
    {
        var listed = record.Items(ocsfClass.Uid == OcsfClass.Datastore && !record.Member("resources").IsPresent() ? "table" : "resources")
            .Where(resource => resource.ValueKind == JsonValueKind.Object).Select(Of)
            // What has no name cannot be told from the record as a whole.
            .Where(resource => resource.RecordId is not null || resource.Subject is not null).ToList();
        var patients = listed.Where(resource => resource.Subject is not null).ToList();
        if (patients.Count != 1 || listed.Count == 1)
            return listed;
        var subject = patients[0].Subject;
        return [.. listed.Where(resource => resource.Subject is null).Select(resource => resource with { Subject = subject })];
    }

    public void Fill(NativeDraft draft)
    {
        draft[TextField.Subject] = Subject;
        draft.Argument("recordId", RecordId);
        draft.Argument("resourceType", Type);
    }

    private static OcsfResource Of(JsonElement resource, int index)
    {
        var uid = resource.Text("uid") ?? resource.Text("name");
        var type = resource.Text("type");
        var isPatient = type?.Equals("patient", StringComparison.OrdinalIgnoreCase) == true;
        if (uid is not null && uid.StartsWith("Patient/", StringComparison.Ordinal))
            return new(index, null, "Patient", $"patient:{uid["Patient/".Length..]}");
        if (uid is not null && uid.StartsWith("patient:", StringComparison.Ordinal))
            return new(index, null, "Patient", uid);
        return isPatient && uid is not null
            ? new(index, null, "Patient", $"patient:{uid}")
            : new(index, uid, type, null);
    }
}
