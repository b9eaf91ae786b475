using System.Text.Json;
using System.Text.Json.Nodes;
using SentinelHealth.Response.Hunting;
using SentinelHealth.Response.Queries;

namespace SentinelHealth.Response.Search;

/// <summary>
/// Elasticsearch or OpenSearch over HTTP, as a place where events of all processes are searched and kept longer than in the archive. A
/// copy: nothing is decided by what it says. Safe from many threads.
/// </summary>
public sealed class SearchEngine : IDisposable
{
    private const int HitsMax = 1_000, BarsMax = 200;

    private readonly SearchTransport _transport;

    /// <summary>Opens nothing yet.</summary>
    /// <param name="options">Which engine.</param>
    /// <param name="clock">For what engines ask to wait until.</param>
    public SearchEngine(SearchOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        (Options, _transport) = (options, new SearchTransport(options, clock));
    }

    /// <summary>How it is used.</summary>
    public SearchOptions Options { get; }

    internal SearchTransport Transport => _transport;

    internal SearchNames Names => new(Options.IndexPrefix);

    /// <summary>Finds events, in the meaning and order of <see cref="EventArchive.Search"/>.</summary>
    /// <param name="query">Read against <see cref="EventFields.Schema"/>.</param>
    /// <param name="request">What else is asked.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="SearchUnavailableException">The engine does not answer.</exception>
    /// <exception cref="SearchRefusedException">The engine refuses the query, or the index is absent.</exception>
    public Task<HuntAnswer> SearchAsync(QueryNode query, HuntRequest request, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(request);
        return new EventSearch(_transport, Options, query, request with
        {
            HitsMax = Math.Clamp(request.HitsMax, 1, HitsMax),
            Bars = Math.Clamp(request.Bars, 0, BarsMax),
        }).RunAsync(cancel);
    }

    /// <summary>Removes every event about a person, also those the engine has not made visible yet.</summary>
    /// <exception cref="SearchUnavailableException">The engine does not answer, or could not remove all; it may be asked again.</exception>
    internal async Task EraseAsync(string subject, CancellationToken cancel)
    {
        await GoodAsync(new SearchRequest(HttpMethod.Post, $"/{Names.Events}/_refresh", default), cancel);
        var query = new JsonObject { ["query"] = new JsonObject { ["term"] = new JsonObject { [SearchMapping.PathOf("patient_ref")] = subject } } };
        var reply = await GoodAsync(new SearchRequest(
            HttpMethod.Post, $"/{Names.Events}/_delete_by_query?conflicts=proceed&refresh=true", JsonSerializer.SerializeToUtf8Bytes(query)), cancel);
        using var done = JsonDocument.Parse(reply.Body);
        if (done.RootElement.GetProperty("failures").GetArrayLength() > 0 || done.RootElement.GetProperty("version_conflicts").GetInt64() > 0
            || done.RootElement.GetProperty("timed_out").GetBoolean())
            throw new SearchUnavailableException("The engine could not remove all events about a person.");
    }

    /// <summary>Makes what is absent in the engine.</summary>
    internal Task PrepareAsync(SearchRefill refill, CancellationToken cancel) =>
        new SearchSetup(_transport, Options).PutAsync(refill, cancel);

    /// <inheritdoc/>
    public void Dispose() => _transport.Dispose();

    private async Task<SearchReply> GoodAsync(SearchRequest request, CancellationToken cancel)
    {
        var reply = await _transport.SendAsync(request, cancel);
        if (reply.IsGood)
            return reply;
        throw reply.Status is 408 or 429 or >= 500
            ? new SearchUnavailableException(SearchError.Of(reply), reply.RetryAfter)
            : new SearchRefusedException(reply.Status, SearchError.Of(reply));
    }
}
