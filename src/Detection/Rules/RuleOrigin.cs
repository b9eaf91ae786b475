namespace SentinelHealth.Detection.Rules;

/// <summary>Where a written rule comes from and how its author says to read a match. Travels with every alert of it.</summary>
/// <param name="Id">The rule's own identifier; empty when it has none.</param>
/// <param name="Author">Who wrote it; empty when unknown.</param>
/// <param name="License">Its licence; empty when it names none.</param>
/// <param name="FalsePositives">What else may match.</param>
/// <param name="References">Sources on the web.</param>
public sealed record RuleOrigin(
    string Id, string Author, string License, IReadOnlyList<string> FalsePositives, IReadOnlyList<string> References);
