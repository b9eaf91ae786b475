using SentinelHealth.Detection.Lifecycle;

namespace SentinelHealth.Response.Monitoring;

/// <content>What people decided about alerts and detectors reaches detection here, between two batches.</content>
public sealed partial class MonitorPump
{
    private const int DecisionsPerBatchMax = 256;

    /// <summary>Decisions taken up again after a start: a snapshot may be older than they are, and taking one up twice changes nothing.</summary>
    private const int DecisionsRecalledMax = 4_096;

    private long _heededDecision;
    private DetectionTuning? _tuning;

    private async Task HeedPeopleAsync(PumpBatch batch, CancellationToken cancel)
    {
        Tune();
        foreach (var decision in await _services.Store.DecisionsAsync(_heededDecision, DecisionsPerBatchMax, cancel))
        {
            batch.Incidents.AddRange(_scoring.Close(decision.AlertId, decision.Disposition));
            _heededDecision = decision.Number;
        }
    }

    /// <summary>Takes up again what people decided since the snapshot; the incidents that came of it are stored already.</summary>
    private async Task RecallDecisionsAsync(CancellationToken cancel)
    {
        _tuning = null;
        Tune();
        _heededDecision = await _services.Store.DecisionBeforeLatestAsync(DecisionsRecalledMax, cancel);
        while (await _services.Store.DecisionsAsync(_heededDecision, DecisionsPerBatchMax, cancel) is { Count: > 0 } some)
        {
            foreach (var decision in some)
                _ = _scoring.Close(decision.AlertId, decision.Disposition);
            _heededDecision = some[^1].Number;
        }
    }

    private void Tune()
    {
        if (_services.Tuning?.Invoke() is not { } tuning || ReferenceEquals(tuning, _tuning))
            return;
        _scoring.Tune(tuning);
        _tuning = tuning;
    }
}
