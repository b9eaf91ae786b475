using SentinelHealth.Detection.Features;
using SentinelHealth.Detection.Streams;

namespace SentinelHealth.Detection.Tests.Streams;

/// <summary>Rows of an ordinary stream: few sources, many destinations, two related numbers.</summary>
internal sealed class StreamRows(int seed, StreamClock clock = StreamClock.EventTime)
{
    public const long MinuteMs = 60_000;
    private readonly Random _random = new(seed);
    private readonly ulong[] _categories = new ulong[2];
    private readonly double[] _numbers = new double[2];

    public StreamDetector Detector { get; } = New(clock);

    public static StreamDetector New(StreamClock clock, int sketchCells = 1_024) => new(
        "stream", new FeatureSchema(["src", "dst"], []) { Numeric = ["size", "duration"] },
        new() { Clock = clock, SketchCells = sketchCells });

    public long Minute { get; private set; } = 1;

    /// <summary>An ordinary row: one of 20 sources, one of 50 destinations.</summary>
    public Observation Ordinary() => Row((ulong)_random.Next(1, 21), (ulong)_random.Next(100, 150), Normal(), Normal());

    /// <summary>A row as told. Valid until the next.</summary>
    public Observation Row(ulong src, ulong dst, double size, double duration)
    {
        (_categories[0], _categories[1], _numbers[0], _numbers[1]) = (src, dst, 10 + size, 10 + size + (0.1 * duration));
        return Current();
    }

    /// <summary>A row with these very numbers.</summary>
    public Observation Numbers(double size, double duration)
    {
        (_categories[0], _categories[1], _numbers[0], _numbers[1]) = (1, 100, size, duration);
        return Current();
    }

    /// <summary>Minutes of 30 ordinary rows each, learned.</summary>
    public StreamRows Teach(int minutes)
    {
        for (var i = 0; i < minutes; i++, Minute++)
        {
            for (var row = 0; row < 30; row++)
                Detector.Learn(Ordinary(), 1);
        }
        return this;
    }

    /// <summary>The score that so large a share of ordinary rows stays below.</summary>
    public double Usual(double share)
    {
        var scores = Enumerable.Range(0, 1_000).Select(_ => Detector.Score(Ordinary())!.Value).Order().ToArray();
        return scores[(int)(share * (scores.Length - 1))];
    }

    public byte[] Saved()
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream))
            Detector.Save(writer);
        return stream.ToArray();
    }

    private Observation Current() =>
        new() { AtMs = Minute * MinuteMs, Entity = 1, Peers = 1, Categories = _categories, Numbers = _numbers };

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(Math.Tau * _random.NextDouble());
}
