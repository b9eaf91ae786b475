using System.Diagnostics.CodeAnalysis;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>A filter: takes matches away from rules, for one environment.</summary>
/// <remarks>Sigma specification 2.1.0, "Sigma Filters".</remarks>
public sealed record SigmaFilter : SigmaDocument
{
    [SetsRequiredMembers]
    internal SigmaFilter(SigmaHeader header)
        : base(header) => LogSource = new SigmaLogSource(null, null, null);

    /// <summary>It applies to rules of this source and of parts of it only.</summary>
    public SigmaLogSource LogSource { get; init; }

    /// <summary>Identifiers or names of the rules it applies to; empty when it applies to any.</summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    /// <summary>What must hold, besides the rule's condition, for a match to stay.</summary>
    internal SigmaExpression Remaining { get; init; } = SigmaExpression.Any([]);
}
