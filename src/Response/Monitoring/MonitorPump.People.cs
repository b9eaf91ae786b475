namespace SentinelHealth.Response.Monitoring;

/// <content>What people decided about alerts, detectors and erasures reaches detection here, between two batches.</content>
public sealed partial class MonitorPump
{
    private const int DecisionsPerBatchMax = 256;

    /// <summary>Decisions taken up again after a start: a snapshot may be older than they are, and taking one up twice changes nothing.</summary>
    private const int DecisionsRecalledMax = 4_096;

    private async Task HeedPeopleAsync(Shard shard, PumpBatch batch, CancellationToken cancel)
    {
        Tune(shard);
        shard.Forget(_services.Erased);
        foreach (var decision in await _services.Store.DecisionsAsync(shard.HeededDecision, DecisionsPerBatchMax, cancel))
        {
            batch.Incidents.AddRange(shard.Scoring.Close(decision.AlertId, decision.Disposition));
            shard.HeededDecision = decision.Number;
            batch.HeededDecision = decision.Number;
        }
    }

    /// <summary>
    /// Takes up again what people decided since the snapshot. The incidents that came of it are stored, up to the decision that the partition
    /// had heard of by its last commit; those after it were made while nobody had the partition, and what comes of them is committed now.
    /// </summary>
    private async Task RecallDecisionsAsync(Shard shard, CancellationToken cancel)
    {
        Tune(shard);
        var heeded = await _services.Store.HeededDecisionAsync(shard.Partition, cancel);
        // What nobody has heard of yet is not passed over, however much it is.
        shard.HeededDecision = Math.Min(
            await _services.Store.DecisionBeforeLatestAsync(DecisionsRecalledMax, cancel), heeded);
        while (shard.HeededDecision < heeded
            && await _services.Store.DecisionsAsync(shard.HeededDecision, DecisionsPerBatchMax, cancel) is { Count: > 0 } some)
        {
            foreach (var decision in some.TakeWhile(decision => decision.Number <= heeded))
                _ = shard.Scoring.Close(decision.AlertId, decision.Disposition);
            shard.HeededDecision = Math.Min(some[^1].Number, heeded);
        }
        await HeedLateAsync(shard, cancel);
    }

    private async Task HeedLateAsync(Shard shard, CancellationToken cancel)
    {
        while (true)
        {
            var batch = new PumpBatch(shard.Partition, shard.Position, keepsEvidence: false) { LastOffset = shard.Position };
            await HeedPeopleAsync(shard, batch, cancel);
            if (batch.HeededDecision is null)
                return;
            await _services.Store.CommitAsync(
                batch.ToCommit(null) with { ScoredOffsets = new Dictionary<int, long>() }, cancel);
        }
    }

    private void Tune(Shard shard)
    {
        if (_services.Tuning?.Invoke() is not { } tuning || ReferenceEquals(tuning, shard.Tuning))
            return;
        shard.Scoring.Tune(tuning);
        shard.Tuning = tuning;
    }
}
