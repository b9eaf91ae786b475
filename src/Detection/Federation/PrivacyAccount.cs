namespace SentinelHealth.Detection.Federation;

/// <summary>One export that was paid for.</summary>
/// <param name="Round">The site's number of it.</param>
/// <param name="Rho">Its additive cost.</param>
/// <param name="Digest">Digest of what was published.</param>
public sealed record PrivacySpending(long Round, double Rho, string Digest);

/// <summary>What a site has published about its people, and what it may still publish. Immutable.</summary>
/// <remarks>Without a bound, enough noisy copies average the noise away.</remarks>
/// <param name="EpsilonMax">The most that all exports together may tell, at <paramref name="Delta"/>.</param>
/// <param name="Delta">The probability that is left out of the promise.</param>
/// <param name="Spendings">Every export so far.</param>
public sealed record PrivacyAccount(double EpsilonMax, double Delta, IReadOnlyList<PrivacySpending> Spendings)
{
    /// <summary>An account that nothing was taken from.</summary>
    public static PrivacyAccount New { get; } = new(10, 1e-6, []);

    /// <summary>What all exports together have told.</summary>
    public double EpsilonSpent => PrivacyCost.EpsilonOf(Spendings.Sum(spending => spending.Rho), Delta);

    /// <summary>The number of the next export.</summary>
    public long NextRound => Spendings.Count == 0 ? 1 : Spendings.Max(spending => spending.Round) + 1;

    /// <summary>What all exports would have told after one more.</summary>
    public double EpsilonAfter(PrivacyCost cost)
    {
        ArgumentNullException.ThrowIfNull(cost);
        return PrivacyCost.EpsilonOf(Spendings.Sum(spending => spending.Rho) + cost.Rho, Delta);
    }

    /// <summary>The account after an export.</summary>
    /// <exception cref="InvalidOperationException">The export would tell more than <see cref="EpsilonMax"/> in all.</exception>
    public PrivacyAccount Spend(long round, PrivacyCost cost, string digest)
    {
        ArgumentNullException.ThrowIfNull(cost);
        var after = EpsilonAfter(cost);
        return after > EpsilonMax
            ? throw new InvalidOperationException(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"The export would bring epsilon to {after:0.##}; the account allows {EpsilonMax:0.##} in all, of which {EpsilonSpent:0.##} is spent."))
            : this with { Spendings = [.. Spendings, new(round, cost.Rho, digest)] };
    }
}
