using System.Text;
using SentinelHealth.Response.Search;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Search;

namespace SentinelHealth.Response.Tests.Search;

public sealed class BulkSenderTests : IAsyncLifetime, IDisposable
{
    private const string Stream = "sentinel-events";
    private readonly Witness _witness = new();
    private SearchStandIn _engine = null!;
    private SearchTransport _transport = null!;
    private SearchOptions _options = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => OpenAsync(new StandInSettings());

    public async ValueTask DisposeAsync()
    {
        Dispose();
        await _engine.DisposeAsync();
    }

    public void Dispose() => _transport.Dispose();

    [Fact]
    public async Task Every_document_is_in_the_engine_once_however_it_was_cut()
    {
        var items = Items(2_503);

        var tally = await Sender().SendAsync(Stream, items, Cancel);

        Assert.Equal((2_503L, 0L), (tally.Indexed, tally.AlreadyThere));
        Assert.Equal(items.Select(item => item.Id).Order(), _engine.State.Documents(Stream).Select(document =>
            document.Id).Order());
        Assert.Equal([1_000, 1_000, 503], _witness.Batches);
    }

    [Fact]
    public async Task Batches_stay_within_their_bytes()
    {
        var items = Items(50);
        var bytes = items[0].Document.Length;

        await Sender(_options with { BulkBytesMax = bytes * 10 }).SendAsync(Stream, items, Cancel);

        Assert.All(_witness.Batches, count => Assert.InRange(count, 1, 10));
        Assert.Equal(50, _witness.Batches.Sum());
    }

    [Fact]
    public async Task What_is_sent_again_is_found_to_be_there()
    {
        await Sender().SendAsync(Stream, Items(20), Cancel);

        var tally = await Sender().SendAsync(Stream, Items(30), Cancel);

        Assert.Equal((10L, 20L, 30), (tally.Indexed, tally.AlreadyThere, _engine.State.Documents(Stream).Count));
    }

    [Fact]
    public async Task Documents_the_engine_is_too_busy_for_are_sent_again_and_the_others_are_not()
    {
        var items = Items(100);
        var tries = new Dictionary<string, int>();
        _engine.State.RefuseItem = id =>
            (tries[id] = tries.GetValueOrDefault(id) + 1) <= 2 && Array.FindIndex([.. items], item => item.Id == id) % 10 == 0
            ? (429, "es_rejected_execution_exception", "rejected execution") : null;

        var tally = await Sender().SendAsync(Stream, items, Cancel);

        Assert.Equal((100L, 0), (tally.Indexed, tally.Refused.Count));
        Assert.Equal([100, 10, 10], _witness.Batches);
        Assert.Equal(2, _witness.Pauses.Count);
    }

