using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Ingest.Kafka;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Kafka;

namespace SentinelHealth.Ingest.Tests.Kafka;

public sealed class KafkaEventLogTests : IDisposable
{
    private const string Topic = "sentinel.events";

    private readonly KafkaTestCluster _cluster = new(brokers: 2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public async Task What_two_processes_append_both_is_marked_the_second_time()
    {
        _cluster.CreateTopic(Topic, 1);
        await using var first = await OpenAsync();
        await using var second = await OpenAsync();

        await first.AppendAsync(Batch(0, 10), Cancel);
        await second.AppendAsync(Batch(5, 10), Cancel);

        var entries = await ReadAllAsync(first.Partitions.Count > 0 ? first : second, 20);
        Assert.Equal(Enumerable.Range(0, 15), entries.Where(entry => !entry.IsDuplicate).Select(NumberOf));
        Assert.Equal(Enumerable.Range(5, 5), entries.Where(entry => entry.IsDuplicate).Select(NumberOf));
    }

    [Fact]
    public async Task The_marks_are_the_same_wherever_reading_begins()
    {
        _cluster.CreateTopic(Topic, 1);
        await using (var other = await OpenAsync())
            await other.AppendAsync(Batch(0, 300), Cancel);
        await using var log = await OpenAsync();
        await using var writer = await OpenAsync(new() { Group = "another" });
        await log.AppendAsync(Batch(300, 300), Cancel);
        await writer.AppendAsync(Batch(250, 100), Cancel);
        var whole = await ReadAllAsync(log, 650);

        foreach (var after in new long[] { 640, 599, 300, 10 })
        {
            var part = await ReadAllAsync(log, 649 - (int)after, after);
            Assert.Equal(whole.Where(entry => entry.Offset > after).Select(Mark), part.Select(Mark));
        }
    }

    [Fact]
    public async Task What_all_must_know_of_stands_in_every_partition_once_as_itself()
    {
        _cluster.CreateTopic(Topic, 3);
        await using var log = await OpenAsync();
        await using var appender = await OpenAsync(new(), isMember: false);
        EventEnvelope[] batch = [.. Batch(0, 4).Select((envelope, i) => envelope with { OrderKey = 7, IsForAll = i == 2 })];

        Assert.Equal(new AppendResult(4, 0), await appender.AppendAsync(batch, Cancel));
        Assert.Equal(new AppendResult(0, 4), await appender.AppendAsync(batch, Cancel));

        var partitions = await Task.WhenAll(log.Partitions.Select(partition => ReadAsync(log, partition)));
        var own = partitions.Single(entries => entries.Count == 4);
        Assert.Equal([0, 1, 2, 3], own.Select(NumberOf));
        Assert.All(own, entry => Assert.False(entry.IsCopy));
        Assert.All(partitions.Where(entries => entries != own), entries =>
        {
            var copy = Assert.Single(entries);
            Assert.Equal((2, true, "s"), (NumberOf(copy), copy.IsCopy, copy.Source));
        });
        Assert.Empty(appender.Partitions);
        Assert.Equal(3, await appender.EndOffsetAsync(own[0].Partition, Cancel));
    }

    [Fact]
    public async Task After_a_crash_what_all_must_know_of_is_written_whole_again_and_marked_where_it_was()
    {
        _cluster.CreateTopic(Topic, 3);
        EventEnvelope[] batch = [.. Batch(0, 2).Select((envelope, i) => envelope with { OrderKey = 7, IsForAll = i == 1 })];
        await using (var dies = await OpenAsync(new(), isMember: false))
            await dies.AppendAsync(batch, Cancel);
        await using var log = await OpenAsync();

        // Nobody knows which of the copies had arrived, so none may be taken for granted.
        Assert.Equal(new AppendResult(1, 1), await log.AppendAsync(batch, Cancel));

        var partitions = await Task.WhenAll(log.Partitions.Select(partition => ReadAsync(log, partition)));
        Assert.Equal([2, 2, 3], partitions.Select(entries => entries.Count).Order());
        Assert.All(partitions, entries => Assert.Single(entries, entry => NumberOf(entry) == 1 && !entry.IsDuplicate));
        Assert.All(partitions, entries => Assert.Single(entries, entry => NumberOf(entry) == 1 && entry.IsDuplicate));
    }

    [Fact]
    public async Task Records_of_one_key_share_a_partition_and_keep_their_order()
    {
        _cluster.CreateTopic(Topic, 4);
        await using var log = await OpenAsync();

        var keyed = Batch(0, 400).Select((envelope, i) => envelope with { OrderKey = (ulong)(i % 40) + 1 });
        await log.AppendAsync([.. keyed], Cancel);

        var perPartition = await Task.WhenAll(log.Partitions.Select(partition => ReadAsync(log, partition)));
        var keys = perPartition.Select(entries => entries.Select(entry => NumberOf(entry) % 40).ToHashSet()).ToList();
        Assert.Equal(40, keys.Sum(some => some.Count));
        Assert.All(perPartition, entries => Assert.Equal(entries.Select(NumberOf).Order(), entries.Select(NumberOf)));
    }

    [Fact]
    public async Task Refused_requests_are_repeated_until_the_brokers_take_them()
    {
        _cluster.CreateTopic(Topic, 2);
        await using var log = await OpenAsync();
        _cluster.FailNext(
            KafkaRequest.Produce, ErrorCode.NotLeaderForPartition, ErrorCode.RequestTimedOut, ErrorCode.NotEnoughReplicas);
        _cluster.FailNext(
            KafkaRequest.Fetch, ErrorCode.NotLeaderForPartition, ErrorCode.Local_Transport, ErrorCode.UnknownTopicOrPart);

        Assert.Equal(new AppendResult(200, 0), await log.AppendAsync(Batch(0, 200), Cancel));

        var entries = await ReadAllAsync(log, 200);
        Assert.Equal(Enumerable.Range(0, 200), entries.Select(NumberOf).Order());
    }

    [Fact]
    public async Task Appends_wait_for_brokers_that_are_away_and_then_arrive()
    {
        _cluster.CreateTopic(Topic, 2);
        await using var log = await OpenAsync();
        _cluster.TakeDown(1);
        _cluster.TakeDown(2);
        var append = log.AppendAsync(Batch(0, 50), Cancel).AsTask();

        Assert.False(append.IsCompleted);
        _cluster.BringUp(1);
        _cluster.BringUp(2);

        Assert.Equal(new AppendResult(50, 0), await append);
        var entries = await ReadAllAsync(log, 50);
        Assert.Equal(Enumerable.Range(0, 50), entries.Where(entry => !entry.IsDuplicate).Select(NumberOf).Order());
    }

    [Fact]
    public async Task A_batch_that_cannot_arrive_fails_as_a_whole_and_may_be_repeated()
    {
        _cluster.CreateTopic(Topic, 2);
        await using var log = await OpenAsync(deliveryTimeout: TimeSpan.FromSeconds(5));
        _cluster.TakeDown(1);
        _cluster.TakeDown(2);

        await Assert.ThrowsAsync<KafkaException>(async () => await log.AppendAsync(Batch(0, 50), Cancel));

        _cluster.BringUp(1);
        _cluster.BringUp(2);
        Assert.Equal(50, (await log.AppendAsync(Batch(0, 50), Cancel)).Appended);
        var entries = await ReadAllAsync(log, 50);
        Assert.Equal(Enumerable.Range(0, 50), entries.Where(entry => !entry.IsDuplicate).Select(NumberOf).Order());
    }

    [Fact]
    public async Task A_log_can_be_closed_while_its_brokers_are_away()
    {
        _cluster.CreateTopic(Topic, 2);
        var log = await OpenAsync();
        _cluster.TakeDown(1);
        _cluster.TakeDown(2);
        var append = log.AppendAsync(Batch(0, 50), Cancel).AsTask();

        await log.DisposeAsync();

        await Assert.ThrowsAsync<KafkaException>(() => append);
    }

    [Fact]
    public async Task Members_share_the_partitions_and_take_over_from_one_that_leaves()
    {
        _cluster.CreateTopic(Topic, 4);
        var first = await OpenAsync();
        await using var second = await OpenAsync();
        await Patience.UntilAsync(
            () => first.Partitions.Count == 2 && second.Partitions.Count == 2,
            () => $"{first.Partitions.Count} and {second.Partitions.Count} partitions.");
        Assert.Empty(first.Partitions.Intersect(second.Partitions));
        await first.AppendAsync(Batch(0, 100), Cancel);

        await first.DisposeAsync();

        await Patience.UntilAsync(() => second.Partitions.Count == 4, () => $"{second.Partitions.Count} partitions.");
        Assert.Equal(Enumerable.Range(0, 100), (await ReadAllAsync(second, 100)).Select(NumberOf).Order());
    }

    [Fact]
    public async Task A_partition_that_went_away_ends_its_wait_and_gives_nothing()
    {
        _cluster.CreateTopic(Topic, 2);
        await using var first = await OpenAsync();
        var waits = first.Partitions.ToDictionary(
            partition => partition, partition => first.WaitForEntriesAsync(partition, -1, Cancel).AsTask());

        await using var second = await OpenAsync();
        await Patience.UntilAsync(() => first.Partitions.Count == 1 && second.Partitions.Count == 1, () => "It was not shared.");

        var gone = second.Partitions[0];
        await waits[gone];
        await second.AppendAsync(Batch(0, 50), Cancel);
        Assert.Empty(await first.ReadAsync(gone, -1, 10, Cancel));
    }

    [Fact]
    public async Task A_reader_that_does_not_read_is_not_filled_without_bound()
    {
        _cluster.CreateTopic(Topic, 1);
        await using var log = await OpenAsync(new() { BufferedEntriesMax = 100 });
        for (var batch = 0; batch < 10; batch++)
            await log.AppendAsync(Batch(batch * 500, 500), Cancel);
        await log.WaitForEntriesAsync(0, -1, Cancel);

        // What is taken at once is what was held; the rest comes once there is room again.
        var held = await log.ReadAsync(0, -1, 100_000, Cancel);

        Assert.InRange(held.Count, 1, 5_000 - 1);
        Assert.Equal(Enumerable.Range(0, 5_000), (await ReadAllAsync(log, 5_000)).Select(NumberOf));
    }

    [Fact]
    public async Task A_topic_that_does_not_exist_is_named()
    {
        _cluster.CreateTopic(Topic, 1);

        var refusal = await Assert.ThrowsAsync<IOException>(() => OpenAsync(new() { Topic = "missing" }));

        Assert.Contains("missing", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_log_refuses_appends()
    {
        _cluster.CreateTopic(Topic, 1);
        var log = await OpenAsync();
        await log.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await log.AppendAsync(Batch(0, 1), Cancel));
    }

    private Task<KafkaEventLog> OpenAsync(
        KafkaEventLogOptions? options = null, TimeSpan? deliveryTimeout = null, bool isMember = true)
    {
        var connection = _cluster.Connection with
        {
            StartTimeout = TimeSpan.FromSeconds(10),
            DeliveryTimeout = deliveryTimeout ?? TimeSpan.FromMinutes(2),
        };
        return KafkaEventLog.OpenAsync(
            connection, options ?? new(), TimeProvider.System, NullLogger<KafkaEventLog>.Instance, Cancel, isMember);
    }

    /// <summary>Reads until so many entries have come: another process's may take a moment.</summary>
    private static async Task<List<LogEntry>> ReadAllAsync(KafkaEventLog log, int count, long after = -1)
    {
        var all = new List<LogEntry>();
        await Patience.UntilAsync(
            async () =>
            {
                all = [];
                foreach (var partition in log.Partitions)
                    all.AddRange(await ReadAsync(log, partition, after));
                return all.Count >= count;
            },
            () => $"Only {all.Count} of {count} came.");
        return all;
    }

    private static async Task<List<LogEntry>> ReadAsync(KafkaEventLog log, int partition, long after = -1)
    {
        var all = new List<LogEntry>();
        while (await log.ReadAsync(partition, all.Count == 0 ? after : all[^1].Offset, 1000, Cancel) is { Count: > 0 } some)
            all.AddRange(some);
        return all;
    }

    private static List<EventEnvelope> Batch(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(number =>
        {
            var text = number.ToString(CultureInfo.InvariantCulture);
            return new EventEnvelope("s", text, Encoding.UTF8.GetBytes(text));
        })];

    private static (long, bool) Mark(LogEntry entry) => (entry.Offset, entry.IsDuplicate);

    private static int NumberOf(LogEntry entry) =>
        int.Parse(Encoding.UTF8.GetString(entry.Payload.Span), NumberStyles.None, CultureInfo.InvariantCulture);
}
