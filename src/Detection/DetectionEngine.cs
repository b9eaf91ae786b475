using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Calibration;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Explanation;
using SentinelHealth.Detection.Features;
using SentinelHealth.Detection.Federation;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Detection.Rules;
using SentinelHealth.Detection.Rules.Live;
using SentinelHealth.Detection.TimeSeries;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection;

/// <summary>All detectors, their calibration, the ledger rules and correlation, behind one verb.</summary>
/// <remarks>One event costs a few microseconds and allocates nothing unless it alerts or names something new.</remarks>
public sealed partial class DetectionEngine : IDetectionEngine
{
    /// <summary>A p-value so many times below the alert threshold is of high severity.</summary>
    private const double HighExcess = 50;

    private const double CriticalExcess = 10_000;

    /// <summary>The part of the budget that goes to the event itself; the rest goes to the run it belongs to.</summary>
    internal const double EventShare = 0.9;

    private readonly DetectionOptions _options;
    private readonly NameTable _names = new();
    private readonly HealthFeatures _features;
    private readonly DetectorSlot[] _slots;
    private readonly EvidenceCombiner _combiner;
    private readonly AlertBudget _budget;
    private readonly IRuleSet[] _ruleSets = [new ConsentRules(), new MembershipRules(), new ReplayRules(), new SettlementRules(),
        new GovernanceRules(), new LookAlikeRules(), new OffLedgerRules(), new SilenceRules(), new ObserverRules()];
    private readonly LiveRules _written = new();
    private readonly Explainer _explainer;
    private readonly EvidenceItem[] _evidence;
    private readonly EvidenceItem[] _evidenceAgain;
    private readonly WhatIf _whatIf = new();
    private readonly Counterfactual _counterfactual;
    private readonly List<RuleMatch> _matches = [];
    private readonly NetworkSeries _series;
    private readonly List<SeriesFinding> _seriesFindings = [];
    private readonly AlertDesk _desk = new();
    private readonly Persistence _persistence;
    private readonly Guarantee _guarantee;
    private readonly Scorecards _scorecards = new();
    private readonly DetectorStage[] _stages;
    private readonly long[] _scoredCounts;
    private double _shadowSum;
    private long _newestMs;
    private long _eventCount;
    private long _firstAtMs;

    /// <summary>Creates a cold engine.</summary>
    /// <param name="options">How it is set up.</param>
    /// <param name="shared">What other sites find usual; nothing when null. No part of a snapshot: it may be another one after a restart.</param>
    /// <param name="written">The written rules; none when null. No part of a snapshot either, but what their correlations remember is.</param>
    public DetectionEngine(DetectionOptions options, PeerBaseline? shared = null, StagedRules? written = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _features = new HealthFeatures(_names, options);
        _slots = DetectorCatalog.All(options, shared ?? PeerBaseline.None);
        _budget = new AlertBudget(options.ModelAlertsPerDay);
        _series = new NetworkSeries(options.ModelAlertsPerDay);
        _explainer = new Explainer(_slots, _features, _names);
        _counterfactual = new Counterfactual(_names);
        (_evidence, _evidenceAgain) = (new EvidenceItem[_slots.Length], new EvidenceItem[_slots.Length]);
        _combiner = new EvidenceCombiner(options.ActorsMax);
        _persistence = new Persistence(options.ActorsMax);
        _guarantee = new Guarantee(options);
        (_stages, _scoredCounts) = (new DetectorStage[_slots.Length], new long[_slots.Length]);
        ApplyStages();
        (_byActor, _byPatient, _byDevice) = TablesByEntity();
        _written.Use(written ?? StagedRules.Empty);
    }

    /// <summary>Running alerts in their newest versions: what a finished file has to say last.</summary>
    public IReadOnlyCollection<Alert> RunningAlerts => _desk.RunningAlerts;

    /// <summary>Told of each actor-hour that calibration learns once models may alert; for measuring the guarantee.</summary>
    internal Action<FinishedInterval>? HourFinished { get; set; }

    /// <inheritdoc/>
    public DetectionStatus Status => new(IsWarm(_newestMs), _guarantee.Status(_budget.PValueThreshold))
    {
        Scorecards = Scored(),
        ThresholdAdvice = _scorecards.Advice(),
        Correlations = _written.Status,
    };

