using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Monitoring;

/// <summary>Who shows the network sees all of it once, though others score it.</summary>
public sealed class LogObserverTests : IDisposable
{
    private readonly PumpBench _bench = new();
    private readonly List<LogEntry> _taken = [];
    private readonly SourceWatch _sources = new();
    private byte[] _kept = [];
    private bool _isFull;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Every_partition_is_read_from_where_it_was_left_and_each_event_seen_where_it_belongs()
    {
        _bench.Log.Partitions = [0, 2];
        for (var i = 0; i < 6; i++)
            _bench.Log.Add(Event($"0x{i}:0", $"node:{i % 2}"), partition: i % 2 == 0 ? 0 : 2);
        _bench.Log.Add(Event("0xc:0", "node:elsewhere"), partition: 0, isCopy: true);
        _bench.Log.Add("no event"u8.ToArray(), partition: 2);

        Assert.Equal(8, await Observer().DrainAsync(Cancel));
        _bench.Log.Add(Event("0x9:0", "node:9"), partition: 2);
        Assert.Equal(1, await Observer().DrainAsync(Cancel));

        Assert.Equal(9, _taken.Count);
        var nodes = (await _bench.Status.NetworkAsync(Cancel)).Nodes;
        Assert.Equal([("node:0", 3L), ("node:1", 3L), ("node:9", 1L)], nodes.Select(node => (node.Id, node.EventCount)));
    }

    [Fact]
    public async Task What_could_not_be_made_durable_is_read_again()
    {
        _bench.Log.Add(Event("0x1:0", "node:1"));
        _isFull = true;
        await Assert.ThrowsAsync<IOException>(async () => await Observer().DrainAsync(Cancel));

        _isFull = false;
        Assert.Equal(1, await Observer().DrainAsync(Cancel));
        Assert.Single(_taken);
    }

    [Fact]
    public async Task Habits_of_sources_outlive_the_observer()
    {
        _kept = "from another version"u8.ToArray();
        _bench.Log.Add(Event("0x1:0", "node:1"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = Observer().RunAsync(stop.Token);
        await Patience.UntilAsync(() => _taken.Count == 1, () => "Nothing was taken.");
        await stop.CancelAsync();
        await running;

        var later = new SourceWatch();
        later.Load(_kept);
        // A promise does not make it heard now, because it was heard before: its silence counts from then.
        later.Promise("simulated", TimeSpan.FromMinutes(1), SomeCase.At.AddHours(1));
        Assert.Single(later.Look(SomeCase.At.AddHours(1)));
    }

    private static byte[] Event(string id, string node) => Some.LedgerTransactionJson(("id", id), ("node", node));

    private LogObserver Observer() => new(
        new ObserverServices
        {
            Log = _bench.Log,
            Decoder = new NativeEventDecoder(),
            Status = _bench.Status,
            SourceWatch = _sources,
            PositionOf = partition => _taken.Where(entry => entry.Partition == partition).Select(entry => entry.Offset)
                .DefaultIfEmpty(-1).Max(),
            Take = entries =>
            {
                if (_isFull)
                    throw new IOException("The disk is full.");
                _taken.AddRange(entries);
            },
            Remembered = _kept,
            Remember = state => _kept = state.ToArray(),
            Clock = _bench.Clock,
        },
        NullLogger<LogObserver>.Instance);
}
