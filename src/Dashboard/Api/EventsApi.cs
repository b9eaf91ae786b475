using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Intake;

namespace SentinelHealth.Dashboard.Api;

/// <summary>One refused record: its position in the body from 0, and why.</summary>
internal sealed record RejectionAnswer(long Index, string Reason, string Detail);

/// <summary>What became of a request's records. Everything it counts is durable.</summary>
internal sealed record EventsAnswer(
    string RequestId, long Received, long Accepted, long Duplicates, long DeadLettered,
    IReadOnlyList<RejectionAnswer> Rejections);

/// <summary><c>POST /api/v1/events</c>: NDJSON, a JSON array, or a single object.</summary>
internal static class EventsApi
{
    private static readonly string[] MediaTypes =
        ["application/json", "application/x-ndjson", "application/ndjson", "application/jsonl", "application/json-lines", "text/plain"];

    public static void MapEvents(this IEndpointRouteBuilder api) =>
        api.MapPost("/events", AcceptAsync).RequireAuthorization(Policies.Ingest)
            .WithMetadata(new RequestSizeLimitAttribute(WebHostSetup.EventBytesMax))
            // No list of media types for the router: its own refusal would come before the policy and name no reason.
            .WithName("PostEvents").WithSummary("Takes native events in; answers when they are durable");

    private static async Task<Results<Ok<EventsAnswer>, ProblemHttpResult>> AcceptAsync(
        HttpContext context, HttpIntake intake, ClaimsPrincipal sender, CancellationToken cancel)
    {
        var request = context.Request;
        if (request.ContentType is { } type && !MediaTypes.Contains(type.Split(';')[0].Trim(), StringComparer.OrdinalIgnoreCase))
            return Problems.Of(StatusCodes.Status415UnsupportedMediaType, "Not a format of events.",
                "Send application/x-ndjson or application/json.");
        if (request.Headers.ContentEncoding.Count > 0)
            return Problems.Of(StatusCodes.Status415UnsupportedMediaType, "Compressed bodies are not taken.", "Send the events as they are.");
        // The sender's own name: two gateways may use the same identifiers for different events.
        var result = await intake.AcceptAsync(request.Body, request.ContentType, Identities.NameOf(sender), cancel);
        return result.Outcome switch
        {
            HttpIntakeOutcome.TooLarge => Refusal(StatusCodes.Status413PayloadTooLarge, "The body is too long.", result),
            HttpIntakeOutcome.MalformedEnvelope => Refusal(StatusCodes.Status400BadRequest, "The body cannot be read.", result),
            _ => TypedResults.Ok(AnswerOf(result)),
        };
    }

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
