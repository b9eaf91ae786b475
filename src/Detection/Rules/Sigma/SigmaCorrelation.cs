using System.Diagnostics.CodeAnalysis;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>What a correlation measures among the events of a key and a timespan.</summary>
/// <remarks>Sigma specification 2.1.0, "Correlation Types".</remarks>
public enum SigmaCorrelationType
{
    /// <summary>How many events.</summary>
    EventCount,

    /// <summary>How many different values of a field, or of several together.</summary>
    ValueCount,

    /// <summary>How many of the rules matched.</summary>
    Temporal,

    /// <summary>How many of the rules matched one after the other, in their order.</summary>
    TemporalOrdered,

    /// <summary>The sum of a number.</summary>
    ValueSum,

    /// <summary>The mean of a number.</summary>
    ValueAverage,

    /// <summary>The smallest of a number.</summary>
    ValueMin,

    /// <summary>The largest of a number.</summary>
    ValueMax,

    /// <summary>A percentile of a number; without a percentile, the percentage of events that have the value of the newest one.</summary>
    ValuePercentile,
}

/// <summary>A correlation rule, parsed and checked.</summary>
/// <remarks>Sigma specification 2.1.0, "Sigma Correlation Rules".</remarks>
public sealed record SigmaCorrelation : SigmaDocument
{
    [SetsRequiredMembers]
    internal SigmaCorrelation(SigmaHeader header)
        : base(header)
    {
    }

    /// <summary>What is measured.</summary>
    public SigmaCorrelationType Type { get; init; }

    /// <summary>Identifiers or names of the rules and correlations it is about, in their order.</summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    /// <summary>Fields whose values make one key; none: everything is one key.</summary>
    public IReadOnlyList<string> GroupBy { get; init; } = [];

    /// <summary>The timespan, at least a second.</summary>
    public TimeSpan Timespan { get; init; }

    /// <summary>Whether the rules it is about are told on their own, too.</summary>
    public bool IsGenerating { get; init; }

    /// <summary>Fields whose values are measured; empty for types that measure none.</summary>
    internal IReadOnlyList<string> ValueFields { get; init; } = [];

    /// <summary>Which percentile, 0 to 100.</summary>
    internal double? Percentile { get; init; }

    /// <summary>All of them must hold for the measure.</summary>
    internal IReadOnlyList<SigmaBound> Bounds { get; init; } = [];

    /// <summary>Stands in for the bounds of a temporal correlation: a condition over the rules, as <see cref="SigmaReferenceTerm"/>.</summary>
    internal SigmaExpression? Extended { get; init; }

    /// <summary>For each alias and rule the field that is meant.</summary>
    internal IReadOnlyDictionary<(string Alias, string Rule), string> Aliases { get; init; } =
        new Dictionary<(string, string), string>();

    /// <summary>What <see cref="Rules"/> stands for, once linked.</summary>
    internal IReadOnlyList<SigmaDocument> Referenced { get; init; } = [];

    /// <summary>How many correlations stand one upon the other, this one included.</summary>
    internal int Depth { get; init; } = 1;

    /// <summary>The field of a rule's events that a name in <see cref="GroupBy"/> or <see cref="ValueFields"/> means.</summary>
    internal string FieldOf(string name, string rule) => Aliases.TryGetValue((name, rule), out var field) ? field : name;
}

/// <summary>A relation that the measure of a correlation must stand in.</summary>
internal readonly record struct SigmaBound(string Operator, double Number)
{
    /// <summary>The operators of the specification.</summary>
    public static readonly string[] Operators = ["gt", "gte", "lt", "lte", "eq", "neq"];

    public bool Holds(double measure) => Operator switch
    {
        "gt" => measure > Number,
        "gte" => measure >= Number,
        "lt" => measure < Number,
        "lte" => measure <= Number,
        "eq" => measure == Number,
        _ => measure != Number,
    };
}

/// <summary>Within the condition of a temporal correlation: one of its rules matched.</summary>
internal sealed record SigmaReferenceTerm(int Rule) : SigmaExpression;
