using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Monitoring;

/// <content>Who hears that a partition waits, and that it goes on: the program's log, its status, and the other processes.</content>
public sealed partial class MonitorPump
{
    private ValueTask TellAsync(PartitionTurn turn, CancellationToken cancel)
    {
        if (turn.Fault is PositionMovedException moved)
            _logger.PartitionMoved(turn.Partition, moved.Message);
        else if (turn.Fault is { } fault)
            _logger.PartitionFailed(turn.Partition, turn.Wait, fault);
        else
            _logger.PartitionRecovered(turn.Partition);
        _services.Status.Scored(0, 0, Reported(turn));
        return ValueTask.CompletedTask;
    }

    private async ValueTask TellAllAsync(PartitionTurn turn, CancellationToken cancel)
    {
        await TellAsync(turn, cancel);
        // Another process has it, and says how it is.
        if (turn.Fault is PositionMovedException)
            return;
        try
        {
            await _services.Store.CommitAsync(
                new CaseCommit { ScoredOffsets = new Dictionary<int, long>(), Report = _reports[turn.Partition] }, cancel);
        }
        catch (Exception fault) when (!cancel.IsCancellationRequested)
        {
            // It may be the store that fails: the report of the next batch says the same.
            _logger.PartitionNotTold(turn.Partition, fault.Message);
        }
    }

    private ShardReport Reported(PartitionTurn turn)
    {
        var now = _services.Clock.GetUtcNow();
        var before = _reports.GetValueOrDefault(turn.Partition) ?? new ShardReport { Partition = turn.Partition, At = now };
        return _reports[turn.Partition] = before with { At = now, Fault = turn.Fault?.Message ?? "" };
    }
}
