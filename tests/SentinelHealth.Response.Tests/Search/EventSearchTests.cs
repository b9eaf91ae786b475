using System.Text;
using SentinelHealth.Response.Hunting;
using SentinelHealth.Response.Queries;
using SentinelHealth.Response.Search;
using SentinelHealth.Response.Tests.Hunting;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Search;

namespace SentinelHealth.Response.Tests.Search;

public sealed class EventSearchTests(ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SearchEngineKind.Elasticsearch)]
    [InlineData(SearchEngineKind.OpenSearch)]
    public async Task The_engine_answers_every_hunt_as_the_archive_does(SearchEngineKind kind)
    {
        var chance = new Random(TestSeed.Next(output));
        await using var bench =
            await SearchBench.OpenAsync(new StandInSettings { IsOpenSearch = kind == SearchEngineKind.OpenSearch });
        await FillAsync(bench, SomeEvents.Simulated.Take(2_500));
        var found = 0L;

        foreach (var text in SomeEvents.Conditions.Concat(Enumerable.Range(0, 12).Select(_ => SomeEvents.QueryOf(chance, 2))))
            found += await AgreeAsync(bench, SomeEvents.Query(text),
                new HuntRequest(chance.Next(1, 600), null, chance.Next(0, 61)), text);

        Assert.True(found > 5_000, $"{found} found.");
        Assert.Equal(0, bench.Engine.State.OpenViewCount);
    }

    [Fact]
    public async Task They_agree_within_a_fence()
    {
        var chance = new Random(TestSeed.Next(output));
        await using var bench = await SearchBench.OpenAsync();
        await FillAsync(bench, SomeEvents.Simulated.Take(1_500));
        var found = 0L;

        foreach (var nodes in (string[][])[["node:hospital-b-1"], ["node:hospital-b-1", "node:hospital-a-1", "nowhere"], []])
        {
            var fence = new HuntFence(nodes);
            foreach (var text in Enumerable.Range(0, 12).Select(_ => SomeEvents.QueryOf(chance, 2)))
                found += await AgreeAsync(bench, fence.Around(SomeEvents.Query(text)), new HuntRequest(200, null, 9), text);
        }

        Assert.True(found > 100, $"{found} found.");
    }

    [Fact]
    public async Task They_agree_on_what_is_awkward_too()
    {
        await using var bench = await SearchBench.OpenAsync();
        await FillAsync(bench, AwkwardEvents.Records);
        var found = 0L;

        foreach (var text in AwkwardEvents.Queries)
            found += await AgreeAsync(bench, SomeEvents.Query(text), new HuntRequest(500, null, 7), text);

        Assert.True(found > AwkwardEvents.Queries.Count, $"{found} found.");
    }

    [Fact]
    public async Task They_agree_on_random_events_and_queries()
    {
        var chance = new Random(TestSeed.Next(output));
        for (var round = 0; round < 3; round++)
        {
            await using var bench = await SearchBench.OpenAsync(new StandInSettings { Shards = chance.Next(1, 6) });
            await FillAsync(bench, [.. Enumerable.Range(0, 200).Select(i => AwkwardEvents.RecordOf(chance, i))]);
            for (var i = 0; i < 40; i++)
            {
                var text = AwkwardEvents.QueryOf(chance, 3);
                await AgreeAsync(bench, SomeEvents.Query(text), new HuntRequest(chance.Next(1, 250), null, chance.Next(0, 9)),
                    text);
            }
        }
    }

    [Fact]
    public async Task Pages_join_to_the_whole()
    {
        await using var bench = await SearchBench.OpenAsync();
        await FillAsync(bench, SomeEvents.Simulated);
        var query = SomeEvents.Query("organization: hospital-a");
        var (pages, cursor) = (new List<string>(), (HuntCursor?)null);

        do
        {
            var page = await bench.Search.SearchAsync(query, new HuntRequest(270, cursor, 0), Cancel);
            pages.AddRange(page.Hits.Select(SomeEvents.IdOf));
            cursor = HuntCursor.Parse(page.Next?.ToString());
            Assert.Equal(SomeEvents.Fitting(query).Count, page.Count);
        }
        while (cursor is not null);

        Assert.Equal(SomeEvents.Fitting(query), pages);
    }

    [Theory]
    [InlineData(SearchEngineKind.Elasticsearch, 1)]
    [InlineData(SearchEngineKind.Elasticsearch, 3)]
    [InlineData(SearchEngineKind.OpenSearch, 2)]
    public async Task A_view_that_ends_on_the_way_costs_a_new_one_and_no_hit(SearchEngineKind kind, int searches)
    {
        await using var bench =
            await SearchBench.OpenAsync(new StandInSettings { IsOpenSearch = kind == SearchEngineKind.OpenSearch });
        await FillAsync(bench, SomeEvents.Simulated);
        var left = searches;
        bench.Engine.Fail(request =>
        {
            if (request.Path == "/_search" && --left == 0)
                bench.Engine.State.ExpireViews();
            return false;
        }, StandInAnswer.Good());

        var answer = await bench.Search.SearchAsync(new QueryAll(), new HuntRequest(900, null, 10), Cancel);

        Assert.Equal(SomeEvents.Fitting(new QueryAll()).Take(900), answer.Hits.Select(SomeEvents.IdOf));
        Assert.Equal((SomeEvents.Simulated.Count, SomeEvents.Simulated.Count), (answer.Count, answer.Bars.Sum()));
        Assert.Equal("", answer.Caution);
        Assert.Equal(0, bench.Engine.State.OpenViewCount);
    }

    [Fact]
    public async Task An_engine_that_holds_no_view_is_given_up()
    {
        await using var bench = await SearchBench.OpenAsync();
        await bench.DrainAsync(Cancel);
        bench.Engine.Fail(request =>
        {
            if (request.Path == "/_search")
                bench.Engine.State.ExpireViews();
            return false;
        }, StandInAnswer.Good());

        await Assert.ThrowsAsync<SearchUnavailableException>(() =>
            bench.Search.SearchAsync(new QueryAll(), new HuntRequest(10, null, 0), Cancel));
    }

    [Fact]
    public async Task A_person_is_told_when_a_part_of_the_index_did_not_answer_or_time_ran_out()
    {
        await using var bench = await SearchBench.OpenAsync();
        await FillAsync(bench, SomeEvents.Simulated.Take(300));
        bench.Engine.State.FailedShards = new HashSet<int> { 1 };

        var partial = await bench.Search.SearchAsync(new QueryAll(), new HuntRequest(10, null, 0), Cancel);
        bench.Engine.State.FailedShards = new HashSet<int>();
        bench.Engine.State.TimesOut = true;
        var late = await bench.Search.SearchAsync(new QueryAll(), new HuntRequest(10, null, 0), Cancel);

        Assert.Equal("1 of 3 shards did not answer: there may be more.", partial.Caution);
        Assert.InRange(partial.Count, 1, 299);
        Assert.Equal("The search took too long and was cut off: there may be more.", late.Caution);
    }

    [Fact]
    public async Task An_engine_that_is_away_or_says_no_is_an_error_of_its_own_kind()
    {
        await using var bench = await SearchBench.OpenAsync();
        var request = new HuntRequest(10, null, 0);

        var absent = await Assert.ThrowsAsync<SearchRefusedException>(() =>
            bench.Search.SearchAsync(new QueryAll(), request, Cancel));
        bench.Engine.Fail(_ => true, StandInAnswer.Error(503, "cluster_block_exception", "blocked"));
        await Assert.ThrowsAsync<SearchUnavailableException>(() => bench.Search.SearchAsync(new QueryAll(), request, Cancel));
        bench.Engine.IsDown = true;
        await Assert.ThrowsAsync<SearchUnavailableException>(() => bench.Search.SearchAsync(new QueryAll(), request, Cancel));

        Assert.Equal(404, absent.Status);
    }

    [Fact]
    public async Task An_empty_index_answers_as_an_empty_archive()
    {
        await using var bench = await SearchBench.OpenAsync();
        await bench.DrainAsync(Cancel);

        Assert.Equal(0, await AgreeAsync(bench, new QueryAll(), new HuntRequest(10, null, 5), "everything"));
    }

    [Fact]
    public void Bars_begin_where_the_archives_do()
    {
        var chance = new Random(TestSeed.Next(output));
        for (var i = 0; i < 2_000; i++)
        {
            var (bars, from) = (chance.Next(1, 200), chance.NextInt64(-1_000_000, 2_000_000_000_000));
            var to = from + chance.NextInt64(0, chance.Next(2) == 0 ? 500 : 100_000_000_000);
            var borders = EventQuery.Borders(bars, from, to);
            var at = chance.NextInt64(from, to + 1);

            Assert.Equal((at - from) * bars / (to - from + 1), borders.Count(border => border <= at));
        }
    }

    /// <summary>Compares both answers in all that a person sees. Returns how many events were found.</summary>
    private static async Task<long> AgreeAsync(SearchBench bench, QueryNode query, HuntRequest request, string text)
    {
        var expected = bench.Archive.Search(query, request, null, Cancel);
        var actual = await bench.Search.SearchAsync(query, request, Cancel);

        Assert.True(expected.Count == actual.Count, $"{text}: {expected.Count} in the archive, {actual.Count} in the engine.");
        Assert.Equal(expected.Hits.Select(Place), actual.Hits.Select(Place));
        // Of several events of one identifier and millisecond both show one, and neither says which.
        Assert.All(expected.Hits.Zip(actual.Hits).Where(pair => SomeEvents.IdOf(pair.First) != AwkwardEvents.SharedId),
            pair => Assert.True(pair.First.Record.Span.SequenceEqual(pair.Second.Record.Span), text));
        Assert.Equal(expected.Bars, actual.Bars);
        Assert.Equal((expected.Span, expected.Next, ""), (actual.Span, actual.Next, actual.Caution));
        return expected.Count;
    }

    private static (long, ulong) Place(HuntHit hit) => (hit.At.ToUnixTimeMilliseconds(), hit.IdKey);

    private static async Task FillAsync(SearchBench bench, IEnumerable<byte[]> records)
    {
        bench.Archive.Add(SomeEvents.Entries(records));
        bench.Seal();
        await bench.DrainAsync(Cancel);
    }
}