    /// <inheritdoc/>
    public EventVerdict Process(SentinelEvent observed)
    {
        ArgumentNullException.ThrowIfNull(observed);
        var atMs = observed.OccurredAt.ToUnixTimeMilliseconds();
        _firstAtMs = _eventCount == 0 ? atMs : _firstAtMs;
        _eventCount++;
        _newestMs = Math.Max(_newestMs, atMs);
        _budget.Count(atMs);
        Foresee(observed);
        _features.Fill(observed);
        _matches.Clear();
        foreach (var rules in _ruleSets)
            rules.Observe(observed, _matches);
        _written.Observe(observed, _matches);

        _seriesFindings.Clear();
        _series.Observe(observed, _seriesFindings);
        var seen = Assess(observed, atMs, _evidence);
        var (score, pValue) = (EvidenceCombiner.ScoreOf(seen.PValue), seen.PValue);
        var isFlagged = pValue < _budget.PValueThreshold
            && pValue < _budget.PValueThreshold * _scorecards.Tuning.StrictnessOf(SourceOf(seen));
        _desk.Begin();
        _desk.Advance(observed.OccurredAt);
        if (isFlagged)
            RaiseModel(observed, seen, score);
        else
            CountShadows(seen);
        foreach (var finding in _seriesFindings)
            RaiseSeries(observed, finding);
        foreach (var match in _matches)
        {
            if (!RaiseRule(observed, match) || match.EventId != observed.TextOf(TextField.Id))
                continue;
            (score, pValue) = (Math.Max(score, match.Rule.Score), Math.Min(pValue, EvidenceCombiner.PValueOf(match.Rule.Score)));
        }
        Learn(observed, seen, _options.LearnPolicy.Trust(isFlagged || IsIncriminating()));
        return new EventVerdict(score, pValue, _desk.Alerts, _desk.Incidents);
    }

    /// <inheritdoc/>
    public void Witness(SentinelEvent observed)
    {
        ArgumentNullException.ThrowIfNull(observed);
        _matches.Clear();
        // What the rules say about it is said where it belongs.
        foreach (var rules in _ruleSets)
            rules.Witness(observed, _matches);
        _matches.Clear();
    }

    /// <inheritdoc/>
    public IReadOnlyList<EntityRisk> TopRisks(int entitiesMax) => _desk.TopRisks(entitiesMax);

    /// <summary>The risk of one entity with what it is made of; null when it has none.</summary>
    public EntityRisk? RiskOf(EntityRef entity) => _desk.RiskOf(entity);

    /// <summary>Weighs the event by every detector, combines, and adds what the actor did before.</summary>
    private Assessment Assess(SentinelEvent observed, long atMs, EvidenceItem[] evidence)
    {
        var count = Weigh(observed, evidence);
        var sum = EvidenceCombiner.Sum(evidence.AsSpan(0, count));
        var alone = IsWarm(atMs) ? _combiner.PValue(_features.ActorPeers, sum) : 1;
        var ownSum = EvidenceCombiner.OwnSum(evidence.AsSpan(0, count), _slots);
        // To a group that never varies a trifle is unheard of; a run is made of evidence, so an event adds no more than it has.
        var ownAlone = ownSum == sum ? alone : IsWarm(atMs) ? _combiner.PValue(_features.ActorPeers, ownSum) : 1;
        var own = Math.Max(ownAlone, Math.Exp(-ownSum));
        var (earlier, kept) = _persistence.Sums(_features.Categories[HealthFeatures.Actor], atMs, own);
        var isRunJudged = kept > earlier && _scorecards.Tuning.StageOf(Persistence.Name) == DetectorStage.Enforced;
        var lasting = isRunJudged ? _persistence.PValue(_features.ActorPeers, kept) : 1;
        // Two looks at one event share the budget, nine tenths to the event itself (weighted Bonferroni).
        var (ofEvent, ofRun) = (alone / EventShare, lasting / (1 - EventShare));
        var isLasting = ofRun < ofEvent;
        return new Assessment(
            atMs, count, sum, alone, isLasting, isLasting ? earlier / kept : 0, Math.Min(1, Math.Min(ofEvent, ofRun)),
            kept > earlier ? kept : 0, own);
    }

    /// <summary>The p-value of the actor's hour, by the same two looks at it.</summary>
    private double HourPValue(in Assessment seen) => Math.Min(1, Math.Min(
        _combiner.HourPValue(_features.ActorPeers, seen.Sum) / EventShare,
        _persistence.DayPValue(_features.ActorPeers, seen.Kept) / (1 - EventShare)));

