using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Calibration;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Explanation;
using SentinelHealth.Detection.Features;
using SentinelHealth.Detection.Rules;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection;

/// <summary>All detectors, their calibration, the ledger rules and correlation, behind one verb.</summary>
/// <remarks>One event costs a few microseconds and allocates nothing unless it alerts or names something new.</remarks>
public sealed partial class DetectionEngine : IDetectionEngine
{
    /// <summary>A p-value so many times below the alert threshold is of high severity.</summary>
    private const double HighExcess = 50;

    private const double CriticalExcess = 10_000;

    private readonly DetectionOptions _options;
    private readonly NameTable _names = new();
    private readonly HealthFeatures _features;
    private readonly DetectorSlot[] _slots;
    private readonly EvidenceCombiner _combiner;
    private readonly AlertBudget _budget;
    private readonly IRuleSet[] _ruleSets = [new ConsentRules(), new MembershipRules(), new ReplayRules(), new SettlementRules(),
        new GovernanceRules(), new LookAlikeRules(), new OffLedgerRules(), new SilenceRules(), new ObserverRules()];
    private readonly Explainer _explainer;
    private readonly EvidenceItem[] _evidence;
    private readonly List<RuleMatch> _matches = [];
    private readonly AlertDesk _desk = new();
    private readonly Persistence _persistence;
    private long _eventCount;
    private long _firstAtMs;

    /// <summary>Creates a cold engine.</summary>
    public DetectionEngine(DetectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _features = new HealthFeatures(_names, options);
        _slots = DetectorCatalog.All(options);
        _budget = new AlertBudget(options.ModelAlertsPerDay);
        _explainer = new Explainer(_slots, _features, _names);
        _evidence = new EvidenceItem[_slots.Length];
        _combiner = new EvidenceCombiner(options.ActorsMax);
        _persistence = new Persistence(options.ActorsMax);
    }

    /// <summary>Running alerts in their newest versions: what a finished file has to say last.</summary>
    public IReadOnlyCollection<Alert> RunningAlerts => _desk.RunningAlerts;

    /// <summary>Bytes of detector state.</summary>
    public long SizeBytes =>
        _slots.Sum(slot => slot.Detector.SizeBytes + slot.Calibrators.SizeBytes) + _combiner.SizeBytes
        + _persistence.SizeBytes + _features.SizeBytes;

    /// <inheritdoc/>
    public EventVerdict Process(SentinelEvent observed)
    {
        ArgumentNullException.ThrowIfNull(observed);
        var atMs = observed.OccurredAt.ToUnixTimeMilliseconds();
        _firstAtMs = _eventCount == 0 ? atMs : _firstAtMs;
        _eventCount++;
        _budget.Count(atMs);
        _features.Fill(observed);
        _matches.Clear();
        foreach (var rules in _ruleSets)
            rules.Observe(observed, _matches);

        var seen = Assess(observed, atMs);
        var (score, pValue) = (EvidenceCombiner.ScoreOf(seen.PValue), seen.PValue);
        var isFlagged = pValue < _budget.PValueThreshold;
        _desk.Begin();
        if (isFlagged)
            _desk.Raise(ModelAlert(observed, seen, score), IncidentTitle.Of(SourceOf(seen)));
        foreach (var match in _matches)
        {
            _desk.Raise(RuleAlert(observed, match), match.Rule.Title);
            if (match.EventId == observed.TextOf(TextField.Id))
                (score, pValue) = (Math.Max(score, match.Rule.Score),
                    Math.Min(pValue, EvidenceCombiner.PValueOf(match.Rule.Score)));
        }
        Learn(observed, seen, _options.LearnPolicy.Trust(isFlagged || IsIncriminating(_matches)));
        return new EventVerdict(score, pValue, _desk.Alerts, _desk.Incidents);
    }

    /// <inheritdoc/>
    public IReadOnlyList<EntityRisk> TopRisks(int entitiesMax) => _desk.TopRisks(entitiesMax);

