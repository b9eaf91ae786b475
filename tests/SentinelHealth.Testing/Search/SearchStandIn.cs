using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SentinelHealth.Testing.Search;

/// <summary>A request as the engine got it.</summary>
public sealed record RecordedRequest(string Method, string Path, string ContentType, string Authorization, bool IsCompressed,
    byte[] Body)
{
    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>How a stand-in behaves.</summary>
public sealed record StandInSettings
{
    /// <summary>OpenSearch instead of Elasticsearch.</summary>
    public bool IsOpenSearch { get; init; }

    /// <summary>What <c>Authorization</c> must say; empty for anything.</summary>
    public string Authorization { get; init; } = "";

    /// <summary>Longest body, after decompression too.</summary>
    public int BodyBytesMax { get; init; } = 100 * 1024 * 1024;

    /// <summary>Shards of an index.</summary>
    public int Shards { get; init; } = 3;

    /// <summary>Whether requests are remembered; not for long loads.</summary>
    public bool Records { get; init; } = true;
}

/// <summary>
/// An engine of our own over real HTTP on loopback that does what Elasticsearch and OpenSearch document about the requests this program
/// sends, and refuses what they refuse. Written after their documentation, and from nothing in src: so that both cannot be wrong alike.
/// </summary>
public sealed class SearchStandIn : IAsyncDisposable
{
    private readonly WebApplication _host;
    private readonly StandInSettings _settings;
    private readonly List<RecordedRequest> _requests = [];
    private readonly List<(Func<RecordedRequest, bool> When, Func<StandInAnswer?> Answer)> _faults = [];
    private readonly Lock _lock = new();

    private SearchStandIn(WebApplication host, StandInSettings settings)
    {
        (_host, _settings) = (host, settings);
        State = new StandInState(settings);
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>What it holds, for between requests.</summary>
    public StandInState State { get; }

    /// <summary>Connections are cut before anything is answered.</summary>
    public bool IsDown { get; set; }

    /// <summary>Everything that came, in order.</summary>
    public IReadOnlyList<RecordedRequest> Requests
    {
        get
        {
            lock (_lock)
                return [.. _requests];
        }
    }

    /// <summary>How many documents a data stream, alias or index holds, while it works.</summary>
    public int Count(string name)
    {
        lock (_lock)
            return State.Documents(name).Count;
    }

    public static Task<SearchStandIn> StartAsync(StandInSettings? settings = null) => StartAsync(settings ?? new(), "http://127.0.0.1:0", null);

    public static async Task<SearchStandIn> StartAsync(StandInSettings settings, string url, Action<IWebHostBuilder>? configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url).ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        configure?.Invoke(builder.WebHost);
        var host = builder.Build();
        var standIn = new SearchStandIn(host, settings);
        host.Run(standIn.ServeAsync);
        await host.StartAsync();
        standIn.Address =
            new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return standIn;
    }

    /// <summary>From now on, requests that fit get this answer so many times, instead of being done.</summary>
    public void Fail(Func<RecordedRequest, bool> when, StandInAnswer answer, int times = 1)
    {
        var left = times;
        lock (_lock)
            _faults.Add((when, () => left-- > 0 ? answer : null));
    }

    /// <summary>Bulk requests get this answer so many times.</summary>
    public void FailBulk(int status, int times = 1, string? retryAfter = null) =>
        Fail(request => request.Path.StartsWith("/_bulk", StringComparison.Ordinal),
            StandInAnswer.Error(status, "es_rejected_execution_exception", "rejected execution of coordinating operation") with { RetryAfter = retryAfter }, times);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        if (IsDown)
        {
            context.Abort();
            return;
        }
        var answer = await AnswerAsync(context);
        if (answer.IsCut)
        {
            context.Abort();
            return;
        }
        context.Response.StatusCode = answer.Status;
        if (!_settings.IsOpenSearch)
            context.Response.Headers["X-Elastic-Product"] = "Elasticsearch";
        if (answer.RetryAfter is { } wait)
            context.Response.Headers.RetryAfter = wait;
        if (answer.Body is not { } body)
            return;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(body));
    }

    private async Task<StandInAnswer> AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        // The documentation asks clients not to send chunks; a proxy before a cluster may well refuse them.
        if (request.Headers.TransferEncoding.Count > 0)
            return StandInAnswer.Error((int)HttpStatusCode.LengthRequired, "illegal_argument_exception", "chunked bodies are not taken");
        if (_settings.Authorization.Length > 0 && request.Headers.Authorization != _settings.Authorization)
            return StandInAnswer.Error(401, "security_exception", "unable to authenticate with provided credentials");
        if (request.ContentLength > _settings.BodyBytesMax)
            return new StandInAnswer(413, null);
        var isCompressed = request.Headers.ContentEncoding == "gzip";
        var body = await ReadAsync(isCompressed ? new GZipStream(request.Body, CompressionMode.Decompress) : request.Body);
        if (body is null || body.Length > _settings.BodyBytesMax)
            return body is null ? StandInAnswer.Error(400, "zip_exception", "not in gzip format") : new StandInAnswer(413, null);
        var record = new RecordedRequest(
            request.Method, request.Path + request.QueryString, request.ContentType ?? "", request.Headers.Authorization.ToString(), isCompressed, body);
        if (Scripted(record) is { } scripted)
            return scripted;
        if (body.Length > 0 && request.ContentType?.Split(';')[0] is not ("application/json" or "application/x-ndjson"))
            return new StandInAnswer(406, new JsonObject { ["error"] = $"Content-Type header [{request.ContentType}] is not supported", ["status"] = 406 });
        lock (_lock)
            return StandInRoutes.Answer(State, request.Method, request.Path.Value!, request.Query, body);
    }

    private StandInAnswer? Scripted(RecordedRequest record)
    {
        lock (_lock)
        {
            if (_settings.Records)
                _requests.Add(record);
            foreach (var (when, answer) in _faults)
            {
                if (when(record) && answer() is { } fault)
                    return fault;
            }
        }
        return null;
    }

    private static async Task<byte[]?> ReadAsync(Stream from)
    {
        using var body = new MemoryStream();
        try
        {
            await from.CopyToAsync(body);
            return body.ToArray();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}

/// <summary>What the engine answers.</summary>
public sealed record StandInAnswer(int Status, JsonObject? Body)
{
    /// <summary>The header of that name.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>Whether the connection is cut instead.</summary>
    public bool IsCut { get; init; }

    public static StandInAnswer Good(JsonObject? body = null) => new(200, body ?? new JsonObject { ["acknowledged"] = true });

    public static StandInAnswer Error(int status, string type, string reason) => new(status, new JsonObject
    {
        ["error"] = new JsonObject
        {
            ["root_cause"] = new JsonArray(new JsonObject { ["type"] = type, ["reason"] = reason }),
            ["type"] = type,
            ["reason"] = reason,
        },
        ["status"] = status,
    });
}

/// <summary>Something the engine refuses.</summary>
internal sealed class StandInException(int status, string type, string reason) : Exception(reason)
{
    public StandInAnswer Answer => StandInAnswer.Error(status, type, Message);

    public int Status => status;

    public string Type => type;
}
