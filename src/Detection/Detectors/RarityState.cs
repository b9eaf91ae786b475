using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Baselines;

namespace SentinelHealth.Detection.Detectors;

/// <summary>Value counts per feature, with the day they last faded.</summary>
internal interface IRarityState
{
    int DecayedOnDay { get; set; }

    [UnscopedRef]
    ValueCounts Feature(int feature);
}

/// <summary>
/// Value counts of one entity, about 700 bytes: 16 slots for each of the first two features, 8 for each other. A feature with more
/// usual values than slots would keep meeting its own values as news, so schemas put their richest features first.
/// </summary>
internal struct EntityRarity : IRarityState
{
    private const int RichFeatures = 2;
    private const int RichSlots = 16;
    private const int Slots = 8;
    private const int SlotsInAll = (RichFeatures * RichSlots) + ((Rarity.FeaturesMax - RichFeatures) * Slots);

    private SlotKeys _keys;
    private SlotCounts _counts;
    private FeatureTotals _totals;

    public int DecayedOnDay { get; set; }

    [UnscopedRef]
    public ValueCounts Feature(int feature)
    {
        var (start, slots) = feature < RichFeatures
            ? (feature * RichSlots, RichSlots)
            : ((RichFeatures * RichSlots) + ((feature - RichFeatures) * Slots), Slots);
        return new(
            ((Span<uint>)_keys).Slice(start, slots), ((Span<float>)_counts).Slice(start, slots),
            ((Span<float>)_totals).Slice(feature * 2, 2));
    }

    [InlineArray(SlotsInAll)]
    private struct SlotKeys
    {
        private uint _first;
    }

    [InlineArray(SlotsInAll)]
    private struct SlotCounts
    {
        private float _first;
    }
}

/// <summary>Value counts of one entity in two features of 8 values, 148 bytes: for detectors that ask little.</summary>
internal struct NarrowRarity : IRarityState
{
    /// <summary>Features there is room for.</summary>
    public const int FeaturesMax = 2;

    private const int Slots = 8;

    private SlotKeys _keys;
    private SlotCounts _counts;
    private NarrowTotals _totals;

    public int DecayedOnDay { get; set; }

    [UnscopedRef]
    public ValueCounts Feature(int feature) => new(
        ((Span<uint>)_keys).Slice(feature * Slots, Slots),
        ((Span<float>)_counts).Slice(feature * Slots, Slots),
        ((Span<float>)_totals).Slice(feature * 2, 2));

    [InlineArray(FeaturesMax * Slots)]
    private struct SlotKeys
    {
        private uint _first;
    }

    [InlineArray(FeaturesMax * Slots)]
    private struct SlotCounts
    {
        private float _first;
    }

    [InlineArray(FeaturesMax * 2)]
    private struct NarrowTotals
    {
        private float _first;
    }
}

/// <summary>Value counts of a peer group, or of the whole network: 64 slots a feature, about 4 KB.</summary>
internal struct GroupRarity : IRarityState
{
    private const int Slots = 64;

    private SlotKeys _keys;
    private SlotCounts _counts;
    private FeatureTotals _totals;

    public int DecayedOnDay { get; set; }

    [UnscopedRef]
    public ValueCounts Feature(int feature) => new(
        ((Span<uint>)_keys).Slice(feature * Slots, Slots),
        ((Span<float>)_counts).Slice(feature * Slots, Slots),
        ((Span<float>)_totals).Slice(feature * 2, 2));

    [InlineArray(Rarity.FeaturesMax * Slots)]
    private struct SlotKeys
    {
        private uint _first;
    }

    [InlineArray(Rarity.FeaturesMax * Slots)]
    private struct SlotCounts
    {
        private float _first;
    }
}

/// <summary>For each feature: how much was counted, and how much of it was new when it came.</summary>
[InlineArray(Rarity.FeaturesMax * 2)]
internal struct FeatureTotals
{
    private float _first;
}
