namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>What records a rule is about. Null means any.</summary>
public sealed record SigmaLogSource(string? Category, string? Product, string? Service)
{
    /// <summary>Whether another source is this one or a part of it: whatever this one names, the other names alike.</summary>
    internal bool Contains(SigmaLogSource other) =>
        (Category is null || Category == other.Category)
        && (Product is null || Product == other.Product)
        && (Service is null || Service == other.Service);
}
