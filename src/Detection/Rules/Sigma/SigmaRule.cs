using System.Diagnostics.CodeAnalysis;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>A detection rule, parsed and checked.</summary>
/// <remarks>Sigma specification 2.1.0, "Sigma Rules".</remarks>
public sealed record SigmaRule : SigmaDocument
{
    [SetsRequiredMembers]
    internal SigmaRule(SigmaHeader header)
        : base(header) => LogSource = new SigmaLogSource(null, null, null);

    /// <summary>What records it is about.</summary>
    public SigmaLogSource LogSource { get; init; }

    /// <summary>What must hold, filters included.</summary>
    internal SigmaExpression Condition { get; init; } = SigmaExpression.Any([]);
}
