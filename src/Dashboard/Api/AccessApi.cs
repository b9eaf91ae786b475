using System.Buffers;
using System.IO.Pipelines;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
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

    private const string OneQuestion = Start + "/evaluation";
    private const string RequestIdHeader = "X-Request-ID";
    private const int RequestIdMax = 256;
    private const int QuestionsMax = 256;
    private const long BodyBytesMax = 256 * 1024;
    private const string NoRoom = "Answers cannot be recorded at the moment; ask again.";

    [ThreadStatic] private static (ArrayBufferWriter<byte> Bytes, Utf8JsonWriter Json)? _answer;

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 16 };

    public static void MapAccess(this IEndpointRouteBuilder app)
    {
        var access = app.MapGroup(Start).RequireAuthorization(Policies.Ask)
            .WithMetadata(new RequestSizeLimitAttribute(BodyBytesMax));
        access.MapPost("/evaluation", context => AnswerAsync(context, AskerOf(context.User), isBoxed: false))
            .WithName("EvaluateAccess").WithSummary("Whether a subject may do something to a resource now");
        access.MapPost("/evaluations", context => AnswerAsync(context, AskerOf(context.User), isBoxed: true))
            .WithName("EvaluateAccesses").WithSummary("Several such questions at once");
        app.MapGet("/.well-known/authzen-configuration", TellPlaces).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>
    /// Takes the questions of known gateways past routing, sign-in and policies, whose outcome for them is known: a program's token of a
    /// role that may ask. Everything else, right or wrong, goes the ordinary way and is answered there.
    /// </summary>
    public static IApplicationBuilder UseAccessShortcut(this IApplicationBuilder app)
    {
        var tokens = app.ApplicationServices.GetRequiredService<ApiTokens>();
        return app.Use((context, next) =>
        {
            var request = context.Request;
            return HttpMethods.IsPost(request.Method) && request.Path.Equals(OneQuestion, StringComparison.Ordinal)
                && ApiTokenHandler.NameOf(request, tokens, Policies.Ask) is { } asker
                ? AnswerBoundedAsync(context, asker)
                : next(context);
        });
    }

    private static Task AnswerBoundedAsync(HttpContext context, string asker)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = BodyBytesMax;
        return AnswerAsync(context, asker, isBoxed: false);
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

    private static async Task AnswerAsync(HttpContext context, string asker, bool isBoxed)
    {
        if (!context.Request.HasJsonContentType())
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "Send application/json.");
            return;
        }
        try
        {
            // The bytes are parsed where the connection has them, so they are let go only after the answer.
            var read = await ReadAsync(context);
            try
            {
                using var body = JsonDocument.Parse(read, Reading);
                await AnswerAsync(context, asker, isBoxed, body.RootElement);
            }
            finally
            {
                context.Request.BodyReader.AdvanceTo(read.End);
            }
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

    /// <summary>The whole body, which is bounded by the size of a request.</summary>
    private static async ValueTask<ReadOnlySequence<byte>> ReadAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (read.IsCompleted)
                return read.Buffer;
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static Task AnswerAsync(HttpContext context, string asker, bool isBoxed, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return RefuseAsync(context, StatusCodes.Status400BadRequest, "The body is no JSON object.");
        return isBoxed && root.TryGetProperty("evaluations", out var questions) && questions.ValueKind == JsonValueKind.Array
            && questions.GetArrayLength() > 0
            ? AnswerAllAsync(context, asker, root, questions)
            : AnswerOneAsync(context, asker, root);
    }

    private static async Task AnswerOneAsync(HttpContext context, string asker, JsonElement root)
    {
        var desk = context.RequestServices.GetRequiredService<AccessDesk>();
        var (request, problem) = Read(root, default, desk.Now);
        if (request is null)
            await RefuseAsync(context, StatusCodes.Status400BadRequest, problem);
        else if (await desk.AnswerAsync(request, asker, RequestIdOf(context)) is { } answer)
            await SendAsync(context, Written(answer.Id, answer.Decision, desk.Options));
        else
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, NoRoom);
    }

    private static async Task AnswerAllAsync(HttpContext context, string asker, JsonElement root, JsonElement questions)
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
        var requestId = RequestIdOf(context);
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
        await SendAsync(context, answers.WrittenSpan);
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

    /// <summary>One answer in this thread's buffer, which the next answer overwrites: it must be copied to the connection before any wait.</summary>
    private static ReadOnlySpan<byte> Written(string id, in AccessDecision decision, AccessOptions options)
    {
        var (bytes, json) = _answer ??= NewAnswer();
        bytes.ResetWrittenCount();
        json.Reset(bytes);
        AccessAnswer.Write(json, id, decision, options);
        json.Flush();
        return bytes.WrittenSpan;
    }

    private static (ArrayBufferWriter<byte> Bytes, Utf8JsonWriter Json) NewAnswer()
    {
        var bytes = new ArrayBufferWriter<byte>(1_024);
        return (bytes, new Utf8JsonWriter(bytes));
    }

    private static ValueTask<FlushResult> SendAsync(HttpContext context, ReadOnlySpan<byte> json)
    {
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentLength = json.Length;
        context.Response.BodyWriter.Write(json);
        return context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    /// <summary>An error of the request as a whole. It says nothing about an access.</summary>
    private static Task RefuseAsync(HttpContext context, int status, string message)
    {
        if (status == StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.RetryAfter = "1";
        return ProblemAnswers.WriteAsync(context, status, message);
    }
}
