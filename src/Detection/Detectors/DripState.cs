using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace SentinelHealth.Detection.Detectors;

/// <summary>Doings of one kind: in the last hours, in the last days, and before. 12 bytes.</summary>
internal struct DripCell
{
    public float Hours;
    public float Days;
    public float Before;
}

/// <summary>One entity: its time, and its doings of each kind. 116 bytes.</summary>
internal struct DripEntity
{
    /// <summary>Hours since 1970 of the newest hour counted.</summary>
    public int Hour;

    /// <summary>Time that stands behind the doings of <see cref="DripCell"/>, in hours.</summary>
    public DripCell Time;

    /// <summary>The highest surprise lately; fades with the days' window.</summary>
    public float Peak;

    private Cells _cells;

    [UnscopedRef]
    public ref DripCell At(int channel) => ref _cells[channel];

    [InlineArray(Drip.ChannelsMax)]
    private struct Cells
    {
        private DripCell _first;
    }
}

/// <summary>What a peer group does of one kind, and how unevenly: between its members, and within one. 20 bytes.</summary>
internal struct DripPeers
{
    private const float MemoryHours = 20_000;
    private const float UnevennessMin = 0.02f, UnevennessMax = 4f;

    public float Count;
    private float _withinExcess, _withinSquare;
    private float _betweenExcess, _betweenSquare;

    /// <summary>How much one member's windows vary beyond chance, relative to their mean, squared.</summary>
    public readonly double Within => Unevenness(_withinExcess, _withinSquare, 1);

    /// <summary>How much members' rates differ, relative to their mean, squared.</summary>
    public readonly double Between => Unevenness(_betweenExcess, _betweenSquare, 1);

    /// <summary>Doings an hour, in the group as a whole.</summary>
    public readonly double Rate(float hours) => (Count + 0.5) / (hours + 1);

    public void Fade(float factor)
    {
        Count *= factor;
        (_withinExcess, _withinSquare) = (_withinExcess * factor, _withinSquare * factor);
        (_betweenExcess, _betweenSquare) = (_betweenExcess * factor, _betweenSquare * factor);
    }

    public void LearnWithin(double count, double mean) => Learn(ref _withinExcess, ref _withinSquare, count, mean, Within);

    public void LearnBetween(double count, double mean) => Learn(ref _betweenExcess, ref _betweenSquare, count, mean, Between);

    /// <summary>What keeps a group's memory at its bound.</summary>
    public static float FadeAt(float hours) => hours > MemoryHours ? 0.5f : 1;

    private static double Unevenness(float excess, float square, double unknown) =>
        square < 1 ? unknown : Math.Clamp(excess / square, UnevennessMin, UnevennessMax);

    /// <summary>Excess over the variance that counting alone causes; one absurd window counts no more than six deviations.</summary>
    private static void Learn(ref float excess, ref float square, double count, double mean, double unevenness)
    {
        var variance = mean + (unevenness * mean * mean);
        excess += (float)(Math.Min((count - mean) * (count - mean), 36 * variance) - mean);
        square += (float)(mean * mean);
    }
}

/// <summary>All kinds of doings of a peer group, and the hours behind them.</summary>
internal struct DripGroup
{
    public float Hours;
    private Channels _channels;

    [UnscopedRef]
    public ref DripPeers At(int channel) => ref _channels[channel];

    [InlineArray(Drip.ChannelsMax)]
    private struct Channels
    {
        private DripPeers _first;
    }
}
