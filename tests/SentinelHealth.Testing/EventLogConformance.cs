using System.Globalization;
using System.Text;
using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Testing;

/// <summary>What every event log promises. One subclass for each implementation; nothing here assumes a number of partitions.</summary>
public abstract class EventLogConformance : IAsyncLifetime
{
    private IEventLog? _log;

    /// <summary>Opens the log; after <see cref="CloseAsync"/>, the same log again.</summary>
    protected abstract ValueTask<IEventLog> OpenAsync();

    /// <summary>Closes the log as a process that ends would.</summary>
    protected abstract ValueTask CloseAsync(IEventLog log);

    private IEventLog Log => _log!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _log = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await CloseAsync(Log);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_empty_log_ends_before_its_first_entry()
    {
        Assert.NotEmpty(Log.Partitions);
        foreach (var partition in Log.Partitions)
        {
            Assert.Equal(-1, await Log.EndOffsetAsync(partition, Cancel));
            Assert.Empty(await Log.ReadAsync(partition, -1, 10, Cancel));
        }
    }

    [Fact]
    public async Task What_is_appended_is_read_back_byte_for_byte()
    {
        byte[] payload = [0, 1, 255, (byte)'\n', 0x80];
        byte[] padded = [9, .. payload, 9];

        var result = await Log.AppendAsync([new("file:a", "id é", padded.AsMemory(1, payload.Length))], Cancel);

        Assert.Equal(new AppendResult(1, 0), result);
        var entry = Assert.Single(await ReadAllAsync());
        Assert.Equal("file:a", entry.Source);
        Assert.Equal(payload, entry.Payload.ToArray());
        Assert.True(entry.Offset >= 0);
    }

    [Fact]
    public async Task Entries_keep_the_order_in_which_they_were_appended()
    {
        for (var batch = 0; batch < 20; batch++)
            await Log.AppendAsync(Batch("s", batch * 10, 10), Cancel);

        foreach (var partition in Log.Partitions)
        {
            var entries = await ReadAsync(partition, entriesMax: 1000);
            Assert.Equal(entries.Select(e => e.Offset).Order().Distinct(), entries.Select(e => e.Offset));
            Assert.Equal(entries.Select(NumberOf).Order(), entries.Select(NumberOf));
        }
        Assert.Equal(200, (await ReadAllAsync()).Count);
    }

    [Fact]
    public async Task Reading_in_small_steps_gives_what_reading_at_once_gives()
    {
        await Log.AppendAsync(Batch("s", 0, 100), Cancel);

        foreach (var partition in Log.Partitions)
        {
            var atOnce = await ReadAsync(partition, entriesMax: 1000);
            var inSteps = await ReadAsync(partition, entriesMax: 7);
            Assert.Equal(atOnce.Select(e => e.Offset), inSteps.Select(e => e.Offset));
        }
    }

    [Fact]
    public async Task A_consumer_that_asks_again_is_given_the_same_again()
    {
        await Log.AppendAsync(Batch("s", 0, 50), Cancel);
        var before = await ReadAllAsync();

        var after = await ReadAllAsync();

        Assert.Equal(before.Select(Identity), after.Select(Identity));
    }

    [Fact]
    public async Task A_record_is_kept_once_however_often_it_arrives()
    {
        var first = await Log.AppendAsync([.. Batch("s", 0, 5), .. Batch("s", 3, 2)], Cancel);
        var second = await Log.AppendAsync(Batch("s", 0, 8), Cancel);

        Assert.Equal(new AppendResult(5, 2), first);
        Assert.Equal(new AppendResult(3, 5), second);
        Assert.Equal(Enumerable.Range(0, 8), (await ReadAllAsync()).Select(NumberOf).Order());
    }

    [Fact]
    public async Task The_same_identifier_from_another_source_is_another_record()
    {
        await Log.AppendAsync(Batch("a", 0, 3), Cancel);

        Assert.Equal(new AppendResult(3, 0), await Log.AppendAsync(Batch("b", 0, 3), Cancel));
    }

    [Fact]
    public async Task The_end_offset_is_that_of_the_last_entry()
    {
        await Log.AppendAsync(Batch("s", 0, 30), Cancel);

        foreach (var partition in Log.Partitions)
        {
            var entries = await ReadAsync(partition, entriesMax: 1000);
            Assert.Equal(entries.Count == 0 ? -1 : entries[^1].Offset, await Log.EndOffsetAsync(partition, Cancel));
        }
    }

