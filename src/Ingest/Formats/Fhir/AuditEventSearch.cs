using System.Text.Json;
using SentinelHealth.Ingest.Formats.Records;

namespace SentinelHealth.Ingest.Formats.Fhir;

/// <summary>Which stored audit events are asked for (ITI-81). What is null is not asked about; what is given must all hold.</summary>
/// <remarks>Pure. Matching is O(bytes of the audit event); <see cref="AuditEventKeys"/> leads to those worth asking.</remarks>
public sealed record AuditEventSearch
{
    private static readonly string[] TypeMembers = ["type", "subtype", "category", "code"];

    /// <summary>The earliest time of recording.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The first time of recording that is too late.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>A patient: <c>Patient/id</c>, the id alone, or an identifier's value.</summary>
    public string? Patient { get; init; }

    /// <summary>An agent: a reference, its id alone, or an identifier's value.</summary>
    public string? Agent { get; init; }

    /// <summary>What the event is about: a reference or an identifier's value.</summary>
    public string? Entity { get; init; }

    /// <summary>A code of the type or subtype; in R5 of the category or code.</summary>
    public string? Type { get; init; }

    /// <summary>A code of the outcome.</summary>
    public string? Outcome { get; init; }

    /// <summary>C, R, U, D or E.</summary>
    public string? Action { get; init; }

    /// <summary>Whether an audit event is asked for.</summary>
    /// <param name="audit">An audit event as it was received.</param>
    public bool Matches(ReadOnlyMemory<byte> audit)
    {
        try
        {
            using var document = JsonDocument.Parse(audit, new() { MaxDepth = 64 });
            return IsAskedFor(document.RootElement);
        }
        catch (JsonException)
        {
            // What is no JSON is nobody's audit event.
            return false;
        }
    }

    private bool IsAskedFor(JsonElement audit)
    {
        if (!Rfc3339.TryParse(System.Text.Encoding.UTF8.GetBytes(audit.Text("recorded") ?? string.Empty), out var recorded)
            || recorded < From || recorded >= To)
            return false;
        if (Action is not null && audit.Text("action") != Action)
            return false;
        if (Type is not null && !TypeMembers.Any(member => FhirCoding.Has(audit.Member(member), Type)))
            return false;
        if (Outcome is not null && audit.Text("outcome") != Outcome && !FhirCoding.Has(audit.Member("outcome", "code"), Outcome))
            return false;
        if (Agent is not null && !audit.Items("agent").Any(agent => Names(agent.Member("who"), Agent)))
            return false;
        var entities = audit.Items("entity").Select(entity => entity.Member("what")).Append(audit.Member("patient")).ToList();
        return (Entity is null || entities.Exists(what => Names(what, Entity)))
            && (Patient is null || IsAbout(audit, Patient));
    }

    private static bool IsAbout(JsonElement audit, string patient)
    {
        var id = patient.StartsWith("Patient/", StringComparison.Ordinal) ? patient["Patient/".Length..] : patient;
        return FhirEntities.Of(audit).Patients.Exists(known => known == id || known == $"patient:{id}");
    }

    /// <summary>Whether a reference means what is asked for; the type may be left out.</summary>
    private static bool Names(JsonElement reference, string asked)
    {
        if (reference.Member("identifier").Text("value") == asked)
            return true;
        var known = FhirReference.Relative(reference);
        return known is not null && (known == asked || known.EndsWith("/" + asked, StringComparison.Ordinal));
    }
}
