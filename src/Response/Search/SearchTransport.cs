using System.IO.Compression;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;

namespace SentinelHealth.Response.Search;

/// <summary>One request to the engine.</summary>
/// <param name="Method">GET, PUT, POST, DELETE or HEAD.</param>
/// <param name="Path">Path and query, from the first slash.</param>
/// <param name="Body">The body; empty for none.</param>
internal sealed record SearchRequest(HttpMethod Method, string Path, ReadOnlyMemory<byte> Body)
{
    public const string Json = "application/json", Ndjson = "application/x-ndjson";

    /// <summary>What the body is.</summary>
    public string ContentType { get; init; } = Json;
}

/// <summary>What the engine answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body.</param>
/// <param name="RetryAfter">How long it asks to be left alone; null when it does not say.</param>
/// <param name="Product">What it calls itself in its header; empty when it does not.</param>
internal sealed record SearchReply(int Status, ReadOnlyMemory<byte> Body, TimeSpan? RetryAfter, string Product)
{
    public bool IsGood => Status is >= 200 and < 300;
}

/// <summary>Sends requests to whichever node answers.</summary>
/// <remarks>
/// Bodies are whole in memory, so that their length is told and they are never chunked, which bulk requests must not be. Redirects are
/// not followed: the address is the one of the settings. Safe from many threads.
/// </remarks>
internal sealed class SearchTransport : IDisposable
{
    private const int AnswerBytesMax = 64 * 1024 * 1024, CompressFromBytes = 1_024;
    private static readonly TimeSpan RetryAfterMax = TimeSpan.FromMinutes(5);

    private readonly HttpClient _client;
    private readonly SearchOptions _options;
    private readonly TimeProvider _clock;
    private int _preferred;

    public SearchTransport(SearchOptions options, TimeProvider clock)
    {
        if (options.Addresses.Count == 0)
            throw new ArgumentException("No address.", nameof(options));
        (_options, _clock) = (options, clock);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = TimeSpan.FromSeconds(10),
        };
        if (options.Authorities is { } authorities)
            handler.SslOptions.CertificateChainPolicy = PolicyOf(authorities);
        _client = new HttpClient(handler) { Timeout = options.RequestTimeout, MaxResponseContentBufferSize = AnswerBytesMax };
    }

    /// <summary>Sends a request; the next node is tried when one cannot be reached.</summary>
    /// <exception cref="SearchUnavailableException">No node answered in time.</exception>
    public async Task<SearchReply> SendAsync(SearchRequest request, CancellationToken cancel)
    {
        var (first, count) = (Volatile.Read(ref _preferred), _options.Addresses.Count);
        for (var tried = 0; ; tried++)
        {
            var node = (first + tried) % count;
            try
            {
                var reply = await SendAsync(_options.Addresses[node], request, cancel);
                Volatile.Write(ref _preferred, node);
                return reply;
            }
            catch (HttpRequestException fault)
            {
                if (tried + 1 >= count)
                    throw new SearchUnavailableException($"No node of the engine can be reached ({fault.HttpRequestError}).", null, fault);
            }
            catch (OperationCanceledException late) when (!cancel.IsCancellationRequested)
            {
                // Another node may do what this one is busy with a second time, which is why only what may be repeated is sent.
                if (tried + 1 >= count)
                    throw new SearchUnavailableException($"The engine did not answer within {_options.RequestTimeout.TotalSeconds:0} s.", null, late);
            }
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<SearchReply> SendAsync(Uri node, SearchRequest request, CancellationToken cancel)
    {
        using var message = new HttpRequestMessage(request.Method, node.AbsoluteUri.TrimEnd('/') + request.Path);
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(SearchRequest.Json));
        if (_options.Credentials.Header.Length > 0)
            message.Headers.TryAddWithoutValidation("Authorization", _options.Credentials.Header);
        if (request.Body.Length > 0)
            message.Content = ContentOf(request);
        using var answer = await _client.SendAsync(message, HttpCompletionOption.ResponseContentRead, cancel);
        return new SearchReply(
            (int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(cancel), RetryAfterOf(answer),
            answer.Headers.TryGetValues("X-Elastic-Product", out var product) ? string.Concat(product) : "");
    }

    private ByteArrayContent ContentOf(SearchRequest request)
    {
        var isCompressed = _options.IsCompressed && request.Body.Length >= CompressFromBytes;
        var content = new ByteArrayContent(isCompressed ? Compressed(request.Body.Span) : request.Body.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue(request.ContentType);
        if (isCompressed)
            content.Headers.ContentEncoding.Add("gzip");
        return content;
    }

    private static byte[] Compressed(ReadOnlySpan<byte> body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(body);
        return packed.ToArray();
    }

    private TimeSpan? RetryAfterOf(HttpResponseMessage answer)
    {
        var asked = answer.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - _clock.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return asked is { } span ? TimeSpan.FromTicks(Math.Clamp(span.Ticks, 0, RetryAfterMax.Ticks)) : null;
    }

    private static X509ChainPolicy PolicyOf(X509Certificate2Collection authorities)
    {
        // Authorities of one's own seldom publish what they revoked.
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
