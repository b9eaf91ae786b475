namespace SentinelHealth.Response.Monitoring;

/// <content>What people decided about alerts and detectors reaches detection here, between two batches.</content>
public sealed partial class MonitorPump
{
    private const int DecisionsPerBatchMax = 256;

    /// <summary>Decisions taken up again after a start: a snapshot may be older than they are, and taking one up twice changes nothing.</summary>
    private const int DecisionsRecalledMax = 4_096;

    private async Task HeedPeopleAsync(Shard shard, PumpBatch batch, CancellationToken cancel)
    {
        Tune(shard);
        foreach (var decision in await _services.Store.DecisionsAsync(shard.HeededDecision, DecisionsPerBatchMax, cancel))
        {
            batch.Incidents.AddRange(shard.Scoring.Close(decision.AlertId, decision.Disposition));
            shard.HeededDecision = decision.Number;
        }
    }

    /// <summary>Takes up again what people decided since the snapshot; the incidents that came of it are stored already.</summary>
    private async Task RecallDecisionsAsync(Shard shard, CancellationToken cancel)
    {
        Tune(shard);
        shard.HeededDecision = await _services.Store.DecisionBeforeLatestAsync(DecisionsRecalledMax, cancel);
        while (await _services.Store.DecisionsAsync(shard.HeededDecision, DecisionsPerBatchMax, cancel) is { Count: > 0 } some)
        {
            foreach (var decision in some)
                _ = shard.Scoring.Close(decision.AlertId, decision.Disposition);
            shard.HeededDecision = some[^1].Number;
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
