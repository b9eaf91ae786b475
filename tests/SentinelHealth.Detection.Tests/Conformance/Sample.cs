using SentinelHealth.Detection.Features;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Tests.Conformance;

/// <summary>An observation that can be kept.</summary>
internal sealed record Sample(long AtMs, ulong Entity, ulong[] Categories, double[] Numbers, uint Channels)
{
    public const int CategoryCount = 10, NumberCount = 6;

    public static readonly long MondayMs = new DateTimeOffset(2026, 11, 2, 8, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    public ulong Peers { get; init; } = 77;

    public Observation Seen => new()
    {
        AtMs = AtMs,
        Entity = Entity,
        Peers = Peers,
        Categories = Categories,
        Numbers = Numbers,
        Channels = Channels,
    };

    /// <summary>Something any detector may meet: fifty entities, small vocabularies, numbers about one.</summary>
    public static Sample Any(Random random, long atMs) => new(
        atMs, Key(random.Next(1, 51)), [.. Enumerable.Range(1, CategoryCount).Select(i => Key((100 * i) + random.Next(0, 30)))],
        [.. Enumerable.Range(0, NumberCount).Select(_ => 1 + (0.2 * (random.NextDouble() + random.NextDouble() - 1)))], 0b111);

    /// <summary>Nothing but who and when.</summary>
    public Sample Empty => this with
    {
        Categories = new ulong[CategoryCount],
        Numbers = [.. Enumerable.Repeat(double.NaN, NumberCount)],
        Channels = 0,
    };

    public static ulong Key(int value) => StableHash.Combine((ulong)value + 1, 0x5EED);
}
