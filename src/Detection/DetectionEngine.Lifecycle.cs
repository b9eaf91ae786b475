using SentinelHealth.Detection.Calibration;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Explanation;
using SentinelHealth.Detection.Features;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Detection.Rules;
using SentinelHealth.Detection.Rules.Live;
using SentinelHealth.Detection.TimeSeries;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection;

/// <content>Stages, scorecards and what people found.</content>
public sealed partial class DetectionEngine
{
    /// <summary>What is decided about detectors and rules now.</summary>
    public DetectionTuning Tuning => _scorecards.Tuning;

    /// <inheritdoc/>
    public void Tune(DetectionTuning tuning)
    {
        ArgumentNullException.ThrowIfNull(tuning);
        _scorecards.Tune(tuning);
        ApplyStages();
    }

    /// <inheritdoc/>
    public IReadOnlyList<Incident> Close(string alertId, Disposition disposition)
    {
        ArgumentNullException.ThrowIfNull(alertId);
        _scorecards.Decide(alertId, disposition);
        return disposition == Disposition.Benign ? _desk.CloseBenign(alertId) : [];
    }

    /// <inheritdoc/>
    /// <remarks>What correlations remember stays where they are the same.</remarks>
    public void Use(StagedRules written)
    {
        ArgumentNullException.ThrowIfNull(written);
        _written.Use(written);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, RuleCount> ReadRuleCounts() =>
        new Dictionary<string, RuleCount>(_written.Counts, StringComparer.Ordinal);

    /// <summary>What people decided about a rule, or else its own stage.</summary>
    private DetectorStage StageOf(RuleDefinition rule) =>
        _scorecards.Tuning.Stages.TryGetValue(rule.Name, out var decided) ? decided : rule.Stage;

    private void ApplyStages()
    {
        for (var slot = 0; slot < _slots.Length; slot++)
            _stages[slot] = _scorecards.Tuning.StageOf(_slots[slot].Detector.Name);
    }

    /// <summary>What detectors in shadow say is kept apart and counts for nothing.</summary>
    private void SilenceShadows(Span<EvidenceItem> evidence)
    {
        _shadowSum = 0;
        foreach (ref var item in evidence)
        {
            if (_stages[item.Slot] != DetectorStage.Shadow)
                continue;
            _shadowSum += item.Evidence;
            item = item with { Evidence = 0, ShadowEvidence = item.Evidence };
        }
    }

    /// <summary>Whether detectors in shadow would have made an alert of what is none.</summary>
    private void CountShadows(in Assessment seen)
    {
        if (_shadowSum <= 0)
            return;
        var pValue = _combiner.PValue(_features.ActorPeers, seen.Sum + _shadowSum) / EventShare;
        if (pValue >= _budget.PValueThreshold)
            return;
        foreach (ref readonly var item in _evidence.AsSpan(0, seen.EvidenceCount))
        {
            if (item.ShadowEvidence > 0)
                _scorecards.Of(_slots[item.Slot].Detector.Name).ShadowAlertCount++;
        }
    }

    private void RaiseModel(SentinelEvent observed, in Assessment seen, double score)
    {
        var standing = _guarantee.Judge(_features.Categories[HealthFeatures.Actor], seen.AtMs, HourPValue(seen));
        if (standing == AlertStanding.Withheld)
            return;
        var source = SourceOf(seen);
        _desk.Raise(ModelAlert(observed, seen, score, standing), IncidentTitle.Of(source));
        if (_desk.LastId is { } id)
            _scorecards.Of(source).Note(id, seen.PValue / _budget.PValueThreshold);
    }

    /// <summary>Tells of a series that was unlike itself, unless the stage of its detector forbids it.</summary>
    private void RaiseSeries(SentinelEvent observed, SeriesFinding finding)
    {
        var stage = _scorecards.Tuning.StageOf(NetworkSeries.Name);
        var record = _scorecards.Of(NetworkSeries.Name);
        if (stage == DetectorStage.Shadow)
            record.ShadowAlertCount++;
        if (stage != DetectorStage.Enforced || !IsWarm(_newestMs))
            return;
        _desk.Raise(SeriesAlert.Of(finding, observed.OccurredAt), IncidentTitle.Of(NetworkSeries.Name));
        if (_desk.LastId is { } id)
            record.Note(id, finding.PValue / _budget.PValueThreshold);
    }

    /// <summary>Raises a match unless the rule's stage forbids it.</summary>
    private bool RaiseRule(SentinelEvent observed, RuleMatch match)
    {
        var stage = StageOf(match.Rule);
        if (stage is DetectorStage.Draft or DetectorStage.Retired)
            return false;
        var record = _scorecards.Of(match.Rule.Name);
        record.ScoredCount++;
        if (stage == DetectorStage.Shadow)
        {
            record.ShadowAlertCount++;
            return false;
        }
        _desk.Raise(RuleAlert(observed, match), match.Rule.Title);
        if (_desk.LastId is { } id)
            record.Note(id, 1);
        return true;
    }

    /// <summary>Scorecards with the counts that are kept by slot for speed.</summary>
    private List<DetectorScorecard> Scored()
    {
        foreach (var slots in _slots.Select((slot, index) => (slot.Detector.Name, Count: _scoredCounts[index]))
            .GroupBy(slot => slot.Name))
            _scorecards.Of(slots.Key).ScoredCount = slots.Sum(slot => slot.Count);
        return [.. _scorecards.All()];
    }
}
