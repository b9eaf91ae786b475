namespace SentinelHealth.Ingest.Simulation.Chance;

/// <summary>
/// Logarithm and exponential from additions, multiplications and divisions alone. The library's own may differ in the last bit
/// between platforms, and one bit is enough to make two runs of a seed diverge.
/// </summary>
internal static class PortableMath
{
    private const double Ln2 = 0.69314718055994531;

    /// <summary>Natural logarithm of a positive, finite number; relative error below 1e-12.</summary>
    public static double Ln(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)((bits >> 52) & 0x7FF) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000);
        // ln m = 2 artanh((m - 1) / (m + 1)); for m in [1, 2) the ratio is below 1/3 and fourteen odd terms are enough.
        var ratio = (mantissa - 1) / (mantissa + 1);
        var square = ratio * ratio;
        var sum = 0.0;
        for (var term = 27; term >= 1; term -= 2)
            sum = (sum * square) + (1.0 / term);
        return (2 * ratio * sum) + (exponent * Ln2);
    }

    /// <summary>The exponential of a number between -700 and 700; relative error below 1e-12.</summary>
    public static double Exp(double power)
    {
        var halvings = (int)Math.Floor((power / Ln2) + 0.5);
        var rest = power - (halvings * Ln2);
        var sum = 1.0;
        for (var term = 14; term >= 1; term--)
            sum = 1 + (sum * rest / term);
        return sum * BitConverter.Int64BitsToDouble((long)(halvings + 1023) << 52);
    }
}
