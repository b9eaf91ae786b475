using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Hunting;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Hunting;
using SentinelHealth.Response.Search;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Search;

namespace SentinelHealth.Dashboard.Tests.Hunting;

public sealed class SearchedHuntTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private SearchStandIn _standIn = null!;
    private EventArchive _archive = null!;
    private CaseStore _store = null!;
    private ReadTrail _reads = null!;
    private SearchEngine _engine = null!;
    private SearchFeed _feed = null!;
    private HuntDesk _desk = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _standIn = await SearchStandIn.StartAsync();
        _archive = EventArchive.Open(_folder.File(EventArchive.FileName), new EventArchiveOptions());
        _store = SqliteCaseStore.Open(_folder.File("cases.db"));
        _reads = new ReadTrail(_folder.File(ReadTrail.FileName));
        _engine = new SearchEngine(new SearchSection
        {
            Engine = SearchEngineChoice.Elasticsearch,
            Addresses =
            [_standIn.Address.ToString()]
        }.ToOptions()!, TimeProvider.System);
        _feed = new SearchFeed(_engine, _archive, _store, TimeProvider.System, () => 0);
        _desk = new HuntDesk(_archive, _store, _reads, TimeProvider.System) { Engine = new SearchedEngine(_engine, _feed) };
        _archive.Add([new LogEntry(0, 0, "test", DateTimeOffset.UnixEpoch, Some.LedgerTransactionJson())]);
        while (await _feed.StepEventsAsync(Cancel))
            Cancel.ThrowIfCancellationRequested();
    }

    public async ValueTask DisposeAsync()
    {
        _desk.Dispose();
        _feed.Dispose();
        _engine.Dispose();
        _reads.Dispose();
        _store.Dispose();
        _archive.Dispose();
        await _standIn.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_engine_answers_and_who_saw_which_patient_is_written_down()
    {
        var answer = await SearchAsync();

        Assert.Equal((HuntOrigin.Engine, 1, ""), (answer.Origin, answer.Count, answer.Caution));
        Assert.Equal(["patient:9f3c"], Assert.Single(_reads.Older(long.MaxValue, 10)).Patients);
    }

    [Fact]
    public async Task When_the_engine_is_away_the_archive_answers_and_says_so()
    {
        _standIn.IsDown = true;

        var answer = await SearchAsync();

        Assert.Equal((HuntOrigin.Archive, 1), (answer.Origin, answer.Count));
        Assert.StartsWith("The search engine gave no answer (No node of the engine can be reached", answer.Caution, StringComparison.Ordinal);
        Assert.Single(_reads.Older(long.MaxValue, 10));
    }

    [Fact]
    public async Task When_the_engine_refuses_a_query_the_archive_answers_and_says_why()
    {
        _standIn.Fail(request => request.Path == "/_search", StandInAnswer.Error(400, "too_many_nested_clauses", "Query contains too many nested clauses"));

        var answer = await SearchAsync();

        Assert.Equal(HuntOrigin.Archive, answer.Origin);
        Assert.Contains("too_many_nested_clauses", answer.Caution, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "", "", "Addresses")]
    [InlineData("elastic:9200", "", "", "Addresses")]
    [InlineData("https://user:secret@elastic:9200", "", "", "Addresses")]
    [InlineData("http://elastic:9200", "/key", "", "Addresses")]
    [InlineData("https://elastic:9200", "/key", "ana", "User,PasswordFile")]
    [InlineData("https://elastic:9200", "", "ana", "PasswordFile")]
    [InlineData("https://elastic:9200", "/key", "", "")]
    [InlineData("http://127.0.0.1:9200", "/key", "", "")]
    public void Settings_that_cannot_work_are_found_at_the_start(string address, string keyFile, string user, string faulty)
    {
        var section = new SearchSection
        {
            Engine = SearchEngineChoice.OpenSearch,
            Addresses = address.Length > 0 ? [address]
            : [],
            ApiKeyFile = keyFile,
            User = user
        };

        var found = section.Validate(new(section)).SelectMany(result => result.MemberNames);

        Assert.Equal(faulty.Split(',', StringSplitOptions.RemoveEmptyEntries), found);
    }

    private Task<HuntAnswer> SearchAsync() => _desk.SearchAsync(
        ("method: grantConsent", _desk.Read("method: grantConsent").Node!), new HuntRequest(10, null, 0), "ana", null, Cancel);
}
