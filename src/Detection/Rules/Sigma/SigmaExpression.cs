namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>A condition with every search identifier replaced by what it stands for.</summary>
internal abstract record SigmaExpression
{
    /// <summary>All of them, at least one.</summary>
    public static SigmaExpression All(IReadOnlyList<SigmaExpression> parts) => parts.Count == 1 ? parts[0] : new SigmaAnd(parts);

    /// <summary>One of them, at least one.</summary>
    public static SigmaExpression Any(IReadOnlyList<SigmaExpression> parts) => parts.Count == 1 ? parts[0] : new SigmaOr(parts);

    /// <summary>The expression and everything in it.</summary>
    public IEnumerable<SigmaExpression> Nodes() => Inner.SelectMany(part => part.Nodes()).Prepend(this);

    private IReadOnlyList<SigmaExpression> Inner => this switch
    {
        SigmaAnd and => and.Parts,
        SigmaOr or => or.Parts,
        SigmaSome some => some.Parts,
        SigmaNot not => [not.Part],
        _ => [],
    };
}

internal sealed record SigmaAnd(IReadOnlyList<SigmaExpression> Parts) : SigmaExpression;

internal sealed record SigmaOr(IReadOnlyList<SigmaExpression> Parts) : SigmaExpression;

/// <summary>At least so many of them.</summary>
internal sealed record SigmaSome(int Least, IReadOnlyList<SigmaExpression> Parts) : SigmaExpression;

internal sealed record SigmaNot(SigmaExpression Part) : SigmaExpression;

/// <summary>One test of one field; of any value of the record when the field is empty.</summary>
internal sealed record SigmaTerm(string Field, SigmaTest Test) : SigmaExpression;
