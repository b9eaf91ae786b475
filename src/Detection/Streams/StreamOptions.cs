namespace SentinelHealth.Detection.Streams;

/// <summary>How a <see cref="StreamDetector"/> is sized and how quickly it forgets. The defaults serve every kind of
/// row.</summary>
public sealed record StreamOptions
{
    /// <summary>Seed of the sketches' hashes and of the sample's choices.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Whether rows carry a time. Without a clock nothing can burst, and only the shape of rows is judged.</summary>
    public StreamClock Clock { get; init; } = StreamClock.EventTime;

    /// <summary>Milliseconds of the shortest tick counts are kept in. Default a minute.</summary>
    public long TickMs { get; init; } = 60_000;

    /// <summary>Cells in each of the two rows of a categorical aspect's sketch, a power of two. Default 16,384: 1 MB an
    /// aspect.</summary>
    public int SketchCells { get; init; } = 16_384;

    /// <summary>What remains of the quickly fading count after a tick, 0..1.</summary>
    public float DecayPerTick { get; init; } = 0.7f;

    /// <summary>What remains of the slowly fading count after a tick, 0..1; a burst has to stand out in both counts.</summary>
    public float SlowDecayPerTick { get; init; } = 0.9f;

    /// <summary>Ticks after which rates and presence weigh half. Default 65,536: 45 days of minutes.</summary>
    public int HorizonTicks { get; init; } = 65_536;

    /// <summary>Rows strange to this degree (a share of what was learned, 0..1) teach nothing. Default one in 200.</summary>
    public double SuspectShare { get; init; } = 0.005;

    /// <summary>
    /// Rows strange to this degree begin to teach less. Default one in ten. Without a clock nothing can go on for long, and rows
    /// teach in full until they are suspect.
    /// </summary>
    public double DoubtShare { get; init; } = 0.1;

    /// <summary>Rows learned before there is an opinion.</summary>
    public int ColdRows { get; init; } = 16;
}

/// <summary>What the times of a stream mean.</summary>
public enum StreamClock
{
    /// <summary>Rows come in the order of their times; counts per tick carry meaning.</summary>
    EventTime,

    /// <summary>Rows have no time, or an order without meaning, such as the lines of a table.</summary>
    None,
}
