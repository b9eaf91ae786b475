using System.Text.Json;
using SentinelHealth.Ingest.Formats.Records;

namespace SentinelHealth.Ingest.Formats.Fhir;

/// <summary>What a stored audit event can be found by (ITI-81): when it was recorded, and whom and what it names.</summary>
/// <remarks>
/// Names lead to candidates; whether one really is what was asked for says <see cref="AuditEventSearch.Matches"/>. Bounded: at most
/// <see cref="NamesMax"/> of each kind, and none longer than <see cref="NameCharactersMax"/>, which nobody can ask for.
/// </remarks>
public sealed record AuditEventKeys
{
    /// <summary>Names of one kind kept of one audit event.</summary>
    public const int NamesMax = 200;

    /// <summary>Longest name kept.</summary>
    public const int NameCharactersMax = 512;

    private AuditEventKeys(JsonElement audit, DateTimeOffset recorded)
    {
        Audit = JsonReading.Raw(audit);
        Recorded = recorded;
        Patients = Kept(FhirEntities.Of(audit).Patients.Select(PatientName));
        Agents = Kept(audit.Items("agent").SelectMany(agent => NamesOf(agent.Member("who"))));
        Entities = Kept(audit.Items("entity").Select(entity => entity.Member("what")).Append(audit.Member("patient")).SelectMany(NamesOf));
    }

    /// <summary>The audit event as it was received.</summary>
    public ReadOnlyMemory<byte> Audit { get; }

    /// <summary>When it says it was recorded.</summary>
    public DateTimeOffset Recorded { get; }

    /// <summary>The patients it is about, as <see cref="PatientName"/> writes them.</summary>
    public IReadOnlyList<string> Patients { get; }

    /// <summary>Who took part: identifiers, references, and the ids of these alone.</summary>
    public IReadOnlyList<string> Agents { get; }

    /// <summary>What it is about: identifiers, references, and the ids of these alone.</summary>
    public IReadOnlyList<string> Entities { get; }

    /// <summary>The keys of a native record that carries an audit event; null for any other. O(bytes); others cost one search for a marker.</summary>
    /// <param name="record">A record as the log holds it.</param>
    public static AuditEventKeys? Of(ReadOnlyMemory<byte> record)
    {
        if (record.Span.IndexOf("\"format\":\"fhir."u8) < 0)
            return null;
        try
        {
            using var document = JsonDocument.Parse(record, new() { MaxDepth = 64 });
            var audit = document.RootElement.Member("original");
            return audit.Text("resourceType") == "AuditEvent"
                && Rfc3339.TryParse(System.Text.Encoding.UTF8.GetBytes(audit.Text("recorded") ?? string.Empty), out var recorded)
                ? new AuditEventKeys(audit, recorded) : null;
        }
        catch (JsonException)
        {
            // The log holds what was decoded before; whatever else is in it is no audit event.
            return null;
        }
    }

    /// <summary>The patients an audit event is about, as <see cref="PatientName"/> writes them; none when it is no audit event.</summary>
    /// <param name="audit">An audit event as it was received.</param>
    public static IReadOnlyList<string> PatientsOf(ReadOnlyMemory<byte> audit)
    {
        try
        {
            using var document = JsonDocument.Parse(audit, new() { MaxDepth = 64 });
            return Kept(FhirEntities.Of(document.RootElement).Patients.Select(PatientName));
        }
        catch (JsonException)
        {
            // What is no JSON is about nobody.
            return [];
        }
    }

    /// <summary>How a patient is kept and asked for: without the resource's type before the identifier.</summary>
    public static string PatientName(string patient)
    {
        ArgumentNullException.ThrowIfNull(patient);
        foreach (var kind in (ReadOnlySpan<string>)["Patient/", "patient:"])
            if (patient.StartsWith(kind, StringComparison.Ordinal))
                patient = patient[kind.Length..];
        return patient;
    }

    private static IEnumerable<string> NamesOf(JsonElement reference)
    {
        if (reference.Member("identifier").Text("value") is { } value)
            yield return value;
        if (FhirReference.Relative(reference) is not { } known)
            yield break;
        yield return known;
        for (var slash = known.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = known.IndexOf('/', slash + 1))
            yield return known[(slash + 1)..];
    }

    private static List<string> Kept(IEnumerable<string> names) =>
        [.. names.Where(name => name.Length is > 0 and <= NameCharactersMax).Distinct(StringComparer.Ordinal).Take(NamesMax)];
}
