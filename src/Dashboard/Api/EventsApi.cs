using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats.CloudEvents;
using SentinelHealth.Ingest.Intake;

namespace SentinelHealth.Dashboard.Api;

/// <summary>One refused record: its position in the body from 0, and why.</summary>
internal sealed record RejectionAnswer(long Index, string Reason, string Detail);

/// <summary>What became of a request's records. Everything it counts is durable.</summary>
internal sealed record EventsAnswer(
    string RequestId, long Received, long Accepted, long Duplicates, long DeadLettered,
    IReadOnlyList<RejectionAnswer> Rejections);

/// <summary>
/// <c>POST /api/v1/events</c>: NDJSON, a JSON array, or a single object, of any accepted format; or one CloudEvent in binary mode, its
/// attributes in <c>ce-</c> headers.
/// </summary>
internal static class EventsApi
{
    private const string VersionHeader = "ce-specversion";
    private const int BinaryBytesMax = 700 * 1024;

    private static readonly string[] MediaTypes =
        ["application/json", "application/cloudevents+json", "application/cloudevents-batch+json", "application/fhir+json", "application/x-ndjson",
         "application/ndjson", "application/jsonl", "application/json-lines", "text/plain"];

    public static void MapEvents(this IEndpointRouteBuilder api) =>
        api.MapPost("/events", AcceptAsync).RequireAuthorization(Policies.Ingest)
            .WithMetadata(new RequestSizeLimitAttribute(WebHostSetup.EventBytesMax))
            // No list of media types for the router: its own refusal would come before the policy and name no reason.
            .WithName("PostEvents").WithSummary("Takes events in; answers when they are durable");

    private static async Task<Results<Ok<EventsAnswer>, ProblemHttpResult>> AcceptAsync(
        HttpContext context, HttpIntake intake, ClaimsPrincipal sender, CancellationToken cancel)
    {
        var request = context.Request;
        if (request.Headers.ContainsKey(VersionHeader) && request.Headers.ContentEncoding.Count == 0)
            return await AcceptBinaryAsync(request, intake, sender, cancel);
        if (request.ContentType is { } type && !MediaTypes.Contains(type.Split(';')[0].Trim(), StringComparer.OrdinalIgnoreCase))
            return Problems.Of(StatusCodes.Status415UnsupportedMediaType, "Not a format of events.",
                "Send application/x-ndjson or application/json.");
        if (request.Headers.ContentEncoding.Count > 0)
            return Problems.Of(StatusCodes.Status415UnsupportedMediaType, "Compressed bodies are not taken.", "Send the events as they are.");
        // The sender's own name: two gateways may use the same identifiers for different events.
        return Answer(await intake.AcceptAsync(request.Body, request.ContentType, Identities.NameOf(sender), cancel));
    }

    /// <summary>Headers and body are put together first, so the body is held: it is one record and no longer than one.</summary>
    private static async Task<Results<Ok<EventsAnswer>, ProblemHttpResult>> AcceptBinaryAsync(
        HttpRequest request, HttpIntake intake, ClaimsPrincipal sender, CancellationToken cancel)
    {
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int read; (read = await request.Body.ReadAsync(buffer, cancel)) > 0;)
        {
            if (body.Length + read > BinaryBytesMax)
                return Problems.Of(StatusCodes.Status413PayloadTooLarge, "The body is too long.", $"One event has at most {BinaryBytesMax} bytes.");
            body.Write(buffer, 0, read);
        }
        var headers = request.Headers.Select(header => KeyValuePair.Create(header.Key, header.Value.ToString()));
        var held = body.GetBuffer().AsMemory(0, (int)body.Length);
        if (CloudEventBinding.Join(headers, CloudEventBinding.HttpPrefix, request.ContentType, held.Span) is not { } joined)
            return Problems.Of(StatusCodes.Status400BadRequest, "The headers are not those of a CloudEvent.", "There are too many, or they are too long.");
        using var record = new MemoryStream(joined);
        return Answer(await intake.AcceptAsync(record, "application/json", Identities.NameOf(sender), cancel));
    }

    private static Results<Ok<EventsAnswer>, ProblemHttpResult> Answer(HttpIntakeResult result) =>
        result.Outcome switch
        {
            HttpIntakeOutcome.TooLarge => Refusal(StatusCodes.Status413PayloadTooLarge, "The body is too long.", result),
            HttpIntakeOutcome.MalformedEnvelope => Refusal(StatusCodes.Status400BadRequest, "The body cannot be read.", result),
            _ => TypedResults.Ok(AnswerOf(result)),
        };

    private static ProblemHttpResult Refusal(int status, string title, HttpIntakeResult result) => TypedResults.Problem(
        statusCode: status, title: title, detail: result.Detail,
        extensions: [new("result", AnswerOf(result))]);

    private static EventsAnswer AnswerOf(HttpIntakeResult result) => new(
        result.RequestId, result.Received, result.Accepted, result.Duplicates, result.DeadLettered,
        [.. result.Rejections.Select(
            rejection => new RejectionAnswer(rejection.Index, NameOf(rejection.Reason), rejection.Detail))]);

    private static string NameOf(RejectionReason reason)
    {
        var name = reason.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
