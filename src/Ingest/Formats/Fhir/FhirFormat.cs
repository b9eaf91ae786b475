using System.Text.Json;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats.Records;

namespace SentinelHealth.Ingest.Formats.Fhir;

/// <summary>FHIR AuditEvent in the shapes of R4 (with the BALP profiles) and R5, alone or in a Bundle (ITI-20).</summary>
internal sealed class FhirFormat : IRecordFormat
{
    private static readonly string[] BundleTypes = ["batch", "transaction", "collection", "searchset"];

    public bool Recognizes(JsonElement record) => record.Text("resourceType") is "AuditEvent" or "Bundle";

    public void Read(JsonElement record, RecordScope scope)
    {
        if (record.Text("resourceType") == "AuditEvent")
            AuditEventReader.Read(record, scope, requestEvents: 1);
        else
            ReadBundle(record, scope);
    }

    private static void ReadBundle(JsonElement bundle, RecordScope scope)
    {
        var entries = bundle.Member("entry");
        if (!BundleTypes.Contains(bundle.Text("type")))
            Refuse(bundle, scope, RejectionReason.InvalidValue, "A Bundle of audit events is a batch, transaction, collection or searchset.");
        else if (entries.ValueKind != JsonValueKind.Array || entries.GetArrayLength() == 0)
            Refuse(bundle, scope, RejectionReason.MissingField, "The Bundle has no entry.");
        else
            ReadEntries(entries, scope);
    }

    private static void ReadEntries(JsonElement entries, RecordScope scope)
    {
        var requests = CountRequests(entries);
        var index = 0;
        foreach (var entry in entries.EnumerateArray())
        {
            var at = scope.At($"Bundle.entry[{index++}]");
            var resource = entry.Member("resource");
            if (resource.ValueKind != JsonValueKind.Object)
                Refuse(entry, at, RejectionReason.MissingField, "The entry has no resource.");
            else if (resource.Text("resourceType") != "AuditEvent")
                Refuse(resource, at, RejectionReason.UnknownSchema, "The entry's resource is not an AuditEvent.");
            else if (entry.Member("request", "method") is { ValueKind: not JsonValueKind.Undefined } method && method.Text() != "POST")
                Refuse(resource, at, RejectionReason.InvalidValue, "Audit events are created and nothing else: the entry's method must be POST.");
            else
                AuditEventReader.Read(
                    resource, at, requests.GetValueOrDefault(FhirEntities.RequestId(resource) ?? string.Empty, 1));
            if (scope.IsFull)
                return;
        }
    }

    /// <summary>How many audit events of the bundle report each request: a search is reported once for every patient it found.</summary>
    private static Dictionary<string, int> CountRequests(JsonElement entries)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in entries.EnumerateArray())
            if (FhirEntities.RequestId(entry.Member("resource")) is { } request)
                counts[request] = counts.GetValueOrDefault(request) + 1;
        return counts;
    }

    private static void Refuse(JsonElement what, RecordScope scope, RejectionReason reason, string detail) =>
        scope.Refuse(new(reason, detail, -1), JsonReading.Raw(what));
}
