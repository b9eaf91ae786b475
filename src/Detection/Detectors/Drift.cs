using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Features;

namespace SentinelHealth.Detection.Detectors;

/// <summary>
/// How far an entity's days have crept above its settled habit, summed over days: finds what raises itself a little at a time so as
/// to teach the other detectors.
/// </summary>
/// <remarks>
/// A settled habit, the gold baseline, is learned from the first ten active days and then nearly frozen: it follows by at most
/// <see cref="ShiftPerDayMax"/> a day on the log scale (one per cent), so that is the most an attacker can teach. Against it runs a one-sided
/// CUSUM (Page 1954) over the active days, of the standardized log counts less half a deviation, each day clipped to three deviations.
/// While nothing changes it exceeds x with a chance of about e^-x, so it is in nats as it stands. Lucas and Crosier (1982) give
/// the delays of such sums: a shift of one deviation is found in about ten days at five nats. Slow poisoning of adaptive baselines is
/// the attack of Rubinstein et al. (ANTIDOTE, 2009). O(1), 88 bytes an entity.
/// </remarks>
public sealed class Drift : IDetector, ITabular
{
    /// <summary>The most the settled habit may move in an active day, on the scale of log(1 + count).</summary>
    public const double ShiftPerDayMax = 0.01;

    private const int SettledDays = 10;
    private const double Allowance = 0.5;
    private const double DeviationsMax = 3;
    private const double NatsMax = 60;
    private const double VarianceFloor = 0.04;
    private const long DayMs = 86_400_000;

    private readonly string[] _partNames = ["events a day", "patients a day"];
    private readonly BoundedMap<DriftState> _entities;
    private readonly int _distinctCategory;

    /// <summary>Creates a cold detector.</summary>
    /// <param name="name">Its name in alerts.</param>
    /// <param name="distinctCategory">Index of the category counted distinctly.</param>
    /// <param name="entitiesMax">Bound on entities.</param>
    public Drift(string name, int distinctCategory, int entitiesMax)
    {
        Name = name;
        _distinctCategory = distinctCategory;
        _entities = new BoundedMap<DriftState>(entitiesMax);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> PartNames => _partNames;

    /// <inheritdoc/>
    public long SizeBytes => _entities.SizeBytes;

    IEnumerable<IEntityTable> ITabular.Tables => [_entities];

    /// <inheritdoc/>
    public double? Score(in Observation observed)
    {
        Span<SurprisePart> parts = stackalloc SurprisePart[1];
        return Explain(observed, parts) == 0 ? null : parts[0].Surprise;
    }

    /// <inheritdoc/>
    public int Explain(in Observation observed, Span<SurprisePart> parts)
    {
        ref readonly var held = ref _entities.Find(observed.Entity);
        if (observed.Channels == 0 || Unsafe.IsNullRef(in held))
            return 0;
        var entity = held;
        Turn(ref entity, DayOf(observed.AtMs));
        var key = observed.Categories[_distinctCategory];
        var most = PartOf(0, entity.Events, entity.EventCount + 1);
        // Events and the patients they are about are the same doings, so only the stranger of the two counts.
        if (key != 0 && PartOf(1, entity.Keys, entity.Distinct.EstimateWith(key)) is { } patients
            && (most is null || patients.Surprise > most.Value.Surprise))
            most = patients;
        if (most is not { } part)
            return 0;
        parts[0] = part;
        return 1;
    }

    /// <inheritdoc/>
    public void Learn(in Observation observed, float trust)
    {
        if (observed.Entity == 0 || observed.Channels == 0)
            return;
        ref var entity = ref _entities.Touch(observed.Entity, observed.AtMs, out _);
        Turn(ref entity, DayOf(observed.AtMs));
        entity.EventCount++;
        entity.TrustSum += trust;
        if (observed.Categories[_distinctCategory] != 0)
            entity.Distinct.Add(observed.Categories[_distinctCategory]);
    }

    /// <inheritdoc/>
    public void Save(BinaryWriter writer) => _entities.Save(writer);

    /// <inheritdoc/>
    public void Load(BinaryReader reader) => _entities.Load(reader);

    private static int DayOf(long atMs) => (int)(atMs / DayMs);

    private static SurprisePart? PartOf(int part, in SettledHabit habit, double count) => habit.Days < SettledDays
        ? null
        : new SurprisePart(part, habit.SumWith(count), Math.Round(count), habit.Mean, 0, Novelty.Known);

    /// <summary>Takes the last active day in when another has begun.</summary>
    private static void Turn(ref DriftState entity, int day)
    {
        if (entity.Day >= day)
            return;
        if (entity.EventCount > 0)
        {
            var isTrusted = entity.TrustSum > 0.9f * entity.EventCount;
            entity.Events.Close(entity.EventCount, isTrusted);
            var distinct = entity.Distinct.Estimate();
            if (distinct > 0)
                entity.Keys.Close(distinct, isTrusted);
        }
        (entity.Day, entity.EventCount, entity.TrustSum, entity.Distinct) = (day, 0, 0, default);
    }

    private struct DriftState
    {
        public int Day;
        public float EventCount;
        public float TrustSum;
        public SettledHabit Events;
        public SettledHabit Keys;
        public DistinctCounter Distinct;
    }

    /// <summary>The nearly frozen habit of one count, and the sum of what exceeded it.</summary>
    private struct SettledHabit
    {
        private FadingMoments _learned;
        private float _sum;

        /// <summary>Active days the habit was learned from, 0..10.</summary>
        public readonly float Days => _learned.Weight;

        public readonly float Mean => _learned.Mean;

        public readonly double SumWith(double count) =>
            Math.Clamp(_sum + Math.Min(Deviation(count), DeviationsMax) - Allowance, 0, NatsMax);

        public void Close(double count, bool isTrusted)
        {
            if (Days >= SettledDays)
            {
                _sum = (float)SumWith(count);
                var pull = (Math.Log(1 + count) - Mean) / SettledDays;
                if (isTrusted)
                    _learned.Shift((float)Math.Clamp(pull, -ShiftPerDayMax, ShiftPerDayMax));
            }
            else if (isTrusted)
                _learned.Learn((float)Math.Log(1 + count), 1, 0.5f / SettledDays);
        }

        private readonly double Deviation(double count) => (Math.Log(1 + count) - Mean)
            // A variance from ten days is itself uncertain by half; counting alone adds 1 / (1 + count).
            / Math.Sqrt((1.5 * _learned.Variance) + (1 / (1 + Math.Exp(Mean))) + VarianceFloor);
    }
}
