using System.Text;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Response.Queries;

/// <summary>How to find the values of a schema's fields in a <typeparamref name="T"/>, and from that whether a query fits it.</summary>
/// <remarks>Built once, then safe from many threads.</remarks>
public sealed class QueryReader<T>
{
    private readonly Dictionary<string, Func<T, IEnumerable<string>>> _words = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Func<T, double?>> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Func<QueryNode, Func<T, bool>>> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Func<T, ulong>> _keys = new(StringComparer.Ordinal);
    private Func<string, Func<T, IEnumerable<string>>>? _open;

    /// <summary>A word's or sentence's values.</summary>
    public QueryReader<T> Words(string field, Func<T, IEnumerable<string>> values)
    {
        _words.Add(field, values);
        return this;
    }

    /// <summary>A word's or sentence's value; empty is one that does not exist.</summary>
    public QueryReader<T> Word(string field, Func<T, string> value) => Words(field, item => [value(item)]);

    /// <summary>A word's value by its <see cref="StableHash"/>, so that most items are passed over without making a string.</summary>
    public QueryReader<T> Key(string field, Func<T, ulong> key)
    {
        _keys.Add(field, key);
        return this;
    }

    /// <summary>The values of words that are not listed, by their whole names.</summary>
    public QueryReader<T> Open(Func<string, Func<T, IEnumerable<string>>> values)
    {
        _open = values;
        return this;
    }

    /// <summary>The value of a number, instant (Unix milliseconds), flag (1 or 0) or rank (its place); null is none.</summary>
    public QueryReader<T> Number(string field, Func<T, double?> value)
    {
        _numbers.Add(field, value);
        return this;
    }

    /// <summary>The items of a group.</summary>
    public QueryReader<T> Group<TItem>(string group, Func<T, IEnumerable<TItem>> items, QueryReader<TItem> reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        _groups.Add(group, node =>
        {
            var fits = reader.Compile(node);
            return owner => items(owner).Any(fits);
        });
        return this;
    }

    /// <summary>The query as a test. Compile once, use often; O(conditions) each.</summary>
    public Func<T, bool> Compile(QueryNode query)
    {
        switch (query)
        {
            case QueryAll:
                return _ => true;
            case QueryAnd and:
                var all = and.Parts.Select(Compile).ToArray();
                return item => Array.TrueForAll(all, fits => fits(item));
            case QueryOr or:
                var any = or.Parts.Select(Compile).ToArray();
                return item => Array.Exists(any, fits => fits(item));
            case QueryNot not:
                var part = Compile(not.Part);
                return item => !part(item);
            case QueryIs condition:
                return Compile(condition.Field, condition.Value);
            case QueryExists exists:
                return exists.Field.Kind is QueryFieldKind.Word or QueryFieldKind.Text
                    ? Over(exists.Field, text => text.Length > 0) : item => _numbers[exists.Field.Name](item) is not null;
            case QueryRange range:
                var number = _numbers[range.Field.Name];
                return item => number(item) is { } value && Holds(value, range.Order, range.Bound);
            case QueryNested nested:
                return _groups[nested.Group](nested.Item);
            default:
                throw new ArgumentException($"{query?.GetType().Name} is no part of a query.", nameof(query));
        }
    }

    private Func<T, bool> Compile(QueryField field, QueryValue value)
    {
        switch (value)
        {
            case QueryPattern { IsExact: true } exact when _keys.TryGetValue(field.Name, out var key):
                var expected = StableHash.Of(Encoding.UTF8.GetBytes(exact.Pieces[0]));
                var confirmed = Over(field, exact.Fits);
                return item => key(item) == expected && confirmed(item);
            case QueryPattern pattern:
                return Over(field, pattern.Fits);
            case QueryWords words:
                return Over(field, text => words.OccurIn(text.ToLowerInvariant()));
            case QueryNumber number:
                var read = _numbers[field.Name];
                return item => read(item) is { } found && found.Equals(number.Number);
            default:
                throw new ArgumentException($"{value?.GetType().Name} is no value.", nameof(value));
        }
    }

    private Func<T, bool> Over(QueryField field, Func<string, bool> fits)
    {
        var values = _words.TryGetValue(field.Name, out var listed) ? listed
            : _open?.Invoke(field.Name) ?? throw new ArgumentException($"'{field.Name}' is no word.", nameof(field));
        return item => values(item).Any(fits);
    }

    private static bool Holds(double value, QueryOrder order, double bound) => order switch
    {
        QueryOrder.Less => value < bound,
        QueryOrder.LessOrEqual => value <= bound,
        QueryOrder.Greater => value > bound,
        _ => value >= bound,
    };
}
