using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Features;
using SentinelHealth.Detection.Streams;
using SentinelHealth.Detection.Tests.Detectors;

namespace SentinelHealth.Detection.Tests.Streams;

/// <summary>The laws of every detector hold for the generic one.</summary>
public sealed class StreamDetectorConformanceTests : DetectorConformance
{
    protected override IDetector Cold() => new StreamDetector(
        "stream", new FeatureSchema([.. Enumerable.Range(0, 3).Select(i => $"c{i}")], []), new() { SketchCells = 256 });
}
