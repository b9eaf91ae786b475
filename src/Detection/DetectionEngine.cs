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
    private readonly DetectionOptions _options;
    private readonly NameTable _names = new();
    private readonly HealthFeatures _features;
    private readonly DetectorSlot[] _slots;
    private readonly EvidenceCombiner _combiner = new();
    private readonly AlertBudget _budget;
    private readonly IRuleSet[] _ruleSets = [new ConsentRules(), new MembershipRules(), new ReplayRules(), new SettlementRules(), new OffLedgerRules()];
    private readonly Explainer _explainer;
    private readonly EvidenceItem[] _evidence;
    private readonly List<RuleMatch> _matches = [];
    private readonly AlertDesk _desk = new();
    private long _eventCount;
    private long _firstAtMs;

    /// <summary>Creates a cold engine.</summary>
    public DetectionEngine(DetectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _features = new HealthFeatures(_names);
        _slots = DetectorSlot.All(options);
        _budget = new AlertBudget(options.ModelAlertsPerDay);
        _explainer = new Explainer(_slots, _features, _names);
        _evidence = new EvidenceItem[_slots.Length];
    }

    /// <summary>Running alerts in their newest versions: what a finished file has to say last.</summary>
    public IReadOnlyCollection<Alert> RunningAlerts => _desk.RunningAlerts;

    /// <summary>Bytes of detector state.</summary>
    public long SizeBytes => _slots.Sum(slot => slot.Detector.SizeBytes + slot.Calibrators.SizeBytes);

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

        var evidence = _evidence.AsSpan(0, Weigh(observed));
        var sum = EvidenceCombiner.Sum(evidence);
        var pValue = IsWarm(atMs) ? _combiner.PValue(_features.EventClass, sum) : 1;
        var isFlagged = pValue < _budget.PValueThreshold;
        var score = EvidenceCombiner.ScoreOf(pValue);
        _desk.Begin();
        if (isFlagged)
            _desk.Raise(ModelAlert(observed, evidence, score, pValue), IncidentTitle.Of(_slots[Strongest(evidence)].Detector.Name));
        foreach (var match in _matches)
        {
            _desk.Raise(RuleAlert(observed, match), match.Rule.Title);
            if (match.EventId == observed.TextOf(TextField.Id))
                (score, pValue) = (Math.Max(score, match.Rule.Score), Math.Min(pValue, Math.Pow(10, -8 * match.Rule.Score)));
        }
        Learn(observed, evidence, sum, _options.LearnPolicy.Trust(isFlagged || IsIncriminating(_matches)));
        return new EventVerdict(score, pValue, _desk.Alerts, _desk.Incidents);
    }

    /// <inheritdoc/>
    public IReadOnlyList<EntityRisk> TopRisks(int entitiesMax) => _desk.TopRisks(entitiesMax);

    private int Weigh(SentinelEvent observed)
    {
        var count = 0;
        for (var slot = 0; slot < _slots.Length; slot++)
        {
            var observation = _slots[slot].Observe(_features, observed);
            if (observation.Entity == 0 || _slots[slot].Detector.Score(observation) is not { } raw)
                continue;
            var pValue = _slots[slot].Calibrators.PValue(observation.Peers, raw);
            _evidence[count++] = new EvidenceItem(slot, raw, pValue, raw > 0 ? EvidenceCombiner.EvidenceOf(pValue) : 0);
        }
        return count;
    }

    private void Learn(SentinelEvent observed, ReadOnlySpan<EvidenceItem> evidence, double sum, float trust)
    {
        foreach (var item in evidence)
            _slots[item.Slot].Calibrators.Learn(_slots[item.Slot].Observe(_features, observed).Peers, item.Raw, trust);
        if (!evidence.IsEmpty)
            _combiner.Learn(_features.EventClass, sum, trust);
        foreach (var slot in _slots)
        {
            var observation = slot.Observe(_features, observed);
            if (observation.Entity != 0)
                slot.Detector.Learn(observation, trust);
        }
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

    private static int Strongest(ReadOnlySpan<EvidenceItem> evidence)
    {
        var strongest = evidence[0];
        foreach (var item in evidence)
        {
            if (item.Evidence > strongest.Evidence)
                strongest = item;
        }
        return strongest.Slot;
    }

    private Alert ModelAlert(SentinelEvent observed, ReadOnlySpan<EvidenceItem> evidence, double score, double pValue)
    {
        var slot = _slots[Strongest(evidence)];
        var explained = _explainer.Explain(observed, evidence, score);
        var entity = slot.View == EntityView.Node ? EventEntities.Node(observed) : EventEntities.Actor(observed);
        var excess = _budget.PValueThreshold / pValue;
        return new Alert
        {
            Id = "",
            IncidentId = "",
            At = observed.OccurredAt,
            Kind = AlertKind.Model,
            Source = slot.Detector.Name,
            Severity = excess >= 10_000 ? Severity.Critical : excess >= 50 ? Severity.High : Severity.Medium,
            Score = score,
            Entity = entity,
            RelatedEntities = EventEntities.AllBut(observed, entity),
            EventIds = [observed.TextOf(TextField.Id)],
            Reason = explained.Reason,
            Contributions = explained.Contributions,
            NotUnusual = explained.NotUnusual,
            WouldBeNormalIf = explained.WouldBeNormalIf,
            Tags = ["attack.t1078", "sentinel.model." + slot.Detector.Name],
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
}