    [Fact]
    public async Task An_empty_batch_changes_nothing()
    {
        Assert.Equal(default, await Log.AppendAsync([], Cancel));
        Assert.Empty(await ReadAllAsync());
    }

    [Fact]
    public async Task A_restart_loses_nothing_and_repeats_nothing()
    {
        await Log.AppendAsync(Batch("s", 0, 40), Cancel);
        var before = await ReadAllAsync();

        await CloseAsync(Log);
        _log = await OpenAsync();

        Assert.Equal(before.Select(Identity), (await ReadAllAsync()).Select(Identity));
        Assert.Equal(new AppendResult(2, 40), await Log.AppendAsync(Batch("s", 0, 42), Cancel));
        Assert.Equal(Enumerable.Range(0, 42), (await ReadAllAsync()).Select(NumberOf).Order());
    }

    [Fact]
    public async Task An_append_that_was_cancelled_beforehand_leaves_nothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Log.AppendAsync(Batch("s", 0, 3), new CancellationToken(canceled: true)));

        Assert.Empty(await ReadAllAsync());
    }

    [Fact]
    public async Task Waiting_ends_when_an_entry_arrives()
    {
        var waits = Log.Partitions.Select(p => Log.WaitForEntriesAsync(p, -1, Cancel).AsTask()).ToArray();
        Assert.DoesNotContain(waits, wait => wait.IsCompleted);

        await Log.AppendAsync(Batch("s", 0, 1), Cancel);

        await await Task.WhenAny(waits);
        var holder = Log.Partitions[Array.FindIndex(waits, wait => wait.IsCompletedSuccessfully)];
        await Log.WaitForEntriesAsync(holder, -1, Cancel);
        Assert.NotEmpty(await Log.ReadAsync(holder, -1, 1, Cancel));
    }

    [Fact]
    public async Task Waiting_ends_when_it_is_cancelled()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var wait = Log.WaitForEntriesAsync(Log.Partitions[0], -1, stop.Token).AsTask();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }

    [Fact]
    public async Task Concurrent_appenders_lose_nothing_and_repeat_nothing()
    {
        const int Appenders = 8, Batches = 20, BatchSize = 10;

        // Neighbours overlap by half: every record is appended by two of them.
        var results = await Task.WhenAll(Enumerable.Range(0, Appenders).Select(appender => Task.Run(async () =>
        {
            var total = default(AppendResult);
            for (var batch = 0; batch < Batches; batch++)
            {
                var first = (appender * Batches / 2 + batch) % (Appenders * Batches / 2) * BatchSize;
                var result = await Log.AppendAsync(Batch("s", first, BatchSize), Cancel);
                total = new(total.Appended + result.Appended, total.Duplicates + result.Duplicates);
            }
            return total;
        })));

        const int Records = Appenders * Batches / 2 * BatchSize;
        Assert.Equal(Enumerable.Range(0, Records), (await ReadAllAsync()).Select(NumberOf).Order());
        Assert.Equal(Records, results.Sum(r => r.Appended));
        Assert.Equal(Records, results.Sum(r => r.Duplicates));
    }

    private static List<EventEnvelope> Batch(string source, int first, int count) =>
        [.. Enumerable.Range(first, count).Select(number =>
        {
            var text = number.ToString(CultureInfo.InvariantCulture);
            return new EventEnvelope(source, text, Encoding.UTF8.GetBytes(text));
        })];

    private static int NumberOf(LogEntry entry) =>
        int.Parse(Encoding.UTF8.GetString(entry.Payload.Span), NumberStyles.None, CultureInfo.InvariantCulture);

    private static (int Partition, long Offset, int Number) Identity(LogEntry entry) =>
        (entry.Partition, entry.Offset, NumberOf(entry));

    private async Task<List<LogEntry>> ReadAllAsync()
    {
        var all = new List<LogEntry>();
        foreach (var partition in Log.Partitions)
            all.AddRange(await ReadAsync(partition, entriesMax: 1000));
        return all;
    }

    private async Task<List<LogEntry>> ReadAsync(int partition, int entriesMax)
    {
        var all = new List<LogEntry>();
        while (await Log.ReadAsync(partition, all.Count == 0 ? -1 : all[^1].Offset, entriesMax, Cancel) is { Count: > 0 } some)
        {
            Assert.True(some.Count <= entriesMax);
            all.AddRange(some);
        }
        return all;
    }
}
