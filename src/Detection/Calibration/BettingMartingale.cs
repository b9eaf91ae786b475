namespace SentinelHealth.Detection.Calibration;

/// <summary>
/// Bets against p-values being uniform and keeps a Shiryaev–Roberts statistic of the winnings, which grows when they are not.
/// </summary>
/// <remarks>
/// A mixture of bettors in the manner of the Simple Jumper (Vovk, Petej, Nouretdinov, Ahlberg, Carlsson and Gammerman, "Retrain or not
/// retrain", 2021): three linear bets of different boldness, one on very small p-values, and one that never bets; after each
/// step a hundredth of the wealth is shared out anew, so that whoever was wrong yesterday can be right tomorrow. Each
/// step multiplies the wealth by a factor whose mean is 1 when p-values are independent and uniform. The statistic is
/// R ← (R + 1) · factor (Shiryaev 1963, Roberts 1966): R minus the number of steps is then a martingale, so the mean number of steps
/// until R first reaches A is at least A. Departure: several shapes of bet rather than one. O(bettors), 48 bytes.
/// </remarks>
internal sealed class BettingMartingale
{
    private const double Jump = 0.01;
    private static readonly double[] Slopes = [0.5, 1, 1.8];
    private readonly double[] _wealth = new double[Slopes.Length + 2];

    public BettingMartingale() => Restart();

    /// <summary>The Shiryaev–Roberts statistic; 0 or more.</summary>
    public double Statistic { get; private set; }

    /// <summary>Takes the next p-value in. Small ones win.</summary>
    public void Bet(double pValue)
    {
        var (share, factor) = (Jump / _wealth.Length, 0.0);
        for (var bettor = 0; bettor < _wealth.Length; bettor++)
        {
            _wealth[bettor] = (((1 - Jump) * _wealth[bettor]) + share) * Payoff(bettor, pValue);
            factor += _wealth[bettor];
        }
        // Kept as shares of the whole, so that nothing overflows in a long life.
        for (var bettor = 0; bettor < _wealth.Length; bettor++)
            _wealth[bettor] /= factor;
        Statistic = (Statistic + 1) * factor;
    }

    /// <summary>Begins again with nothing won.</summary>
    public void Restart()
    {
        Array.Fill(_wealth, 1.0 / _wealth.Length);
        Statistic = 0;
    }

    public void Save(BinaryWriter writer)
    {
        foreach (var wealth in _wealth)
            writer.Write(wealth);
        writer.Write(Statistic);
    }

    public void Load(BinaryReader reader)
    {
        for (var bettor = 0; bettor < _wealth.Length; bettor++)
            _wealth[bettor] = reader.ReadDouble();
        Statistic = reader.ReadDouble();
    }

    /// <summary>Each has integral 1 over 0..1 and is above 0.</summary>
    private static double Payoff(int bettor, double pValue) => bettor switch
    {
        0 => 1,
        1 => 0.5 / Math.Sqrt(Math.Max(pValue, 1e-9)),
        _ => 1 + (Slopes[bettor - 2] * (0.5 - pValue)),
    };
}
