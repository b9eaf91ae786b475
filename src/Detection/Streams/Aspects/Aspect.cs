using SentinelHealth.Detection.Features;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Streams.Aspects;

/// <summary>What an aspect of a row is made of.</summary>
internal enum AspectKind
{
    /// <summary>Every row.</summary>
    All,

    /// <summary>One category.</summary>
    Category,

    /// <summary>Two categories together.</summary>
    Pair,

    /// <summary>One number, to about a fifth of its size.</summary>
    Number,

    /// <summary>All categories together.</summary>
    Categories,

    /// <summary>The whole row, numbers to about a fifth of their size.</summary>
    Row,
}

/// <summary>One way to group rows: those alike in this aspect are counted together.</summary>
/// <param name="Kind">What it is made of.</param>
/// <param name="Name">Its name in explanations.</param>
/// <param name="First">Index of the category or number; for several, how many categories.</param>
/// <param name="Second">Index of the other category of a pair; for the whole row, how many numbers.</param>
internal readonly record struct Aspect(AspectKind Kind, string Name, int First = 0, int Second = 0)
{
    /// <summary>With more categories than this the pairs are too many, and only all categories together are grouped.</summary>
    private const int PairedCategoriesMax = 4;

    /// <summary>The aspects of a schema, by rule: all rows, each column, the pairs of few categories, all categories, the
    /// row.</summary>
    public static Aspect[] Of(FeatureSchema schema)
    {
        var (categories, numbers) = (schema.Categorical, schema.Numeric);
        List<Aspect> aspects = [new(AspectKind.All, "all rows", categories.Count, numbers.Count)];
        aspects.AddRange(categories.Select((name, i) => new Aspect(AspectKind.Category, name, i)));
        for (var i = 0; categories.Count <= PairedCategoriesMax && i < categories.Count; i++)
        {
            for (var j = i + 1; j < categories.Count; j++)
                aspects.Add(new(AspectKind.Pair, $"{categories[i]} with {categories[j]}", i, j));
        }
        aspects.AddRange(numbers.Select((name, i) => new Aspect(AspectKind.Number, name, i)));
        if (categories.Count > 2)
            aspects.Add(new(AspectKind.Categories, "all categories", categories.Count));
        if (numbers.Count > 0 && categories.Count + numbers.Count > 1)
            aspects.Add(new(AspectKind.Row, "the whole row", categories.Count, numbers.Count));
        return [.. aspects];
    }

    /// <summary>The key of a row in this aspect; 0 when it is absent there.</summary>
    public ulong KeyOf(in Observation observed) => Kind switch
    {
        AspectKind.All => IsAbsent(observed.Categories[..First], observed.Numbers[..Second]) ? 0 : 1ul,
        AspectKind.Category => observed.Categories[First],
        AspectKind.Pair => PairKey(observed.Categories[First], observed.Categories[Second]),
        AspectKind.Number => NumberKey(observed.Numbers[First]),
        AspectKind.Categories => CategoriesKey(observed.Categories[..First]),
        AspectKind.Row => RowKey(observed.Categories[..First], observed.Numbers[..Second]),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static ulong PairKey(ulong first, ulong second) => first == 0 || second == 0 ? 0 : StableHash.Combine(first, second);

    /// <summary>
    /// Sign, exponent and two bits of the mantissa: buckets a fifth of their value wide at every scale, as the logarithmic
    /// buckets of MStream (Bhatia et al. 2021) without its running minimum and maximum.
    /// </summary>
    private static ulong NumberKey(double value) =>
        double.IsNaN(value) ? 0 : (BitConverter.SingleToUInt32Bits((float)(value + 0.0)) >> 21) + 1ul;

    private static bool IsAbsent(ReadOnlySpan<ulong> categories, ReadOnlySpan<double> numbers)
    {
        if (categories.ContainsAnyExcept(0ul))
            return false;
        foreach (var number in numbers)
        {
            if (!double.IsNaN(number))
                return false;
        }
        return true;
    }

    private static ulong CategoriesKey(ReadOnlySpan<ulong> categories)
    {
        if (!categories.ContainsAnyExcept(0ul))
            return 0;
        var key = 1ul;
        foreach (var category in categories)
            key = StableHash.Combine(key, category);
        return key;
    }

    private static ulong RowKey(ReadOnlySpan<ulong> categories, ReadOnlySpan<double> numbers)
    {
        if (IsAbsent(categories, numbers))
            return 0;
        var key = CategoriesKey(categories);
        foreach (var number in numbers)
            key = StableHash.Combine(key, NumberKey(number));
        return key;
    }
}
