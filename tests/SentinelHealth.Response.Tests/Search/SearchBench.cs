using SentinelHealth.Response.Hunting;
using SentinelHealth.Response.Search;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Search;

namespace SentinelHealth.Response.Tests.Search;

/// <summary>An engine, an archive, a case store and what feeds the one from the others.</summary>
internal sealed class SearchBench : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    private SearchBench(SearchStandIn engine, SearchOptions options)
    {
        (Engine, Options) = (engine, options);
        (Archive, Store) = (OpenArchive(), SqliteCaseStore.Open(_folder.File("cases.db")));
        Search = new SearchEngine(options, TimeProvider.System);
        Feed = NewFeed();
    }

    public SearchStandIn Engine { get; }

    public SearchOptions Options { get; }

    public EventArchive Archive { get; private set; }

    public CaseStore Store { get; }

    public SearchEngine Search { get; }

    public SearchFeed Feed { get; private set; }

    public static async Task<SearchBench> OpenAsync(StandInSettings? settings =
        null, Func<SearchOptions, SearchOptions>? change = null)
    {
        var engine = await SearchStandIn.StartAsync(settings);
        var options = new SearchOptions
        {
            Addresses = [engine.Address],
            Kind = settings?.IsOpenSearch == true ? SearchEngineKind.OpenSearch : SearchEngineKind.Elasticsearch,
            RequestTimeout = TimeSpan.FromSeconds(20),
        };
        return new SearchBench(engine, change?.Invoke(options) ?? options);
    }

    /// <summary>Sends until nothing waits.</summary>
    public async Task DrainAsync(CancellationToken cancel)
    {
        while (await Feed.StepEventsAsync(cancel) | await Feed.StepAlertsAsync(cancel))
            cancel.ThrowIfCancellationRequested();
    }

    public void Seal()
    {
        while (Archive.Seal())
        {
        }
    }

    /// <summary>The process ends and begins again.</summary>
    public void Restart(EventArchiveOptions? options = null)
    {
        Feed.Dispose();
        Archive.Dispose();
        Archive = OpenArchive(options);
        Feed = NewFeed();
    }

    public async ValueTask DisposeAsync()
    {
        Feed.Dispose();
        Search.Dispose();
        Store.Dispose();
        Archive.Dispose();
        await Engine.DisposeAsync();
        _folder.Dispose();
    }

    private EventArchive OpenArchive(EventArchiveOptions? options = null) => EventArchive.Open(_folder.File("archive.db"), options ?? new());

    /// <summary>Chance of nothing: no pause but what an engine asks for.</summary>
    private SearchFeed NewFeed() => new(Search, Archive, Store, TimeProvider.System, () => 0);
}
