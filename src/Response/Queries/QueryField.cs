namespace SentinelHealth.Response.Queries;

/// <summary>What a field holds, which decides how a query compares it.</summary>
public enum QueryFieldKind
{
    /// <summary>A name or identifier: equal as a whole, or by a pattern with <c>*</c>.</summary>
    Word,

    /// <summary>A sentence: every word of the value occurs in it, whatever the case; a quoted value occurs as it is.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A point in time: RFC 3339, a date, or <c>now-24h</c>.</summary>
    Instant,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Flag,

    /// <summary>One of a few names that have an order, such as a severity.</summary>
    Rank,
}

/// <summary>A field a query may name.</summary>
/// <param name="Name">As it is written, such as <c>entity.type</c>.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Meaning">What it is, in a few words, for people who choose one.</param>
public sealed record QueryField(string Name, QueryFieldKind Kind, string Meaning)
{
    /// <summary>The names of a rank from the lowest, or values worth proposing.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Whether words without a field look here too.</summary>
    public bool IsSearched { get; init; }

    /// <summary>Whether its values are always lower case, so that a query may be written in any.</summary>
    public bool IsLowerCase { get; init; }
}

/// <summary>Fields of the items of a list, asked together as <c>entities:{ type: node and id: n1 }</c>.</summary>
/// <param name="Name">The group's name.</param>
/// <param name="Meaning">What it is, in a few words.</param>
/// <param name="Fields">Fields of one item.</param>
public sealed record QueryGroup(string Name, string Meaning, IReadOnlyList<QueryField> Fields);

/// <summary>What a query may ask about.</summary>
/// <param name="Fields">Fields, in the order people should see them.</param>
/// <param name="Groups">Groups of fields.</param>
public sealed record QuerySchema(IReadOnlyList<QueryField> Fields, IReadOnlyList<QueryGroup> Groups)
{
    /// <summary>What names begin with that are words without being listed, such as <c>args.</c>; empty for none.</summary>
    public string OpenPrefix { get; init; } = "";

    /// <summary>A field by its name, whatever the case, except below the open prefix; null when there is none.</summary>
    public QueryField? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (OpenPrefix.Length > 0 && name.Length > OpenPrefix.Length && name.StartsWith(OpenPrefix, StringComparison.Ordinal))
            return new QueryField(name, QueryFieldKind.Word, "");
        return Fields.FirstOrDefault(field => string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>A group by its name, whatever the case; null when there is none.</summary>
    public QueryGroup? FindGroup(string name) =>
        Groups.FirstOrDefault(group => string.Equals(group.Name, name, StringComparison.OrdinalIgnoreCase));
}
