using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Baselines;

namespace SentinelHealth.Detection.Detectors;

/// <summary>The open bucket of one channel and width, and the habit learned from its closed ones. 24 bytes.</summary>
internal struct CountCell
{
    public int Bucket;
    public float Count;
    public float TrustSum;
    public LogCountHabit Habit;
}

/// <summary>Cells of one entity or peer group: 8 channels of 3 widths, 576 bytes.</summary>
internal struct VolumeCells
{
    private CellArray _cells;

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public ref CountCell At(int channel, int width) => ref _cells[(channel * 3) + width];

    [InlineArray(Volume.ChannelsMax * 3)]
    private struct CellArray
    {
        private CountCell _first;
    }
}
