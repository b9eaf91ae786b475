namespace SentinelHealth.Detection.Rules.Live;

/// <summary>What a written rule has found so far.</summary>
/// <param name="MatchCount">Matches, whatever its stage.</param>
/// <param name="LastAt">When the latest of them happened (event time).</param>
public readonly record struct RuleCount(long MatchCount, DateTimeOffset LastAt);
