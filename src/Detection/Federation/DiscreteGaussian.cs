namespace SentinelHealth.Detection.Federation;

/// <summary>
/// Exact samples of the discrete Gaussian, from random bits and whole numbers only: floating-point noise leaks what it should
/// hide (Mironov 2012).
/// </summary>
/// <remarks>
/// Rejection from the discrete Laplace distribution: Canonne, Kamath and Steinke, "The Discrete Gaussian for Differential Privacy"
/// (2020), algorithms 1 to 3. About a dozen uniform draws a sample.
/// </remarks>
/// <param name="bits">64 independent, uniform bits a call: a cryptographic source, where privacy hangs on it.</param>
public sealed class DiscreteGaussian(Func<ulong> bits)
{
    /// <summary>Never reached with random bits; a source that repeats itself is told instead of followed forever.</summary>
    private const int DrawsMax = 100_000;

    /// <summary>Draws a whole number with mean 0.</summary>
    /// <param name="sigmaSquared">The variance parameter, 1 to 2^50.</param>
    /// <exception cref="InvalidOperationException">The source of bits is not random.</exception>
    public long Sample(long sigmaSquared)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sigmaSquared, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sigmaSquared, 1L << 50);
        var scale = (long)Math.Sqrt(sigmaSquared) + 1;
        var denominator = 2 * (UInt128)sigmaSquared * (UInt128)scale * (UInt128)scale;
        for (var draw = 0; draw < DrawsMax; draw++)
        {
            var candidate = Laplace(scale);
            var distance = ((Int128)Math.Abs(candidate) * scale) - sigmaSquared;
            if (IsBelowExp((UInt128)(distance * distance), denominator))
                return candidate;
        }
        throw NotRandom();
    }

    private long Laplace(long scale)
    {
        for (var draw = 0; draw < DrawsMax; draw++)
        {
            var rest = (long)Below((UInt128)scale);
            if (!IsBelowExpOfFraction((UInt128)rest, (UInt128)scale))
                continue;
            var magnitude = (Steps() * scale) + rest;
            if ((bits() & 1) == 0)
                return magnitude;
            if (magnitude != 0)
                return -magnitude;
        }
        throw NotRandom();
    }

    /// <summary>How often an event of probability 1/e happens in a row.</summary>
    private long Steps()
    {
        for (var steps = 0; steps < DrawsMax; steps++)
        {
            if (!IsBelowExpOfFraction(1, 1))
                return steps;
        }
        throw NotRandom();
    }

    /// <summary>True with probability exp(-numerator / denominator).</summary>
    private bool IsBelowExp(UInt128 numerator, UInt128 denominator)
    {
        for (; numerator > denominator; numerator -= denominator)
        {
            if (!IsBelowExpOfFraction(1, 1))
                return false;
        }
        return IsBelowExpOfFraction(numerator, denominator);
    }

    /// <summary>The same for a fraction of at most 1: von Neumann's alternating series.</summary>
    private bool IsBelowExpOfFraction(UInt128 numerator, UInt128 denominator)
    {
        for (var k = 1u; k < DrawsMax; k++)
        {
            if (Below(denominator * k) >= numerator)
                return k % 2 == 1;
        }
        throw NotRandom();
    }

    /// <summary>A uniform whole number below a bound, by rejection.</summary>
    private UInt128 Below(UInt128 bound)
    {
        var mask = UInt128.MaxValue >> (int)UInt128.LeadingZeroCount(bound);
        for (var draw = 0; draw < DrawsMax; draw++)
        {
            var value = (mask > ulong.MaxValue ? new UInt128(bits(), bits()) : bits()) & mask;
            if (value < bound)
                return value;
        }
        throw NotRandom();
    }

    private static InvalidOperationException NotRandom() => new("The source of random bits repeats itself; no noise can be drawn from it.");
}
