using System.Buffers;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SentinelHealth.Dashboard.Access;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Response.Access;

namespace SentinelHealth.Dashboard.Api;

/// <summary>
/// OpenID AuthZEN Authorization API 1.0: gateways ask before an access. <c>POST /access/v1/evaluation</c>, <c>POST /access/v1/evaluations</c> and where they are.
/// </summary>
internal static class AccessApi
{
    public const string Start = "/access/v1";

    private const string RequestIdHeader = "X-Request-ID";
    private const int RequestIdMax = 256;
    private const int QuestionsMax = 256;
    private const long BodyBytesMax = 256 * 1024;
    private const string NoRoom = "Answers cannot be recorded at the moment; ask again.";

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 16 };

    public static void MapAccess(this IEndpointRouteBuilder app)
    {
        var access = app.MapGroup(Start).RequireAuthorization(Policies.Ask)
            .WithMetadata(new RequestSizeLimitAttribute(BodyBytesMax));
        access.MapPost("/evaluation", context => AnswerAsync(context, isBoxed: false))
            .WithName("EvaluateAccess").WithSummary("Whether a subject may do something to a resource now");
        access.MapPost("/evaluations", context => AnswerAsync(context, isBoxed: true))
            .WithName("EvaluateAccesses").WithSummary("Several such questions at once");
        app.MapGet("/.well-known/authzen-configuration", TellPlaces).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>Gives requests their identifier back, whatever becomes of them.</summary>
    public static IApplicationBuilder UseAccessRequestIds(this IApplicationBuilder app) => app.UseWhen(
        context => context.Request.Path.StartsWithSegments(Start),
        access => access.Use((context, next) =>
        {
            var id = context.Request.Headers[RequestIdHeader].ToString();
            if (id.Length is > 0 and <= RequestIdMax && !id.AsSpan().ContainsAnyExceptInRange(' ', '~'))
                context.Response.Headers[RequestIdHeader] = id;
            return next(context);
        }));

    private static JsonHttpResult<Dictionary<string, string>> TellPlaces(HttpRequest request)
    {
        var place = $"{request.Scheme}://{request.Host}";
        return TypedResults.Json(new Dictionary<string, string>
        {
            ["policy_decision_point"] = place,
            ["access_evaluation_endpoint"] = $"{place}{Start}/evaluation",
            ["access_evaluations_endpoint"] = $"{place}{Start}/evaluations",
        });
    }

    private static async Task AnswerAsync(HttpContext context, bool isBoxed)
    {
        if (!context.Request.HasJsonContentType())
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "Send application/json.");
            return;
        }
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, Reading, context.RequestAborted);
            var root = body.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                await RefuseAsync(context, StatusCodes.Status400BadRequest, "The body is no JSON object.");
            else if (isBoxed && root.TryGetProperty("evaluations", out var questions) && questions.ValueKind == JsonValueKind.Array
                && questions.GetArrayLength() > 0)
                await AnswerAllAsync(context, root, questions);
            else
                await AnswerOneAsync(context, root);
        }
        catch (BadHttpRequestException fault)
        {
            await RefuseAsync(context, fault.StatusCode, fault.Message);
        }
        catch (JsonException)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "The body is no JSON, or nested too deeply.");
        }
    }

    private static async Task AnswerOneAsync(HttpContext context, JsonElement root)
    {
        var desk = context.RequestServices.GetRequiredService<AccessDesk>();
        var (request, problem) = Read(root, default, desk.Now);
        if (request is null)
            await RefuseAsync(context, StatusCodes.Status400BadRequest, problem);
        else if (await desk.AnswerAsync(request, AskerOf(context.User), RequestIdOf(context)) is { } answer)
            await SendAsync(context, json => AccessAnswer.Write(json, answer.Id, answer.Decision, desk.Options));
        else
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, NoRoom);
    }

    private static async Task AnswerAllAsync(HttpContext context, JsonElement root, JsonElement questions)
    {
        if (questions.GetArrayLength() > QuestionsMax)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, $"There are more than {QuestionsMax} evaluations.");
            return;
        }
        if (AccessSemantics.Of(root) is not { } semantic)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest,
                "'options.evaluations_semantic' is execute_all, deny_on_first_deny or permit_on_first_permit.");
            return;
        }
        var desk = context.RequestServices.GetRequiredService<AccessDesk>();
        var (asker, requestId) = (AskerOf(context.User), RequestIdOf(context));
        var answers = new ArrayBufferWriter<byte>(4_096);
        using (var json = new Utf8JsonWriter(answers))
        {
            json.WriteStartObject();
            json.WriteStartArray("evaluations"u8);
            foreach (var question in questions.EnumerateArray())
            {
                if (semantic.IsEndedBy(await AnswerAsync(json, desk, Read(question, root, desk.Now), asker, requestId)))
                    break;
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        await SendAsync(context, answers.WrittenMemory);
    }

    private static (AccessRequest? Request, string Problem) Read(
        JsonElement question, JsonElement defaults, DateTimeOffset now) =>
        question.ValueKind == JsonValueKind.Object ? new AccessBody(question, defaults).Read(now) : (null, "An evaluation is no object.");

    private static async ValueTask<bool> AnswerAsync(
        Utf8JsonWriter json, AccessDesk desk, (AccessRequest? Request, string Problem) read, string asker, string requestId)
    {
        if (read.Request is not { } request)
            AccessAnswer.WriteError(json, StatusCodes.Status400BadRequest, read.Problem);
        else if (await desk.AnswerAsync(request, asker, requestId) is { } answer)
        {
            AccessAnswer.Write(json, answer.Id, answer.Decision, desk.Options);
            return answer.Decision.IsPermitted;
        }
        else
            AccessAnswer.WriteError(json, StatusCodes.Status503ServiceUnavailable, NoRoom);
        return false;
    }

    private static string AskerOf(ClaimsPrincipal gateway) => Identities.NameOf(gateway);

    private static string RequestIdOf(HttpContext context) => context.Response.Headers[RequestIdHeader].ToString();

    private static Task SendAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        var answer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(answer))
            write(json);
        return SendAsync(context, answer.WrittenMemory);
    }

    private static Task SendAsync(HttpContext context, ReadOnlyMemory<byte> json)
    {
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentLength = json.Length;
        return context.Response.Body.WriteAsync(json, context.RequestAborted).AsTask();
    }

    /// <summary>An error of the request as a whole: a sentence, as the specification wants it. It says nothing about an access.</summary>
    private static Task RefuseAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        if (status == StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.RetryAfter = "1";
        return context.Response.WriteAsync(message, context.RequestAborted);
    }
}
