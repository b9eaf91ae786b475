using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Api;

/// <summary>
/// <c>Idempotency-Key</c> on every POST of the API: the same order under the same key is carried out once and answered alike; another order under it is refused.
/// Events need no key, they have identities of their own.
/// </summary>
internal sealed class Idempotency(AnswerStore store, IDataProtectionProvider protection, TimeProvider time)
{
    public const string Header = "Idempotency-Key";
    public const string ReplayedHeader = "Idempotency-Replayed";

    private const int KeyCharactersMax = 128;
    private const int AnswerBytesMax = 256 * 1024;

    // Answers hold secrets: of new tokens, of invitations.
    private readonly IDataProtector _protector = protection.CreateProtector("sentinel.answers");

    public static bool Concerns(HttpContext context) =>
        HttpMethods.IsPost(context.Request.Method) && context.Request.Headers.ContainsKey(Header)
        && context.Request.Path.StartsWithSegments("/api/v1") && !context.Request.Path.StartsWithSegments("/api/v1/events");

    public async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        var key = context.Request.Headers[Header].ToString();
        if (key.Length is 0 or > KeyCharactersMax || key.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            await Problems.Of(StatusCodes.Status400BadRequest, "The key cannot be one.",
                $"{Header} has 1 to {KeyCharactersMax} visible characters.").ExecuteAsync(context);
            return;
        }
        var caller = Identities.NameOf(context.User);
        var fingerprint = await FingerprintAsync(context.Request);
        switch (store.Take(caller, key, fingerprint, time.GetUtcNow()))
        {
            case null:
                await CarryOutAsync(context, next, caller, key);
                break;
            case { } known when known.Fingerprint != fingerprint:
                await Problems.Of(StatusCodes.Status422UnprocessableEntity, "The key was used for another order.",
                    "Send the order it was first used with, or take a new key.").ExecuteAsync(context);
                break;
            case { Answer: { } answer }:
                await RepeatAsync(context, answer);
                break;
            default:
                context.Response.Headers.RetryAfter = "1";
                await Problems.Of(StatusCodes.Status409Conflict, "The order is being carried out.",
                    "Ask again; if this stays so, the process ended in between: look what became of it before you take a new key.").ExecuteAsync(context);
                break;
        }
    }

    private async Task CarryOutAsync(HttpContext context, RequestDelegate next, string caller, string key)
    {
        var body = context.Response.Body;
        using var held = new MemoryStream();
        context.Response.Body = held;
        var isKept = false;
        try
        {
            await next(context);
            if (Settles(context.Response.StatusCode) && held.Length <= AnswerBytesMax)
            {
                store.Keep(caller, key, new KeptAnswer(
                    context.Response.StatusCode, context.Response.ContentType ?? "", _protector.Protect(held.ToArray())));
                isKept = true;
            }
        }
        finally
        {
            context.Response.Body = body;
            if (!isKept)
                store.Release(caller, key);
        }
        held.Position = 0;
        await held.CopyToAsync(body, context.RequestAborted);
    }

    /// <summary>Whether an answer is the order's own, and not one that another time or person would change.</summary>
    private static bool Settles(int status) => status is < 500 and not (401 or 403 or 404 or 408 or 409 or 412 or 428 or 429);

    private async Task RepeatAsync(HttpContext context, KeptAnswer answer)
    {
        var body = _protector.Unprotect(answer.Body);
        context.Response.StatusCode = answer.Status;
        if (answer.ContentType.Length > 0)
            context.Response.ContentType = answer.ContentType;
        context.Response.Headers[ReplayedHeader] = "true";
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static async Task<string> FingerprintAsync(HttpRequest request)
    {
        request.EnableBuffering();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Path}{request.QueryString}\n{request.ContentType}\n"));
        var buffer = new byte[16 * 1024];
        for (int read; (read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0;)
            hash.AppendData(buffer.AsSpan(0, read));
        request.Body.Position = 0;
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
