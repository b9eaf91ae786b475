namespace SentinelHealth.Response.Queries;

/// <summary>What is wrong with a query, and where.</summary>
/// <param name="At">Characters before the fault.</param>
/// <param name="Length">Characters of the fault; at least 1.</param>
/// <param name="Message">One sentence.</param>
/// <param name="Hint">What to write instead; empty when nothing is obvious.</param>
public sealed record QueryFault(int At, int Length, string Message, string Hint);

/// <summary>A query that was read, or what is wrong with it.</summary>
/// <param name="Node">The query; null when it has a fault.</param>
/// <param name="Fault">What is wrong; null when nothing is.</param>
public readonly record struct QueryReading(QueryNode? Node, QueryFault? Fault);
