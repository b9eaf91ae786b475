using System.Text.Json.Nodes;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Dashboard.Api;

/// <summary>OperationOutcomes and what else FHIR answers are made of.</summary>
internal static class FhirOutcomes
{
    public const string MediaType = "application/fhir+json";

    public static IResult Refuse(int status, string code, string detail) => Json(status, Outcome("error", code, detail));

    public static IResult Json(int status, JsonNode body) =>
        Results.Content(body.ToJsonString(), MediaType, System.Text.Encoding.UTF8, status);

    public static JsonObject Outcome(string severity, string code, string detail) => new()
    {
        ["resourceType"] = "OperationOutcome",
        ["issue"] = new JsonArray(new JsonObject { ["severity"] = severity, ["code"] = code, ["diagnostics"] = detail }),
    };

    /// <summary>What could not be read is a bad request; what was read and is no audit event cannot be processed.</summary>
    public static int StatusOf(RejectionReason reason) => reason switch
    {
        RejectionReason.TooLarge => StatusCodes.Status413PayloadTooLarge,
        RejectionReason.NotJson or RejectionReason.NotUtf8 or RejectionReason.NotXml or RejectionReason.TooDeep
            or RejectionReason.DuplicateField or RejectionReason.UnknownSchema => StatusCodes.Status400BadRequest,
        _ => StatusCodes.Status422UnprocessableEntity,
    };

    /// <summary>The issue type of a reason.</summary>
    public static string CodeOf(RejectionReason reason) => reason switch
    {
        RejectionReason.TooLarge => "too-long",
        RejectionReason.MissingField => "required",
        RejectionReason.InvalidValue or RejectionReason.WrongType => "value",
        RejectionReason.UnknownSchema => "not-supported",
        _ => "structure",
    };
}
