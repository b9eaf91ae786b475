namespace SentinelHealth.Response.Queries;

/// <summary>One part of a query, with its fields already known to the schema and its values in the field's own kind. Immutable.</summary>
public abstract record QueryNode;

/// <summary>Everything: what an empty query asks for.</summary>
public sealed record QueryAll : QueryNode;

/// <summary>All parts hold.</summary>
/// <param name="Parts">Two or more.</param>
public sealed record QueryAnd(IReadOnlyList<QueryNode> Parts) : QueryNode;

/// <summary>At least one part holds.</summary>
/// <param name="Parts">Two or more.</param>
public sealed record QueryOr(IReadOnlyList<QueryNode> Parts) : QueryNode;

/// <summary>The part does not hold.</summary>
/// <param name="Part">What must not hold.</param>
public sealed record QueryNot(QueryNode Part) : QueryNode;

/// <summary>One of the field's values is this.</summary>
/// <param name="Field">The field.</param>
/// <param name="Value">What is asked for, in the field's kind.</param>
public sealed record QueryIs(QueryField Field, QueryValue Value) : QueryNode;

/// <summary>The field has a value.</summary>
/// <param name="Field">The field.</param>
public sealed record QueryExists(QueryField Field) : QueryNode;

/// <summary>One of the field's values is beyond a bound.</summary>
/// <param name="Field">A number, instant or rank.</param>
/// <param name="Order">On which side.</param>
/// <param name="Bound">The bound: a number, Unix milliseconds of an instant, or the place of a rank.</param>
public sealed record QueryRange(QueryField Field, QueryOrder Order, double Bound) : QueryNode;

/// <summary>One item of a group fulfils all of it.</summary>
/// <param name="Group">The group's name, such as <c>entities</c>.</param>
/// <param name="Item">What one item must fulfil.</param>
public sealed record QueryNested(string Group, QueryNode Item) : QueryNode;

/// <summary>On which side of a bound a value is.</summary>
public enum QueryOrder
{
    /// <summary>Below it.</summary>
    Less,

    /// <summary>Below it or on it.</summary>
    LessOrEqual,

    /// <summary>Above it.</summary>
    Greater,

    /// <summary>Above it or on it.</summary>
    GreaterOrEqual,
}
