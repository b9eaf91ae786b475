namespace SentinelHealth.Detection.Calibration;

/// <summary>What may be promised about alerts now: the budget always, the false discovery rate while the stream stays what it was.</summary>
internal sealed class Guarantee(DetectionOptions options)
{
    /// <summary>Tag of alerts that hold under the false discovery rate.</summary>
    public const string DiscoveryTag = "sentinel.discovery";

    /// <summary>Tag of alerts raised while no promise about the false discovery rate can be given.</summary>
    public const string UncalibratedTag = "sentinel.uncalibrated";

    private readonly DiscoveryControl _discoveries = new(options.FalseDiscoveryRate);
    private readonly ExchangeabilityTest _test = new();

    /// <summary>Whether the promise holds.</summary>
    public bool Holds => _test.Holds;

    /// <summary>Follows an actor from hour to hour.</summary>
    public void Learn(IntervalTurn turn, in FinishedInterval finished, long atMs)
    {
        if (turn != IntervalTurn.Same)
            _discoveries.Begin(atMs);
        if (turn == IntervalTurn.Next)
            _test.Observe(finished, atMs);
    }

    /// <summary>What an event within the budget is, given the p-value of its actor's hour.</summary>
    public AlertStanding Judge(ulong actor, long atMs, double hourPValue)
    {
        var isDiscovery = _discoveries.Discovers(actor, atMs, hourPValue);
        if (!Holds)
            return AlertStanding.Uncalibrated;
        if (isDiscovery)
            return AlertStanding.Discovery;
        return options.AlertGate == AlertGate.Discoveries ? AlertStanding.Withheld : AlertStanding.WithinBudget;
    }

    public CalibrationStatus Status(double pValueThreshold) => new(
        Holds, Holds ? null : _test.RoseAt, _test.Suspicion, _test.HourCount, _test.RiseCount, _test.FallCount,
        options.ModelAlertsPerDay, pValueThreshold, options.FalseDiscoveryRate, _discoveries.DiscoveryCount);

    public void Save(BinaryWriter writer)
    {
        _discoveries.Save(writer);
        _test.Save(writer);
    }

    public void Load(BinaryReader reader)
    {
        _discoveries.Load(reader);
        _test.Load(reader);
    }
}

/// <summary>How well a model alert is founded.</summary>
internal enum AlertStanding : byte
{
    /// <summary>Strange enough for the budget, not for the false discovery rate.</summary>
    WithinBudget,

    /// <summary>Holds under the false discovery rate.</summary>
    Discovery,

    /// <summary>Strange enough for the budget, while nothing more can be promised.</summary>
    Uncalibrated,

    /// <summary>Not to be raised.</summary>
    Withheld,
}
