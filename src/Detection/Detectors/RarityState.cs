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

/// <summary>Value counts of one entity: 8 features of 8 slots, about 600 bytes.</summary>
internal struct EntityRarity : IRarityState
{
    public const int Slots = 8;

    private Words64 _keys;
    private Numbers64 _counts;
    private Numbers16 _totals;

    public int DecayedOnDay { get; set; }

    [UnscopedRef]
    public ValueCounts Feature(int feature) => new(
        ((Span<uint>)_keys).Slice(feature * Slots, Slots),
        ((Span<float>)_counts).Slice(feature * Slots, Slots),
        ((Span<float>)_totals).Slice(feature * 2, 2));

    [InlineArray(Rarity.FeaturesMax * Slots)]
    private struct Words64
    {
        private uint _first;
    }

    [InlineArray(Rarity.FeaturesMax * Slots)]
    private struct Numbers64
    {
        private float _first;
    }

    [InlineArray(Rarity.FeaturesMax * 2)]
    private struct Numbers16
    {
        private float _first;
    }
}

/// <summary>Value counts of a peer group, or of the whole network: 8 features of 64 slots, about 4 KB.</summary>
internal struct GroupRarity : IRarityState
{
    public const int Slots = 64;

    private Words512 _keys;
    private Numbers512 _counts;
    private Numbers16 _totals;

    public int DecayedOnDay { get; set; }

    [UnscopedRef]
    public ValueCounts Feature(int feature) => new(
        ((Span<uint>)_keys).Slice(feature * Slots, Slots),
        ((Span<float>)_counts).Slice(feature * Slots, Slots),
        ((Span<float>)_totals).Slice(feature * 2, 2));

    [InlineArray(Rarity.FeaturesMax * Slots)]
    private struct Words512
    {
        private uint _first;
    }

    [InlineArray(Rarity.FeaturesMax * Slots)]
    private struct Numbers512
    {
        private float _first;
    }

    [InlineArray(Rarity.FeaturesMax * 2)]
    private struct Numbers16
    {
        private float _first;
    }
}
