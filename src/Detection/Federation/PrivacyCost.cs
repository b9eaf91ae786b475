namespace SentinelHealth.Detection.Federation;

/// <summary>
/// What one export may tell about any one person of a site: with the person's whole record added or removed, no outcome becomes
/// more than e^<see cref="Epsilon"/> times as likely, but for a probability of <see cref="Delta"/>.
/// </summary>
/// <remarks>
/// Costs add up as zero-concentrated differential privacy (Bun and Steinke 2016): <see cref="Rho"/> is what is added, epsilon what it
/// means at a delta. A person stands in the histograms of one role only, so roles do not add up.
/// </remarks>
public sealed record PrivacyCost
{
    private PrivacyCost(double epsilon, double delta, double rho) => (Epsilon, Delta, Rho) = (epsilon, delta, rho);

    /// <summary>Above 0.</summary>
    public double Epsilon { get; }

    /// <summary>0..1, exclusive; far below one in the number of people.</summary>
    public double Delta { get; }

    /// <summary>The additive cost.</summary>
    public double Rho { get; }

    /// <summary>Variance of the noise on each count, in squared units.</summary>
    public long NoiseVariance => (long)Math.Ceiling(BaselineSchema.Sensitivity * BaselineSchema.Sensitivity / (2 * Rho));

    /// <summary>The cost with this meaning.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Epsilon outside 0.01..20 or delta outside 1e-12..0.01.</exception>
    public static PrivacyCost Of(double epsilon, double delta)
    {
        if (!(epsilon is >= 0.01 and <= 20))
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "Epsilon must lie between 0.01 and 20.");
        if (!(delta is >= 1e-12 and <= 0.01))
            throw new ArgumentOutOfRangeException(nameof(delta), delta, "Delta must lie between 1e-12 and 0.01.");
        var nats = -Math.Log(delta);
        var root = Math.Sqrt(nats + epsilon) - Math.Sqrt(nats);
        return new PrivacyCost(epsilon, delta, root * root);
    }

    /// <summary>The epsilon that a sum of additive costs means at a delta.</summary>
    public static double EpsilonOf(double rho, double delta) => rho <= 0 ? 0 : rho + (2 * Math.Sqrt(rho * -Math.Log(delta)));
}
