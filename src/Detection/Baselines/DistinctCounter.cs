using System.Numerics;
using System.Runtime.CompilerServices;

namespace SentinelHealth.Detection.Baselines;

/// <summary>
/// Counts distinct keys in 32 bytes: linear counting over 256 bits (Whang, Vander-Zanden and Taylor 1990).
/// </summary>
/// <remarks>About 5 % error at 100 distinct keys, 10 % at 600; saturates at 1,420, which is far beyond any habit it is compared with.</remarks>
internal struct DistinctCounter
{
    private const int Bits = 256;
    private Words _words;

    /// <summary>Adds a key; true when its bit was not set, so it was certainly new.</summary>
    public bool Add(ulong key)
    {
        var bit = (int)(key >> 24) & (Bits - 1);
        ref var word = ref _words[bit >> 6];
        var mask = 1UL << (bit & 63);
        var isNew = (word & mask) == 0;
        word |= mask;
        return isNew;
    }

    /// <summary>Whether the key's bit is set.</summary>
    public readonly bool MayContain(ulong key)
    {
        var bit = (int)(key >> 24) & (Bits - 1);
        return (_words[bit >> 6] & (1UL << (bit & 63))) != 0;
    }

    /// <summary>The estimated number of distinct keys, 0..1,420.</summary>
    public readonly double Estimate()
    {
        var set = 0;
        for (var i = 0; i < 4; i++)
            set += BitOperations.PopCount(_words[i]);
        return Estimates[set];
    }

    /// <summary>What the estimate would be with the key added.</summary>
    public readonly double EstimateWith(ulong key)
    {
        var with = this;
        with.Add(key);
        return with.Estimate();
    }

    private static readonly double[] Estimates =
        [.. Enumerable.Range(0, Bits + 1).Select(set => Bits * Math.Log(Bits / Math.Max(Bits - set, 1.0)))];

    [InlineArray(4)]
    private struct Words
    {
        private ulong _first;
    }
}

/// <summary>
/// Remembers which keys an entity has met, in 512 bytes: two generations of a Bloom filter (Bloom 1970) of 2,048 bits, 2 probes.
/// </summary>
/// <remarks>
/// When the young generation is half full it becomes the old one, so a key is remembered for at least about 700 further keys and
/// the false-positive rate stays under 30 % at worst, 10 % typically: a forgotten novelty costs little, a false novelty never happens
/// to a recent key.
/// </remarks>
internal struct FamiliarKeys
{
    private const int Bits = 2048;
    private const int YoungMax = 700;
    private const int EstablishedMin = 8;
    private Filter _young;
    private Filter _old;
    private int _youngCount;

    /// <summary>Whether enough keys were met for an unfamiliar one to mean anything: to a newcomer everything is new.</summary>
    public readonly bool IsEstablished => _youngCount >= EstablishedMin || HasAny(_old);

    /// <summary>Whether the key was met, as far as remembered.</summary>
    public readonly bool Contains(ulong key) => Has(_young, key) || Has(_old, key);

    /// <summary>Remembers a key.</summary>
    public void Add(ulong key)
    {
        if (Has(_young, key))
            return;
        if (++_youngCount > YoungMax)
            (_old, _young, _youngCount) = (_young, default, 1);
        Set(ref _young, (int)(key >> 8) & (Bits - 1));
        Set(ref _young, (int)(key >> 40) & (Bits - 1));
    }

    private static bool HasAny(in Filter filter) => ((ReadOnlySpan<ulong>)filter).ContainsAnyExcept(0ul);

    private static bool Has(in Filter filter, ulong key) =>
        IsSet(filter, (int)(key >> 8) & (Bits - 1)) && IsSet(filter, (int)(key >> 40) & (Bits - 1));

    private static bool IsSet(in Filter filter, int bit) => (filter[bit >> 6] & (1UL << (bit & 63))) != 0;

    private static void Set(ref Filter filter, int bit) => filter[bit >> 6] |= 1UL << (bit & 63);

    [InlineArray(Bits / 64)]
    private struct Filter
    {
        private ulong _first;
    }
}
