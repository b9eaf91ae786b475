using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Detectors.Biometric;
using SentinelHealth.Detection.Features;

namespace SentinelHealth.Detection.Detectors.Ledger;

/// <summary>
/// A member of federated learning that pulls the shared model its own way: updates of another size or another direction than
/// everybody else's, too many of them, or without saying what they were trained on.
/// </summary>
/// <remarks>
/// Norms and cosines to the aggregate are what robust aggregation bounds (Blanchard et al. 2017; Sun et al. 2019; FoolsGold,
/// Fung et al. 2018). An attacker who keeps within the bounds of one round pulls round after round, so each member has
/// one-sided cumulative sums (Page 1954) of its standardized deviations from the model's members together, winsorized at
/// four, with the deviation of one update alone beside them. Updates in the same round beyond the first and missing
/// provenance cost what they usually cost here. The members' moments are winsorized too, so poison widens nothing. O(1); 32
/// bytes a member and model, 48 a model.
/// </remarks>
internal sealed class ModelUpdate(string name, int membersMax) : IDetector
{
    private const int Size = 0, Direction = 1, Repeats = 2, Provenance = 3, Parts = 4;
    private const float MomentsRate = 1f / 128, LearnedMin = 12;
    private const double Shift = 1, DeviationsMax = 4, Kept = 0.98, NatsMax = 100, FreeNats = 5;
    private const double SizeVarianceFloor = 0.01, DirectionVarianceFloor = 0.0004;

    private readonly BoundedMap<Member> _members = new(membersMax);
    private readonly BoundedMap<Model> _models = new(1_024);

    public string Name { get; } = name;

    public IReadOnlyList<string> PartNames { get; } =
        ["norm of the update", "cosine to the aggregate", "updates in one round", "updates without provenance"];

    public long SizeBytes => _members.SizeBytes + _models.SizeBytes;

    public double? Score(in Observation observed)
    {
        Span<SurprisePart> parts = stackalloc SurprisePart[Parts];
        var count = Explain(observed, parts);
        return count == 0 ? null : SurprisePart.Sum(parts[..count]);
    }

    public int Explain(in Observation observed, Span<SurprisePart> parts)
    {
        ref readonly var model = ref _models.Find(observed.Peers);
        if (observed.Entity == 0 || Unsafe.IsNullRef(in model) || model.Repeated.Cases < LearnedMin)
            return 0;
        ref readonly var held = ref _members.Find(observed.Entity);
        var member = Unsafe.IsNullRef(in held) ? default : held;
        Take(ref member, model, observed);
        var written = 0;
        if (double.IsFinite(observed.Numbers[LedgerFeatures.Norm]))
            parts[written++] = Of(Size, Beyond(member.SizeNats, member.SizeNow), observed, model.Sizes);
        if (double.IsFinite(observed.Numbers[LedgerFeatures.Cosine]))
            parts[written++] = Of(Direction, Beyond(member.DirectionNats, member.DirectionNow), observed, model.Directions);
        parts[written++] = new(Repeats, Math.Min(NatsMax, Math.Max(0, member.InRound - 2) * model.Repeated.Nats),
            member.InRound, Math.Log(2), 0, Novelty.Known);
        var missing = observed.Numbers[LedgerFeatures.Unattributed] > 0 ? Math.Max(0, model.Unattributed.Nats - 2) : 0;
        parts[written++] = new(Provenance, missing, missing > 0 ? 1 : 0, 0, 0, Novelty.Known);
        return written;
    }

    public void Learn(in Observation observed, float trust)
    {
        if (observed.Entity == 0 || observed.Peers == 0)
            return;
        ref var model = ref _models.Touch(observed.Peers, observed.AtMs, out _);
        ref var member = ref _members.Touch(observed.Entity, observed.AtMs, out _);
        Take(ref member, model, observed);
        model.Repeated.Learn(member.InRound > 1, trust);
        model.Unattributed.Learn(observed.Numbers[LedgerFeatures.Unattributed] > 0, trust);
        Learn(ref model.Sizes, Scaled(observed.Numbers[LedgerFeatures.Norm]), SizeVarianceFloor, trust);
        Learn(ref model.Directions, observed.Numbers[LedgerFeatures.Cosine], DirectionVarianceFloor, trust);
    }

    public void Save(BinaryWriter writer)
    {
        _members.Save(writer);
        _models.Save(writer);
    }

    public void Load(BinaryReader reader)
    {
        _members.Load(reader);
        _models.Load(reader);
    }

    private static SurprisePart Of(int part, double nats, in Observation observed, in FadingMoments usual)
    {
        var value = observed.Numbers[part == Size ? LedgerFeatures.Norm : LedgerFeatures.Cosine];
        var expected = part == Size ? usual.Mean : QuantityHabit.ToScale(usual.Mean);
        return new(part, nats, Math.Round(value, 3), expected, 0, Novelty.Known);
    }

    /// <summary>The stronger of what has added up and what this update alone says.</summary>
    private static double Beyond(float sum, float now) => Math.Max(0, Math.Max(sum, now) - FreeNats);

    private static void Take(ref Member member, in Model model, in Observation observed)
    {
        var round = observed.Numbers[LedgerFeatures.Round];
        var key = double.IsFinite(round) ? (int)Math.Clamp(round, -1e9, 1e9) : int.MinValue;
        var isSameRound = key != int.MinValue && key == member.Round && member.InRound > 0;
        member.InRound = isSameRound ? Math.Min(member.InRound + 1, 1_000) : 1;
        member.Round = key;
        var size = Deviation(Scaled(observed.Numbers[LedgerFeatures.Norm]), model.Sizes, SizeVarianceFloor);
        var turn = -Deviation(observed.Numbers[LedgerFeatures.Cosine], model.Directions, DirectionVarianceFloor);
        (member.SizeNats, member.SizeNow) = Add(member.SizeNats, Math.Abs(size));
        (member.DirectionNats, member.DirectionNow) = Add(member.DirectionNats, turn);
    }

    private static (float Sum, float Now) Add(float sum, double deviations)
    {
        var drawn = Math.Clamp(deviations, -DeviationsMax, DeviationsMax);
        var now = deviations <= 0 ? 0 : 4 * Math.Log(1 + (deviations * deviations / 7));
        return ((float)Math.Clamp((Kept * sum) + (Shift * (drawn - (Shift / 2))), 0, NatsMax), (float)Math.Min(now, NatsMax));
    }

    private static double Scaled(double norm) => double.IsFinite(norm) ? QuantityHabit.ToScale(norm) : double.NaN;

    private static double Deviation(double value, in FadingMoments usual, double floor) =>
        double.IsFinite(value) && usual.Weight >= LearnedMin ? (value - usual.Mean) / Math.Sqrt(usual.Variance + floor) : 0;

    private static void Learn(ref FadingMoments usual, double value, double floor, float trust)
    {
        if (!double.IsFinite(value))
            return;
        var reach = usual.Weight < LearnedMin ? 1e9 : 4 * Math.Sqrt(usual.Variance + floor);
        usual.Learn((float)Math.Clamp(value, usual.Mean - reach, usual.Mean + reach), trust, MomentsRate);
    }

    private struct Member
    {
        public int Round;
        public int InRound;
        public float SizeNats, SizeNow;
        public float DirectionNats, DirectionNow;
    }

    private struct Model
    {
        public FadingMoments Sizes;
        public FadingMoments Directions;
        public EventRate Repeated;
        public EventRate Unattributed;
    }
}
