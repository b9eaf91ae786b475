using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Dashboard.Api;

/// <summary>
/// The audit repository's side of IHE ATNA over FHIR: ITI-20 takes audit events in (<c>POST /fhir/AuditEvent</c>, or a batch at
/// <c>POST /fhir</c>), ITI-81 gives them out (<c>GET /fhir/AuditEvent</c>).
/// </summary>
internal static class FhirApi
{
    /// <summary>As long as a record may be.</summary>
    private const int BodyBytesMax = 1024 * 1024;

    private static readonly string[] MediaTypes = [FhirOutcomes.MediaType, "application/json"];

    public static void MapFhirSearch(this IEndpointRouteBuilder app) =>
        app.MapGet("/fhir/AuditEvent", FhirSearch.SearchAsync).RequireAuthorization(Policies.View)
            .WithName("SearchAuditEvents").WithSummary("ITI-81: audit events by date, patient, agent, entity, type and outcome");

    public static void MapFhirIntake(this IEndpointRouteBuilder app)
    {
        var fhir = app.MapGroup("/fhir");
        fhir.MapPost("/AuditEvent", CreateAsync).RequireAuthorization(Policies.Ingest)
            .WithMetadata(new RequestSizeLimitAttribute(BodyBytesMax + 1))
            .WithName("CreateAuditEvent").WithSummary("ITI-20: takes one FHIR audit event in; answers when it is durable");
        fhir.MapPost("", BatchAsync).RequireAuthorization(Policies.Ingest)
            .WithMetadata(new RequestSizeLimitAttribute(BodyBytesMax + 1))
            .WithName("BatchAuditEvents").WithSummary("ITI-20: takes a batch Bundle of FHIR audit events in");
    }

    private static async Task<IResult> CreateAsync(
        HttpContext context, IIntake intake, ClaimsPrincipal sender, CancellationToken cancel)
    {
        if (await ReadAsync(context.Request, "AuditEvent", cancel) is not { Body: { } body } read)
            return FhirOutcomes.Refuse(StatusCodes.Status415UnsupportedMediaType, "not-supported",
                "Send application/fhir+json, uncompressed.");
        if (read.Refusal is { } refusal)
            return refusal;
        var result = await intake.AcceptAsync(Identities.NameOf(sender), [new(body, Place())], cancel);
        if (result.DeadLettered.Count > 0)
            return Refusal(result.DeadLettered[0]);
        var isNew = result.Accepted > 0;
        return FhirOutcomes.Json(
            isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK,
            FhirOutcomes.Outcome("information", "informational", isNew ? "The audit event is durable."
                : "It was reported before."));
    }

    private static async Task<IResult> BatchAsync(
        HttpContext context, IIntake intake, ClaimsPrincipal sender, CancellationToken cancel)
    {
        if (await ReadAsync(context.Request, "Bundle", cancel) is not { Body: { } body } read)
            return FhirOutcomes.Refuse(StatusCodes.Status415UnsupportedMediaType, "not-supported",
                "Send application/fhir+json, uncompressed.");
        if (read.Refusal is { } refusal)
            return refusal;
        var place = Place();
        var result = await intake.AcceptAsync(Identities.NameOf(sender), [new(body, place)], cancel);
        if (result.DeadLettered.FirstOrDefault(letter => letter.Place == place) is { } whole)
            return Refusal(whole);
        return FhirOutcomes.Json(StatusCodes.Status200OK, BatchResponse(read.Entries, result.DeadLettered));
    }

    /// <summary>One answer for each entry, in order, as the specification of a batch asks for.</summary>
    private static JsonObject BatchResponse(int entries, IReadOnlyList<DeadLetter> letters)
    {
        var answers = new JsonArray();
        for (var i = 0; i < entries; i++)
        {
            var within = string.Create(CultureInfo.InvariantCulture, $" Bundle.entry[{i}]");
            var letter = letters.FirstOrDefault(letter => letter.Place.EndsWith(within, StringComparison.Ordinal)
                || letter.Place.Contains(within + ".", StringComparison.Ordinal));
            var response = new JsonObject { ["status"] = letter is null ? "201" : StatusText(letter) };
            if (letter is not null)
                response["outcome"] = OutcomeOf(letter);
            answers.Add(new JsonObject { ["response"] = response });
        }
        return new JsonObject { ["resourceType"] = "Bundle", ["type"] = "batch-response", ["entry"] = answers };
    }

    private static string StatusText(DeadLetter letter) =>
        FhirOutcomes.StatusOf(letter.Rejection.Reason).ToString(CultureInfo.InvariantCulture);

    private static JsonObject OutcomeOf(DeadLetter letter) =>
        FhirOutcomes.Outcome("error", FhirOutcomes.CodeOf(letter.Rejection.Reason), letter.Rejection.Detail);

    private static IResult Refusal(DeadLetter letter) =>
        FhirOutcomes.Json(FhirOutcomes.StatusOf(letter.Rejection.Reason), OutcomeOf(letter));

    private static string Place() => $"fhir request {Guid.CreateVersion7():N}";

    /// <summary>The body and what is wrong with it before it is anybody's record. No body when the media type is not one of ours.</summary>
    private static async Task<RequestedResource> ReadAsync(HttpRequest request, string resourceType, CancellationToken cancel)
    {
        var type = request.ContentType?.Split(';')[0].Trim();
        if (!MediaTypes.Contains(type, StringComparer.OrdinalIgnoreCase) || request.Headers.ContentEncoding.Count > 0)
            return default;
        using var held = new MemoryStream();
        await request.Body.CopyToAsync(held, cancel);
        var body = held.ToArray();
        if (body.Length > BodyBytesMax)
            return new(body, 0, FhirOutcomes.Refuse(StatusCodes.Status413PayloadTooLarge, "too-long", $"At most {BodyBytesMax} bytes are taken."));
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            var isExpected = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("resourceType", out var named)
                && named.ValueKind == JsonValueKind.String && named.ValueEquals(resourceType);
            if (!isExpected)
                return new(body, 0, FhirOutcomes.Refuse(StatusCodes.Status400BadRequest, "invalid", $"The body is not of type {resourceType}."));
            var entries = root.TryGetProperty("entry", out var list) && list.ValueKind == JsonValueKind.Array
                ? list.GetArrayLength() : 0;
            return new(body, entries, null);
        }
        catch (JsonException)
        {
            return new(body, 0, FhirOutcomes.Refuse(
                FhirOutcomes.StatusOf(RejectionReason.NotJson), "structure", "The body is not well-formed JSON."));
        }
    }

    private readonly record struct RequestedResource(byte[]? Body, int Entries, IResult? Refusal);
}