    private int Weigh(SentinelEvent observed, EvidenceItem[] evidence)
    {
        var count = 0;
        for (var slot = 0; slot < _slots.Length; slot++)
        {
            if (_stages[slot] is DetectorStage.Draft or DetectorStage.Retired || _slots[slot].EntityOf(_features, observed) == 0)
                continue;
            var observation = _slots[slot].Observe(_features, observed, _whatIf);
            if (_slots[slot].Detector.Score(observation) is not { } raw)
                continue;
            var pValue = raw > 0 ? _slots[slot].Calibrators.PValue(observation.Peers, raw) : 1;
            if (_whatIf.IsEmpty)
                _scoredCounts[slot]++;
            evidence[count++] = new EvidenceItem(slot, raw, pValue, EvidenceCombiner.EvidenceOf(pValue, raw));
        }
        SilenceShadows(evidence.AsSpan(0, count));
        EvidenceCombiner.KeepStrongest(evidence.AsSpan(0, count), _slots);
        return count;
    }

    private void Learn(SentinelEvent observed, in Assessment seen, float trust)
    {
        _features.BeginLearning();
        // A burst is one thing looked at many times: its events share what they teach about how strange scores can be.
        var share = trust / _persistence.EventsNow(_features.Categories[HealthFeatures.Actor], seen.AtMs);
        LearnHour(seen, trust);
        var evidence = _evidence.AsSpan(0, seen.EvidenceCount);
        for (var slot = 0; slot < _slots.Length; slot++)
        {
            if (_stages[slot] == DetectorStage.Retired || _slots[slot].EntityOf(_features, observed) == 0)
                continue;
            var observation = _slots[slot].Observe(_features, observed);
            // Evidence stands in the order of the slots.
            if (evidence.Length > 0 && evidence[0].Slot == slot)
            {
                _slots[slot].Calibrators.Learn(observation.Peers, evidence[0].Raw, share);
                evidence = evidence[1..];
            }
            _slots[slot].Detector.Learn(observation, trust);
        }
        _features.Learn(observed, trust);
    }

    /// <summary>Learns what the hour, and the run of hours, of the event's actor has come to.</summary>
    private void LearnHour(in Assessment seen, float trust)
    {
        var isWarm = IsWarm(seen.AtMs);
        var (actor, peers) = (_features.Categories[HealthFeatures.Actor], _features.ActorPeers);
        if (seen.EvidenceCount > 0)
        {
            var turn = _combiner.Learn(actor, peers, seen.AtMs, seen.Sum, trust, out var finished);
            if (turn != IntervalTurn.Same && isWarm)
                _guarantee.Learn(turn, finished, seen.AtMs);
            if (turn == IntervalTurn.Next && isWarm)
                HourFinished?.Invoke(finished);
        }
        if (isWarm)
            _persistence.Learn(actor, peers, seen.AtMs, seen.Own, trust);
    }

    private bool IsWarm(long atMs) =>
        _eventCount > _options.WarmUpEvents && atMs - _firstAtMs > _options.WarmUpSpan.TotalMilliseconds;

    private bool IsIncriminating()
    {
        foreach (var match in _matches)
        {
            if (match.Rule.Severity >= Severity.Medium && StageOf(match.Rule) == DetectorStage.Enforced)
                return true;
        }
        return false;
    }

    /// <summary>What the engine thinks of one event, before alerting and learning.</summary>
    /// <param name="AtMs">Event time.</param>
    /// <param name="EvidenceCount">Detectors with an opinion.</param>
    /// <param name="Sum">Combined evidence of the event alone, in nats.</param>
    /// <param name="Alone">The p-value of the event alone.</param>
    /// <param name="IsLasting">Whether the run of events is stranger than the event alone.</param>
    /// <param name="EarlierShare">The part of the score that earlier events carry, 0..1.</param>
    /// <param name="PValue">The final p-value.</param>
    /// <param name="Kept">The actor's sum over recent events with this one; 0 when it adds nothing.</param>
    /// <param name="Own">The p-value of what the event says about the actor itself.</param>
    private readonly record struct Assessment(
        long AtMs, int EvidenceCount, double Sum, double Alone, bool IsLasting, double EarlierShare, double PValue, double Kept,
        double Own);
}
