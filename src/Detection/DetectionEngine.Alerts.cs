using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Calibration;
using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Explanation;
using SentinelHealth.Detection.Rules;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection;

/// <content>From a finding to an alert.</content>
public sealed partial class DetectionEngine
{
    private DetectorSlot Strongest(in Assessment seen)
    {
        var strongest = _evidence[0];
        foreach (var item in _evidence.AsSpan(0, seen.EvidenceCount))
        {
            if (item.Evidence > strongest.Evidence)
                strongest = item;
        }
        return _slots[strongest.Slot];
    }

    private string SourceOf(in Assessment seen) => seen.IsLasting ? Persistence.Name : Strongest(seen).Detector.Name;

    private Alert ModelAlert(SentinelEvent observed, in Assessment seen, double score, AlertStanding standing)
    {
        var strongest = Strongest(seen);
        var source = SourceOf(seen);
        var explained = _explainer.Explain(observed, _evidence.AsSpan(0, seen.EvidenceCount), score, seen.EarlierShare);
        var entity = EventEntities.Of(observed, strongest.View);
        var excess = _budget.PValueThreshold / seen.PValue;
        return new Alert
        {
            Id = "",
            IncidentId = "",
            At = observed.OccurredAt,
            Kind = AlertKind.Model,
            Source = source,
            Severity = excess >= CriticalExcess ? Severity.Critical : excess >= HighExcess ? Severity.High : Severity.Medium,
            Score = score,
            Entity = entity,
            RelatedEntities = EventEntities.AllBut(observed, entity),
            EventIds = [observed.TextOf(TextField.Id)],
            Reason = explained.Reason,
            Contributions = explained.Contributions,
            NotUnusual = explained.NotUnusual,
            WouldBeNormalIf = WouldBeNormalIf(observed, seen, explained.Parts, score),
            Tags = TagsOf(strongest, source, standing),
            IsBreakGlass = observed.Is(TextField.Purpose, "BTG"u8),
        };
    }

    private string WouldBeNormalIf(SentinelEvent observed, Assessment seen, IReadOnlyList<FoundPart> parts, double score)
    {
        var sentence = _counterfactual.Find(parts, score, _whatIf, () => IsNormalAgain(observed, seen.AtMs));
        _features.Fill(observed);
        return sentence;
    }

    /// <summary>Scores the event again under what is supposed, against the same baselines.</summary>
    private bool IsNormalAgain(SentinelEvent observed, long atMs)
    {
        _features.Fill(observed);
        _whatIf.ApplyTo(_features);
        return Assess(observed, atMs, _evidenceAgain).PValue >= _budget.PValueThreshold;
    }

    private static string[] TagsOf(DetectorSlot strongest, string source, AlertStanding standing) => standing switch
    {
        AlertStanding.Discovery => [.. strongest.Tags, "sentinel.model." + source, Guarantee.DiscoveryTag],
        AlertStanding.Uncalibrated => [.. strongest.Tags, "sentinel.model." + source, Guarantee.UncalibratedTag],
        _ => [.. strongest.Tags, "sentinel.model." + source],
    };

    private static Alert RuleAlert(SentinelEvent observed, RuleMatch match) => new()
    {
        Id = "",
        IncidentId = "",
        At = observed.OccurredAt,
        Kind = AlertKind.Rule,
        Source = match.Rule.Name,
        Severity = match.Rule.Severity,
        Score = match.Rule.Score,
        Entity = match.Entity,
        RelatedEntities = match.Related,
        EventIds = match.EventIds,
        EventCount = match.EventIds.Count,
        Reason = match.Reason,
        Contributions = [new Contribution(match.Rule.Title.ToLowerInvariant(), match.Observed, match.Expected, match.Rule.Score)],
        Tags = match.Rule.Tags,
        Rule = match.Rule.Origin,
        IsBreakGlass = match.Rule == BuiltInRules.BreakGlass || observed.Is(TextField.Purpose, "BTG"u8),
    };
}
