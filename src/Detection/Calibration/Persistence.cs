using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Baselines;

namespace SentinelHealth.Detection.Calibration;

/// <summary>
/// Adds up an actor's evidence over its recent events, so that many slightly strange ones weigh like one very strange one.
/// </summary>
/// <remarks>
/// A leaky sum of surprise above what ten minutes of this actor usually bring, with a time constant of eight hours: the one-sided
/// CUSUM of Page (1954) with decay instead of a reset. Events within ten minutes count once, by the strangest, because a burst
/// repeats itself; and since the strangest of many is stranger than the strangest of few, by its chance among so many, those of
/// one burst counting as the root of their number because they repeat each other. Without that, and without a usual level of its
/// own, a software agent that works around the clock would always be in a run. Calibrated by the highest sum of each actor's day.
/// 48 bytes an actor besides the calibration, O(1).
/// </remarks>
internal sealed class Persistence(int actorsMax)
{
    /// <summary>Its name in alerts.</summary>
    public const string Name = "persistence";

    private const double MemoryMs = 8 * 3_600_000.0;
    private const long BucketMs = 600_000;
    private const double OrdinaryNats = 1.5;
    private const double NatsPerBucketMax = 9;

    /// <summary>Patience teaches no more than this about what is usual.</summary>
    private const double UsualNatsMax = 3;

    private const float UsualBuckets = 100, NoneBuckets = 10;

    private readonly BoundedMap<Run> _runs = new(actorsMax);
    private readonly IntervalMaxima _maxima = new(TimeSpan.FromDays(1), actorsMax);

    /// <summary>What is kept by actor.</summary>
    public IEnumerable<IEntityTable> Tables => [_runs, _maxima.Table];

    public long SizeBytes => _runs.SizeBytes + _maxima.SizeBytes;

    /// <summary>The actor's sum without and with an event of this p-value.</summary>
    public (double Earlier, double Kept) Sums(ulong actor, long atMs, double pValue)
    {
        ref readonly var run = ref _runs.Find(actor);
        if (Unsafe.IsNullRef(in run))
            return (0, Adds(default, -Math.Log(pValue), 1));
        var closed = run.Nats * Fade(run, atMs);
        var open = Adds(run, run.Strangest, run.Events);
        return atMs / BucketMs > run.Bucket
            ? (closed + open, closed + open + Adds(run, -Math.Log(pValue), 1))
            : (closed + open, closed + Adds(run, Math.Max(run.Strangest, -Math.Log(pValue)), run.Events + 1));
    }

    /// <summary>The p-value of a sum: the chance that an ordinary event of the actor's peers would reach it.</summary>
    public double PValue(ulong peers, double sum) => _maxima.PValue(peers, sum);

    /// <summary>The p-value of an actor's day that reaches the sum.</summary>
    public double DayPValue(ulong peers, double sum) => _maxima.IntervalPValue(peers, sum);

    /// <summary>Keeps an event.</summary>
    public void Learn(ulong actor, ulong peers, long atMs, double pValue, float trust)
    {
        if (actor == 0)
            return;
        ref var run = ref _runs.Touch(actor, atMs, out _);
        if (atMs / BucketMs > run.Bucket)
        {
            Close(ref run, atMs);
            (run.Bucket, run.AtMs, run.Strangest, run.Events, run.Trust) = (atMs / BucketMs, atMs, 0, 0, 1);
        }
        run.Events++;
        run.Strangest = Math.Max(run.Strangest, (float)-Math.Log(pValue));
        run.Trust = Math.Min(run.Trust, trust);
        _maxima.Learn(actor, peers, atMs, run.Nats + Adds(run, run.Strangest, run.Events), trust, out _);
    }

    /// <summary>Events of the actor in the ten minutes that run, this one included.</summary>
    public int EventsNow(ulong actor, long atMs)
    {
        ref readonly var run = ref _runs.Find(actor);
        return Unsafe.IsNullRef(in run) || atMs / BucketMs > run.Bucket ? 1 : run.Events + 1;
    }

    /// <summary>What ten minutes add whose strangest event of so many has this surprise.</summary>
    private static double Adds(in Run run, double strangest, int events) => Math.Clamp(
        Excess(strangest, events) - (run.UsualSum / (run.UsualWeight + NoneBuckets)), 0, NatsPerBucketMax);

    private static double Excess(double strangest, int events) =>
        strangest - (0.5 * Math.Log(Math.Max(1, events))) - OrdinaryNats;

    private static double Fade(in Run run, long atMs) => Math.Exp(-Math.Max(0, atMs - run.AtMs) / MemoryMs);

    private static void Close(ref Run run, long atMs)
    {
        if (run.Events == 0)
            return;
        run.Nats = (run.Nats * Fade(run, atMs)) + Adds(run, run.Strangest, run.Events);
        const float keep = 1 - (1 / UsualBuckets);
        var excess = (float)Math.Clamp(Excess(run.Strangest, run.Events), 0, UsualNatsMax);
        (run.UsualSum, run.UsualWeight) = ((run.UsualSum * keep) + (run.Trust * excess), (run.UsualWeight * keep) + run.Trust);
    }

    public void Save(BinaryWriter writer)
    {
        _runs.Save(writer);
        _maxima.Save(writer);
    }

    public void Load(BinaryReader reader)
    {
        _runs.Load(reader);
        _maxima.Load(reader);
    }

    private struct Run
    {
        public double Nats;
        public long AtMs;
        public long Bucket;

        /// <summary>Surprise of the open ten minutes' strangest event, their events, and the least trust in one.</summary>
        public float Strangest;
        public int Events;
        public float Trust;

        /// <summary>What closed ten minutes had in excess, faded, and how many stand behind it.</summary>
        public float UsualSum;
        public float UsualWeight;
    }
}
