namespace SentinelHealth.Testing.Simulated.Whole;

/// <summary>What a seed's world is like: each has its own subset of faults, because some are only seen without the others. 0 is never.</summary>
internal sealed record WholeWeather
{
    /// <summary>The program dies at one in so many places where it touches the world.</summary>
    public required int DeathOneIn { get; init; }

    /// <summary>One in so many calls of the log fails.</summary>
    public required int LogFaultOneIn { get; init; }

    /// <summary>One in so many orders is lost, late, unanswered or repeated.</summary>
    public required int LedgerFaultOneIn { get; init; }

    /// <summary>The ledger goes down, or comes back, at one in so many moves.</summary>
    public required int OutageOneIn { get; init; }

    /// <summary>One in so many batches is sent again although it was durable.</summary>
    public required int RepeatOneIn { get; init; }

    /// <summary>Bytes that are no event get into the log at one in so many moves.</summary>
    public required int ForeignOneIn { get; init; }

    /// <summary>The clock leaps at one in so many moves.</summary>
    public required int LeapOneIn { get; init; }

    /// <summary>People do something at one in so many moves.</summary>
    public required int PersonOneIn { get; init; }

    /// <summary>How long the program's work takes by the clock: batches shrink and corrections wait for each other when it is slow.</summary>
    public required TimeSpan WorkTakes { get; init; }

    public static WholeWeather Of(IChoices choices) => new()
    {
        DeathOneIn = OneOf(choices, 0, 25, 80, 250),
        LogFaultOneIn = OneOf(choices, 0, 0, 10, 40),
        LedgerFaultOneIn = OneOf(choices, 0, 2, 5, 20),
        OutageOneIn = OneOf(choices, 0, 0, 30),
        RepeatOneIn = OneOf(choices, 0, 3, 10),
        ForeignOneIn = OneOf(choices, 0, 40),
        LeapOneIn = OneOf(choices, 0, 12, 40),
        PersonOneIn = OneOf(choices, 0, 6, 20),
        WorkTakes = TimeSpan.FromMilliseconds(OneOf(choices, 0, 0, 30, 250)),
    };

    private static int OneOf(IChoices choices, params int[] values) => values[choices.Pick(values.Length)];
}