    /// <summary>Weighs the event by every detector, combines, and adds what the actor did before.</summary>
    private Assessment Assess(SentinelEvent observed, long atMs)
    {
        var count = Weigh(observed);
        var sum = EvidenceCombiner.Sum(_evidence.AsSpan(0, count));
        var alone = IsWarm(atMs) ? _combiner.PValue(_features.ActorPeers, sum) : 1;
        var (earlier, kept) = _persistence.Sums(_features.Categories[HealthFeatures.Actor], atMs, Persistence.Adds(alone));
        var lasting = kept > earlier ? _persistence.PValue(_features.ActorPeers, kept) : 1;
        // Two looks at one event share the budget, three quarters to the event itself (weighted Bonferroni).
        var (ofEvent, ofRun) = (alone / 0.75, lasting / 0.25);
        var isLasting = ofRun < ofEvent;
        return new Assessment(
            atMs, count, sum, alone, isLasting, isLasting ? earlier / kept : 0, Math.Min(1, Math.Min(ofEvent, ofRun)));
    }

    private int Weigh(SentinelEvent observed)
    {
        var count = 0;
        for (var slot = 0; slot < _slots.Length; slot++)
        {
            var observation = _slots[slot].Observe(_features, observed);
            if (observation.Entity == 0 || _slots[slot].Detector.Score(observation) is not { } raw)
                continue;
            var pValue = raw > 0 ? _slots[slot].Calibrators.PValue(observation.Peers, raw) : 1;
            _evidence[count++] = new EvidenceItem(slot, raw, pValue, EvidenceCombiner.EvidenceOf(pValue, raw));
        }
        EvidenceCombiner.KeepStrongest(_evidence.AsSpan(0, count), _slots);
        return count;
    }

    private void Learn(SentinelEvent observed, in Assessment seen, float trust)
    {
        foreach (var item in _evidence.AsSpan(0, seen.EvidenceCount))
            _slots[item.Slot].Calibrators.Learn(_slots[item.Slot].Observe(_features, observed).Peers, item.Raw, trust);
        if (seen.EvidenceCount > 0)
            _combiner.Learn(_features.Categories[HealthFeatures.Actor], _features.ActorPeers, seen.AtMs, seen.Sum, trust);
        if (IsWarm(seen.AtMs))
            _persistence.Learn(_features.Categories[HealthFeatures.Actor], _features.ActorPeers, seen.AtMs,
                Persistence.Adds(seen.Alone), trust);
        foreach (var slot in _slots)
        {
            var observation = slot.Observe(_features, observed);
            if (observation.Entity != 0)
                slot.Detector.Learn(observation, trust);
        }
        _features.Learn(observed, trust);
    }

    private bool IsWarm(long atMs) =>
        _eventCount > _options.WarmUpEvents && atMs - _firstAtMs > _options.WarmUpSpan.TotalMilliseconds;

    private static bool IsIncriminating(List<RuleMatch> matches)
    {
        foreach (var match in matches)
        {
            if (match.Rule.Severity >= Severity.Medium)
                return true;
        }
        return false;
    }

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

    private Alert ModelAlert(SentinelEvent observed, in Assessment seen, double score)
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
            WouldBeNormalIf = explained.WouldBeNormalIf,
            Tags = [.. strongest.Tags, "sentinel.model." + source],
            IsBreakGlass = observed.Is(TextField.Purpose, "BTG"u8),
        };
    }

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
        EventIds = [match.EventId],
        Reason = match.Reason,
        Contributions = [new Contribution(match.Rule.Title.ToLowerInvariant(), match.Observed, match.Expected, match.Rule.Score)],
        Tags = match.Rule.Tags,
        IsBreakGlass = match.Rule == BuiltInRules.BreakGlass || observed.Is(TextField.Purpose, "BTG"u8),
    };

    /// <summary>What the engine thinks of one event, before alerting and learning.</summary>
    /// <param name="AtMs">Event time.</param>
    /// <param name="EvidenceCount">Detectors with an opinion.</param>
    /// <param name="Sum">Combined evidence of the event alone, in nats.</param>
    /// <param name="Alone">The p-value of the event alone.</param>
    /// <param name="IsLasting">Whether the run of events is stranger than the event alone.</param>
    /// <param name="EarlierShare">The part of the score that earlier events carry, 0..1.</param>
    /// <param name="PValue">The final p-value.</param>
    private readonly record struct Assessment(
        long AtMs, int EvidenceCount, double Sum, double Alone, bool IsLasting, double EarlierShare, double PValue);
}
