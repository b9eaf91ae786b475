using System.Text.Json;
using SentinelHealth.Ingest.Formats.Records;

namespace SentinelHealth.Ingest.Formats.Fhir;

/// <summary>One code with its system.</summary>
internal readonly record struct FhirCoding(string? System, string Code)
{
    public const string Dicom = "http://dicom.nema.org/resources/ontology/DCM";
    public const string ActReason = "http://terminology.hl7.org/CodeSystem/v3-ActReason";

    /// <summary>The codes of a Coding, a CodeableConcept or a list of either: R4 and R5 differ in which of them stands where.</summary>
    public static IEnumerable<FhirCoding> Of(JsonElement value)
    {
        foreach (var item in value.Items())
        {
            if (item.Text("code") is { } code)
                yield return new(item.Text("system"), code);
            foreach (var coding in item.Items("coding"))
                if (coding.Text("code") is { } inner)
                    yield return new(coding.Text("system"), inner);
        }
    }

    public static bool Has(JsonElement value, string code) => Of(value).Any(coding => coding.Code == code);

    public static bool HasDicom(JsonElement value, string code) =>
        Of(value).Any(coding => coding.Code == code && coding.System is null or Dicom or "DCM");

    /// <summary>The first code, or the text of a CodeableConcept without one.</summary>
    public static string? First(JsonElement value) => Of(value).Select(coding => coding.Code).FirstOrDefault()
        ?? value.Items().Select(item => item.Text("text")).FirstOrDefault(text => text is not null);
}
