using System.Numerics;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Ingest.Simulation.Chance;

/// <summary>
/// xoshiro256** (Blackman and Vigna, 2018) started by SplitMix64 from a seed and a stream's name, so that what one part of the
/// simulation draws never shifts what another part sees. Same values on every platform. One owner, not thread-safe.
/// </summary>
internal sealed class SeededRandom
{
    private ulong _a, _b, _c, _d;

    public SeededRandom(int seed, string stream)
    {
        var state = StableHash.Combine(unchecked((ulong)seed) + 1, StableHash.Of(stream));
        (_a, _b, _c, _d) = (Split(ref state), Split(ref state), Split(ref state), Split(ref state));
    }

    public ulong Next()
    {
        var result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        var shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, bound). The bias of the multiplication is below 2^-32 for the small bounds used here.</summary>
    public int Below(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    /// <summary>Uniform whole number, both ends included.</summary>
    public int Whole(int least, int most) => least + Below(most - least + 1);

    public double Between(double least, double most) => least + (Unit() * (most - least));

    public TimeSpan Between(TimeSpan least, TimeSpan most) => least + ((most - least) * Unit());

    public TimeSpan Seconds(double least, double most) => TimeSpan.FromSeconds(Between(least, most));

    public TimeSpan Minutes(double least, double most) => TimeSpan.FromMinutes(Between(least, most));

    public TimeSpan Hours(double least, double most) => TimeSpan.FromHours(Between(least, most));

    public bool Chance(double probability) => Unit() < probability;

    /// <summary>Exponential waiting time, cut at eight times its mean so that no gap is absurd.</summary>
    public TimeSpan Wait(TimeSpan mean) => mean * Math.Min(8, -PortableMath.Ln(1 - Unit()));

    /// <summary>Nearly normal: the sum of twelve uniforms, so never further than six deviations.</summary>
    public double Normal(double mean, double deviation)
    {
        var sum = -6.0;
        for (var i = 0; i < 6; i++)
        {
            var bits = Next();
            sum += ((bits >> 32) + (bits & 0xFFFFFFFF)) * (1.0 / 4294967296.0);
        }
        return mean + (deviation * sum);
    }

    /// <summary>Log-normal by its median and the deviation of its logarithm.</summary>
    public double LogNormal(double median, double spread) => median * PortableMath.Exp(Normal(0, spread));

    public T Pick<T>(IReadOnlyList<T> from) => from[Below(from.Count)];

    /// <summary>Picks early entries more often: the share of the first tenth is about a third.</summary>
    public T PickHabitual<T>(IReadOnlyList<T> from)
    {
        var unit = Unit();
        return from[(int)(unit * unit * from.Count)];
    }

    /// <summary>Lower-case hexadecimal digits after a prefix.</summary>
    public string Hex(string prefix, int digits) =>
        string.Create(prefix.Length + digits, (prefix, random: this), static (text, state) =>
        {
            state.prefix.CopyTo(text);
            ulong bits = 0;
            for (var i = state.prefix.Length; i < text.Length; i++)
            {
                if (((i - state.prefix.Length) & 15) == 0)
                    bits = state.random.Next();
                text[i] = "0123456789abcdef"[(int)(bits & 15)];
                bits >>= 4;
            }
        });

    private static ulong Split(ref ulong state)
    {
        var mixed = state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
