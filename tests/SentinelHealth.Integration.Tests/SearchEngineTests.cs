using System.Text;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Search;

namespace SentinelHealth.Integration.Tests;

/// <summary>The whole program beside a search engine: what it scores arrives there, also what it scored while the engine was away.</summary>
public sealed class SearchEngineTests : IDisposable
{
    private const string Events = "sentinel-events";
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Elasticsearch")]
    [InlineData("OpenSearch")]
    public async Task What_the_program_scores_is_found_in_the_engine_and_the_api_says_who_answered(string kind)
    {
        await using var engine = await SearchStandIn.StartAsync(new StandInSettings { IsOpenSearch = kind == "OpenSearch", Authorization = "ApiKey a2V5" });
        await File.WriteAllTextAsync(_folder.File("key"), "a2V5\n", Cancel);
        await File.WriteAllTextAsync(_folder.File("events.ndjson"), Line("e-1"), Cancel);
        await using var server = SentinelProcess.Start(Settings(kind, engine.Address), "serve", "--data", _folder.File("data"));
        using var api = await SentinelApi.ConnectAsync(server, _folder.File("data"));
        await ArrivedAsync(engine, 1, server);

        engine.IsDown = true;
        await File.AppendAllTextAsync(_folder.File("events.ndjson"), Line("e-2"), Cancel);
        await Patience.UntilAsync(async () => (await api.JsonAsync("/api/v1/events/search?q=event_id:%20e-2")).GetProperty("count").GetInt32() == 1, () => server.Said);
        var alone = await api.JsonAsync("/api/v1/events/search?q=method:%20grantConsent");
        engine.IsDown = false;
        await ArrivedAsync(engine, 2, server);
        await Patience.UntilAsync(async () => (await api.JsonAsync("/api/v1/search-engine")) is var now && now.GetProperty("waiting").GetInt32() == 0 && now.GetProperty("fault").GetString() == "", () => server.Said);
        var both = await api.JsonAsync("/api/v1/events/search?q=method:%20grantConsent");

        Assert.Equal(("archive", 2), (alone.GetProperty("origin").GetString(), alone.GetProperty("count").GetInt32()));
        Assert.StartsWith("The search engine gave no answer", alone.GetProperty("caution").GetString(), StringComparison.Ordinal);
        Assert.Equal(("engine", 2, ""), (both.GetProperty("origin").GetString(), both.GetProperty("count").GetInt32(), both.GetProperty("caution").GetString()));
        Assert.DoesNotContain("a2V5", server.Said, StringComparison.Ordinal);
        Assert.Equal(0, await server.StopAsync());
    }

    private static string Line(string id) => Encoding.UTF8.GetString(Some.LedgerTransactionJson(("id", id))) + "\n";

    private static Task ArrivedAsync(SearchStandIn engine, int count, SentinelProcess server) =>
        Patience.UntilAsync(() => engine.Count(Events) == count, () => server.Said);

    private Dictionary<string, string> Settings(string kind, Uri address) => new()
    {
        ["SENTINELHEALTH__Web__Urls__0"] = "http://127.0.0.1:0",
        ["SENTINELHEALTH__Search__Engine"] = kind,
        ["SENTINELHEALTH__Search__Addresses__0"] = address.ToString(),
        ["SENTINELHEALTH__Search__ApiKeyFile"] = _folder.File("key"),
        ["SENTINELHEALTH__Sources__Files__0__Name"] = "file",
        ["SENTINELHEALTH__Sources__Files__0__Path"] = _folder.File("events.ndjson"),
    };
}
