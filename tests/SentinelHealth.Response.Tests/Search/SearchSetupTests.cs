using System.Runtime.CompilerServices;
using System.Text;
using SentinelHealth.Response.Hunting;
using SentinelHealth.Response.Queries;
using SentinelHealth.Response.Search;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Tests.Hunting;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Search;

namespace SentinelHealth.Response.Tests.Search;

public sealed class SearchSetupTests
{
    private static readonly SearchRefill Nothing = new(_ => Task.CompletedTask, _ => Task.CompletedTask);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Every request the program makes, as it is on the wire; reviewed against the engines' documentation, then approved.</summary>
    [Theory]
    [InlineData(SearchEngineKind.Elasticsearch)]
    [InlineData(SearchEngineKind.OpenSearch)]
    public async Task The_requests_are_those_that_were_reviewed(SearchEngineKind kind)
    {
        await using var bench = await SearchBench.OpenAsync(
            new StandInSettings { IsOpenSearch = kind == SearchEngineKind.OpenSearch, Authorization = "ApiKey a2V5" },
            options => options with { Credentials = SearchCredentials.ApiKey("a2V5") });
        bench.Archive.Add(SomeEvents.Entries([Some.LedgerTransactionJson(), Some.BiometricQueryJson()]));
        await bench.Store.CommitAsync(new CaseCommit
        {
            ScoredOffsets = new Dictionary<int, long> { [0] = 0 },
            Alerts =
            [SomeCase.Alert()]
        }, Cancel);
        await bench.DrainAsync(Cancel);
        await bench.Search.SearchAsync(SomeEvents.Query("method: grant* and not args.scope: imaging"), new HuntRequest(1, new HuntCursor(1_762_073_643_120, 7), 2), Cancel);
        bench.Archive.Erase("patient:9f3c");
        await bench.DrainAsync(Cancel);

        Golden($"requests-{kind}.txt".ToLowerInvariant(), string.Join("\n\n", bench.Engine.Requests.Select(Shown)));
    }

    [Theory]
    [InlineData(SearchEngineKind.Elasticsearch)]
    [InlineData(SearchEngineKind.OpenSearch)]
    public async Task What_is_there_is_left_alone(SearchEngineKind kind)
    {
        await using var bench =
            await SearchBench.OpenAsync(new StandInSettings { IsOpenSearch = kind == SearchEngineKind.OpenSearch });
        await bench.Search.PrepareAsync(Nothing, Cancel);
        var before = bench.Engine.Requests.Count;

        await bench.Search.PrepareAsync(Nothing, Cancel);

        var again = bench.Engine.Requests.Skip(before).Where(request => request.Method == "PUT").Select(request => request.Path);
        Assert.Equal(kind == SearchEngineKind.OpenSearch ? [] : ["/_ilm/policy/sentinel-events"], again);
    }