    [Theory]
    [InlineData(403, "cluster_block_exception")]
    [InlineData(503, "unavailable_shards_exception")]
    [InlineData(403, "security_exception")]
    public async Task What_is_not_the_documents_fault_never_costs_a_document(int status, string type)
    {
        var left = 40;
        _engine.State.RefuseItem = _ => left-- > 0 ? (status, type, "not now") : null;

        var tally = await Sender().SendAsync(Stream, Items(20), Cancel);

        Assert.Equal((20L, 0), (tally.Indexed, tally.Refused.Count));
        Assert.Contains(_witness.Pauses, held => held.Reason.Contains(type, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_document_that_does_not_fit_the_mapping_is_refused_alone_and_its_content_is_not_quoted()
    {
        var items = Items(5);
        items[3] = new BulkItem("ill", Encoding.UTF8.GetBytes("""{"@timestamp":"2026-11-02T08:00:00.000Z","SentinelHealth":{"gallery_size":"patient:secret"}}"""));

        var tally = await Sender().SendAsync(Stream, items, Cancel);

        var refused = Assert.Single(tally.Refused);
        Assert.Equal((4L, "ill"), (tally.Indexed, refused.Item.Id));
        Assert.Contains("SentinelHealth.gallery_size", refused.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_everything_is_refused_the_index_is_ill_and_nothing_is_given_up()
    {
        _engine.State.RefuseItem = _ => (400, "illegal_argument_exception", "no");

        var fault = await Assert.ThrowsAsync<SearchRefusedException>(() => Sender().SendAsync(Stream, Items(10), Cancel));

        Assert.Contains("Every one of 10", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_that_is_too_large_is_halved_down_to_the_document_that_is()
    {
        await OpenAsync(new StandInSettings { BodyBytesMax = 4_000 });
        var items = Items(64);
        items[17] = new BulkItem("huge", Encoding.UTF8.GetBytes($$"""{"@timestamp":"2026-11-02T08:00:00.000Z","message":"{{new string('x', 5_000)}}"}"""));

        var tally = await Sender().SendAsync(Stream, items, Cancel);

        Assert.Equal((63L, "huge"), (tally.Indexed, Assert.Single(tally.Refused).Item.Id));
        Assert.Contains("413", tally.Refused[0].Reason, StringComparison.Ordinal);
        Assert.Empty(_witness.Pauses);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task An_engine_that_is_away_for_a_while_gets_everything_afterwards(int status)
    {
        _engine.FailBulk(status, times: 4);

        var tally = await Sender().SendAsync(Stream, Items(10), Cancel);

        Assert.Equal((10L, 4), (tally.Indexed, _witness.Pauses.Count));
    }

    [Fact]
    public async Task An_answer_that_is_lost_costs_a_repeat_and_no_document()
    {
        _engine.Fail(request => request.Path.StartsWith("/_bulk", StringComparison.Ordinal), new StandInAnswer(0, null) { IsCut = true }, times: 2);

        var tally = await Sender().SendAsync(Stream, Items(10), Cancel);

        Assert.Equal((10L, 2), (tally.Indexed, _witness.Pauses.Count));
    }

    [Fact]
    public async Task What_the_engine_asks_for_is_the_least_that_is_waited()
    {
        _engine.FailBulk(429, retryAfter: "7");
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        _witness.OnHeld = enough.Cancel;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Sender().SendAsync(Stream, Items(1), enough.Token));

        Assert.Equal(TimeSpan.FromSeconds(7), Assert.Single(_witness.Pauses).Pause);
    }

    [Fact]
    public void Pauses_grow_to_half_a_minute_and_are_a_random_part_of_it()
    {
        var longest = new SearchPause(() => 1);
        var half = new SearchPause(() => 0.5);

        Assert.Equal([0.5, 1, 2, 4, 8, 16, 30, 30], Enumerable.Range(0, 8).Select(_ => longest.Next(null).TotalSeconds));
        Assert.Equal([0.25, 0.5, 1], Enumerable.Range(0, 3).Select(_ => half.Next(null).TotalSeconds));
        longest.Reset();
        Assert.Equal(0.5, longest.Next(null).TotalSeconds);
        Assert.Equal(90, longest.Next(TimeSpan.FromSeconds(90)).TotalSeconds);
    }

    [Fact]
    public async Task An_index_that_somebody_deleted_is_told_and_not_made_by_writing_to_it()
    {
        await Assert.ThrowsAsync<HomelessException>(() => Sender().SendAsync("elsewhere", Items(3), Cancel));
        _engine.State.Delete("sentinel-alerts-000001");
        await Assert.ThrowsAsync<HomelessException>(() =>
            Sender().SendAsync("sentinel-alerts", [new BulkItem("a", "{}"u8.ToArray()) { Version = 1 }], Cancel));
    }

    [Fact]
    public async Task A_compressed_request_is_shorter_and_says_the_same()
    {
        _options = _options with { IsCompressed = true };
        _transport.Dispose();
        _transport = new SearchTransport(_options, TimeProvider.System);

        var tally = await Sender().SendAsync(Stream, Items(100), Cancel);

        Assert.Equal(100, tally.Indexed);
        Assert.True(_engine.Requests[^1].IsCompressed);
    }

    [Fact]
    public async Task The_next_node_is_asked_when_one_is_away()
    {
        await using var gone = await SearchStandIn.StartAsync();
        var away = gone.Address;
        await gone.DisposeAsync();
        using var transport = new SearchTransport(_options with { Addresses = [away, _engine.Address] }, TimeProvider.System);

        var tally = await new BulkSender(transport, _options, _witness, TimeProvider.System, () =>
            0).SendAsync(Stream, Items(3), Cancel);

        Assert.Equal((3L, 0), (tally.Indexed, _witness.Pauses.Count));
    }

    private BulkSender Sender(SearchOptions? options = null) =>
        new(_transport, options ?? _options, _witness, TimeProvider.System, () => 0);

    private async ValueTask OpenAsync(StandInSettings settings)
    {
        if (_engine is not null)
            await DisposeAsync();
        _engine = await SearchStandIn.StartAsync(settings);
        _options = new SearchOptions { Addresses = [_engine.Address] };
        _transport = new SearchTransport(_options, TimeProvider.System);
        await new SearchSetup(_transport, _options).PutAsync(new SearchRefill(_ => Task.CompletedTask, _ =>
            Task.CompletedTask), Cancel);
    }

    private static List<BulkItem> Items(int count)
    {
        var document = new EventDocument();
        return [.. Enumerable.Range(0, count).Select(i => Some.LedgerTransactionJson(("id", $"0x{i:x}:1")))
            .Select(record => new BulkItem(EventDocument.IdOf(record), document.Of(Some.Decoded(record))))];
    }

    private sealed class Witness : ISendingWitness
    {
        public List<int> Batches { get; } = [];

        public List<(string Reason, TimeSpan Pause)> Pauses { get; } = [];

        public Action OnHeld { get; set; } = () => { };

        public void Sent(int documents, long bytes) => Batches.Add(documents);

        public void Held(string reason, TimeSpan pause)
        {
            Pauses.Add((reason, pause));
            OnHeld();
        }
    }
}
