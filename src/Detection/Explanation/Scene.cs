namespace SentinelHealth.Detection.Explanation;

/// <summary>What a clause may name besides the subject of its sentence.</summary>
/// <param name="Node">The node the event came through.</param>
/// <param name="Recipient">Who receives something by it; empty when nobody does.</param>
/// <param name="Before">The activity just before; empty at the beginning of a sitting, null when it has no name.</param>
internal readonly record struct Scene(string Node, string Recipient, string? Before);