    [Theory]
    [InlineData(SearchEngineKind.Elasticsearch)]
    [InlineData(SearchEngineKind.OpenSearch)]
    public async Task How_long_events_are_kept_may_change(SearchEngineKind kind)
    {
        await using var bench =
            await SearchBench.OpenAsync(new StandInSettings { IsOpenSearch = kind == SearchEngineKind.OpenSearch });
        await bench.Search.PrepareAsync(Nothing, Cancel);
        using var other = new SearchEngine(bench.Options with { RetentionDays = 30 }, TimeProvider.System);

        await other.PrepareAsync(Nothing, Cancel);

        var policy = bench.Engine.Requests.Last(request => request.Method == "PUT" && request.Path.Contains("polic", StringComparison.Ordinal));
        Assert.Contains("\"30d\"", policy.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_template_of_an_earlier_version_is_renewed_and_the_stream_rolled_over()
    {
        await using var bench = await SearchBench.OpenAsync();
        await bench.Search.PrepareAsync(Nothing, Cancel);
        SetVersion(bench, -1);
        var before = bench.Engine.Requests.Count;

        await bench.Search.PrepareAsync(Nothing, Cancel);

        var done = bench.Engine.Requests.Skip(before).Select(request => $"{request.Method} {request.Path}").ToList();
        Assert.Contains("PUT /_index_template/sentinel-events", done);
        Assert.Equal("POST /sentinel-events/_rollover", done[^2]);
    }

    [Fact]
    public async Task What_a_later_version_made_is_not_touched()
    {
        await using var bench = await SearchBench.OpenAsync();
        await bench.Search.PrepareAsync(Nothing, Cancel);
        SetVersion(bench, SearchMapping.Version + 1);
        var before = bench.Engine.Requests.Count;

        var fault = await Assert.ThrowsAsync<SearchRefusedException>(() => bench.Search.PrepareAsync(Nothing, Cancel));

        Assert.Contains("later version", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(bench.Engine.Requests.Skip(before), request => request.Method == "PUT");
    }

    [Theory]
    [InlineData(true, SearchEngineKind.Elasticsearch)]
    [InlineData(false, SearchEngineKind.OpenSearch)]
    public async Task Another_engine_than_was_set_is_told_at_once(bool isOpenSearch, SearchEngineKind kind)
    {
        await using var bench = await SearchBench.OpenAsync(new StandInSettings { IsOpenSearch = isOpenSearch }, options =>
            options with { Kind = kind });

        var fault = await Assert.ThrowsAsync<SearchRefusedException>(() => bench.Search.PrepareAsync(Nothing, Cancel));

        Assert.Equal($"This is no {kind}.", fault.Message);
        Assert.Single(bench.Engine.Requests);
    }

    [Fact]
    public async Task A_wrong_key_is_refused_and_never_told()
    {
        await using var bench = await SearchBench.OpenAsync(
            new StandInSettings { Authorization = "ApiKey right" }, options => options with { Credentials = SearchCredentials.ApiKey("wrong-secret") });

        var fault = await Assert.ThrowsAsync<SearchRefusedException>(() => bench.Search.PrepareAsync(Nothing, Cancel));

        Assert.Equal(401, fault.Status);
        Assert.DoesNotContain("wrong-secret", fault + bench.Options.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_field_of_a_hunt_is_mapped_as_its_kind_needs()
    {
        var mapping = SearchMapping.Events();

        foreach (var field in EventFields.Schema.Fields)
        {
            var type = SearchMapping.PathOf(field.Name).Split('.').Aggregate((System.Text.Json.Nodes.JsonNode)mapping, (owner, name) => owner["properties"]![name]!)["type"]!.GetValue<string>();
            Assert.Equal(field.Kind switch
            {
                QueryFieldKind.Word => "keyword",
                QueryFieldKind.Flag => "boolean",
                _ => "double",
            }, type);
        }
    }

    private static void SetVersion(SearchBench bench, int version)
    {
        var template = bench.Engine.State.TemplateText("sentinel-events");
        bench.Engine.State.SetTemplate("sentinel-events", template.Replace(
            $"\"version\":{SearchMapping.Version}", $"\"version\":{version}", StringComparison.Ordinal));
    }

    private static string Shown(RecordedRequest request)
    {
        var text = new StringBuilder($"{request.Method} {request.Path}\n");
        if (request.ContentType.Length > 0)
            text.Append("Content-Type: ").Append(request.ContentType).Append('\n');
        text.Append("Authorization: ").Append(request.Authorization).Append('\n');
        return text.Append(request.Text).ToString().TrimEnd('\n');
    }

    private static void Golden(string name, string actual, [CallerFilePath] string here = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(here)!, "Golden", name);
        if (Environment.GetEnvironmentVariable("SENTINEL_APPROVE") == "1")
            File.WriteAllText(path, actual + "\n");
        Assert.True(File.Exists(path), $"{name} was never approved.");
        Assert.Equal(File.ReadAllText(path), actual + "\n");
    }
}
