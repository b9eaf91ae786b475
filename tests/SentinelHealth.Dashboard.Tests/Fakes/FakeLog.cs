using System.Text;
using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Dashboard.Tests.Fakes;

/// <summary>An event log in memory that holds what a test puts into it.</summary>
internal sealed class FakeLog : IEventLog
{
    private readonly List<LogEntry> _entries = [];

    public IReadOnlyList<int> Partitions { get; set; } = [0];

    /// <summary>Partitions whose end nobody knows.</summary>
    public HashSet<int> Silent { get; } = [];

    /// <summary>Reading waits for this.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public void Add(string source, string record) => _entries.Add(
        new LogEntry(0, _entries.Count, source, DateTimeOffset.UnixEpoch, Encoding.UTF8.GetBytes(record)));

    public ValueTask<AppendResult> AppendAsync(IReadOnlyList<EventEnvelope> batch, CancellationToken cancel) =>
        ValueTask.FromResult(new AppendResult(batch.Count, 0));

    public async ValueTask<IReadOnlyList<LogEntry>> ReadAsync(
        int partition, long afterOffset, int entriesMax, CancellationToken cancel)
    {
        await Gate.WaitAsync(cancel);
        return [.. _entries.Where(entry => entry.Offset > afterOffset).Take(entriesMax)];
    }

    public ValueTask WaitForEntriesAsync(int partition, long afterOffset, CancellationToken cancel) => ValueTask.CompletedTask;

    public ValueTask<long> EndOffsetAsync(int partition, CancellationToken cancel) => Silent.Contains(partition)
        ? throw new IOException("No broker leads the partition.") : ValueTask.FromResult(_entries.Count - 1L);
}
