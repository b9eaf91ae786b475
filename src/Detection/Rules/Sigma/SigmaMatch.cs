namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>That a rule matched: an event, or, for a correlation, several.</summary>
/// <remarks>Whoever passes a match on has to name the rule's author and licence with it: both are in <see cref="Rule"/>.</remarks>
public sealed record SigmaMatch
{
    /// <summary>The rule: a <see cref="SigmaRule"/> or a <see cref="SigmaCorrelation"/>.</summary>
    public required SigmaDocument Rule { get; init; }

    /// <summary>When it came to match, in event time: the time of the newest event it is made of.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The values that a correlation's key is made of, in the order of its <c>group-by</c>; empty for an event.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Group { get; init; } = [];

    /// <summary>Identifiers of the events it is made of, oldest first; of the newest <see cref="SigmaEngineOptions.MatchEventsMax"/>.</summary>
    public required IReadOnlyList<string> EventIds { get; init; }

    /// <summary>What a correlation measured, such as the number of events; 1 for an event.</summary>
    public double Measure { get; init; } = 1;
}
