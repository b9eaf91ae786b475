using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Dashboard.Tests.Fakes;

/// <summary>An event log that is open and holds nothing.</summary>
internal sealed class FakeLog : IEventLog
{
    public IReadOnlyList<int> Partitions => [0];

    public ValueTask<AppendResult> AppendAsync(IReadOnlyList<EventEnvelope> batch, CancellationToken cancel) =>
        ValueTask.FromResult(new AppendResult(batch.Count, 0));

    public ValueTask<IReadOnlyList<LogEntry>> ReadAsync(
        int partition, long afterOffset, int entriesMax, CancellationToken cancel) =>
        ValueTask.FromResult<IReadOnlyList<LogEntry>>([]);

    public ValueTask WaitForEntriesAsync(int partition, long afterOffset, CancellationToken cancel) => ValueTask.CompletedTask;

    public ValueTask<long> EndOffsetAsync(int partition, CancellationToken cancel) => ValueTask.FromResult(-1L);
}
