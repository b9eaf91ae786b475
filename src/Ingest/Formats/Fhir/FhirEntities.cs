using System.Text;
using System.Text.Json;
using SentinelHealth.Ingest.Formats.Records;

namespace SentinelHealth.Ingest.Formats.Fhir;

/// <summary>What an audit event is about: patients, records, a query, a consent, a request.</summary>
internal sealed class FhirEntities
{
    private const string PatientRole = "1", QueryRole = "24", PersonType = "1";

    private FhirEntities(JsonElement audit)
    {
        if (FhirReference.Identify(audit.Member("patient"), "patient") is { } subject)
            Add(subject);
        foreach (var entity in audit.Items("entity"))
            Sort(entity);
    }

    /// <summary>Patients, each once, in order.</summary>
    public List<string> Patients { get; } = [];

    /// <summary>Data objects as <c>Type/id</c>.</summary>
    public List<string> Records { get; } = [];

    /// <summary>The labels of confidentiality and handling of all entities.</summary>
    public List<string> Labels { get; } = [];

    /// <summary>The consent that was decided on or cited.</summary>
    public string? ConsentId { get; private set; }

    /// <summary>The request as sent, decoded; null when there is none or it is not base64.</summary>
    public byte[]? Query { get; private set; }

    /// <summary>Whether a query is there and is not base64.</summary>
    public bool IsQueryBroken { get; private set; }

    /// <summary>The token's identifier in an authorization decision.</summary>
    public string? TokenId { get; private set; }

    public static FhirEntities Of(JsonElement audit) => new(audit);

    /// <summary>The X-Request-Id the client sent, which all audit events of one request carry; null when there is none.</summary>
    public static string? RequestId(JsonElement audit)
    {
        foreach (var entity in audit.Items("entity"))
            if (IsRequest(entity))
                return entity.Member("what", "identifier").Text("value");
        return null;
    }

    /// <summary>The query as text when it is printable; null otherwise.</summary>
    public string? QueryText() => Query is { } query && !TextRules.HasControl(query) && System.Text.Unicode.Utf8.IsValid(query)
        ? Encoding.UTF8.GetString(query) : null;

    private void Sort(JsonElement entity)
    {
        Labels.AddRange(FhirCoding.Of(entity.Member("securityLabel")).Select(coding => coding.Code));
        var what = entity.Member("what");
        var type = FhirReference.TypeOf(what);
        if (IsRequest(entity))
            return;
        if (entity.Member("query").IsPresent() || FhirCoding.Has(entity.Member("role"), QueryRole))
            ReadQuery(entity);
        else if (type == "Consent")
            ConsentId ??= what.Member("identifier").Text("value") ?? FhirReference.Relative(what)?["Consent/".Length..];
        else if (type == "Patient" || (type is null && IsPatient(entity)))
            Add(FhirReference.Identify(what, "patient"));
        else if (IsToken(entity))
            TokenId ??= what.Member("identifier").Text("value");
        else if ((FhirReference.Relative(what) ?? what.Member("identifier").Text("value")) is { } record)
            Records.Add(record);
    }

    private void ReadQuery(JsonElement entity)
    {
        if (entity.Text("query") is not { } base64)
            return;
        var buffer = new byte[(base64.Length / 4 * 3) + 3];
        if (Convert.TryFromBase64String(base64, buffer, out var written))
            Query ??= buffer[..written];
        else
            IsQueryBroken = true;
    }

    private void Add(string? patient)
    {
        if (patient is not null && !Patients.Contains(patient))
            Patients.Add(patient);
    }

    private static bool IsPatient(JsonElement entity) =>
        FhirCoding.Has(entity.Member("role"), PatientRole) || FhirCoding.Has(entity.Member("type"), PersonType);

    private static bool IsRequest(JsonElement entity) => HasCode(entity, "XrequestId");

    private static bool IsToken(JsonElement entity) => HasCode(entity, "jti")
        || (entity.Member("what", "identifier").Text("system") ?? string.Empty).EndsWith(":jti", StringComparison.Ordinal);

    /// <summary>R5 dropped the entity's type, so the code may stand in its role.</summary>
    private static bool HasCode(JsonElement entity, string code) =>
        FhirCoding.Of(entity.Member("type")).Concat(FhirCoding.Of(entity.Member("role")))
            .Any(coding => coding.Code.Equals(code, StringComparison.OrdinalIgnoreCase));
}
