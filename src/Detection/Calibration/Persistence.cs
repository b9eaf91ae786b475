using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Baselines;

namespace SentinelHealth.Detection.Calibration;

/// <summary>
/// Adds up an actor's evidence over its recent events, so that many slightly strange ones weigh like one very strange one.
/// </summary>
/// <remarks>
/// A leaky sum of surprise above what an ordinary event brings, with a time constant of eight hours: the one-sided CUSUM of Page
/// (1954) with decay instead of a reset. Events within ten minutes count once, by the strangest, because a burst repeats itself.
/// Calibrated by the highest sum of each actor's day. 32 bytes an actor besides the calibration, O(1).
/// </remarks>
internal sealed class Persistence(int actorsMax)
{
    /// <summary>Its name in alerts.</summary>
    public const string Name = "persistence";

    private const double MemoryMs = 8 * 3_600_000.0;
    private const long BucketMs = 600_000;
    private const double OrdinaryNats = 1.5;
    private const double NatsPerEventMax = 9;

    private readonly BoundedMap<Run> _runs = new(actorsMax);
    private readonly IntervalMaxima _maxima = new(TimeSpan.FromDays(1), actorsMax);

    public long SizeBytes => _runs.SizeBytes + _maxima.SizeBytes;

    /// <summary>What an event of this combined p-value adds.</summary>
    public static double Adds(double pValue) => Math.Clamp(-Math.Log(pValue) - OrdinaryNats, 0, NatsPerEventMax);

    /// <summary>The actor's sum without and with an event that adds so much.</summary>
    public (double Earlier, double Kept) Sums(ulong actor, long atMs, double adds)
    {
        ref var run = ref _runs.Find(actor);
        if (Unsafe.IsNullRef(ref run))
            return (0, adds);
        var closed = run.Nats * Math.Exp(-Math.Max(0, atMs - run.AtMs) / MemoryMs);
        return atMs / BucketMs > run.Bucket
            ? (closed + run.BucketNats, closed + run.BucketNats + adds)
            : (closed + run.BucketNats, closed + Math.Max(run.BucketNats, adds));
    }

    /// <summary>The p-value of a sum: the chance that an ordinary event of the actor's peers would reach it.</summary>
    public double PValue(ulong peers, double sum) => _maxima.PValue(peers, sum);

    /// <summary>The p-value of an actor's day that reaches the sum.</summary>
    public double DayPValue(ulong peers, double sum) => _maxima.IntervalPValue(peers, sum);

    /// <summary>Keeps an event's addition.</summary>
    public void Learn(ulong actor, ulong peers, long atMs, double adds, float trust)
    {
        if (actor == 0)
            return;
        ref var run = ref _runs.Touch(actor, atMs, out _);
        if (atMs / BucketMs > run.Bucket)
        {
            run.Nats = (run.Nats * Math.Exp(-Math.Max(0, atMs - run.AtMs) / MemoryMs)) + run.BucketNats;
            (run.Bucket, run.BucketNats, run.AtMs) = (atMs / BucketMs, 0, atMs);
        }
        run.BucketNats = Math.Max(run.BucketNats, adds);
        _maxima.Learn(actor, peers, atMs, run.Nats + run.BucketNats, trust, out _);
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
        public double BucketNats;
        public long AtMs;
        public long Bucket;
    }
}
