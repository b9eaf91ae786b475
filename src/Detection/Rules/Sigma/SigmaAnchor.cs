namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>Where in a value the literal stands that finds an atom.</summary>
internal enum SigmaAnchorPlace
{
    /// <summary>No literal is long enough to be looked for.</summary>
    None,

    /// <summary>The value is the literal.</summary>
    Whole,

    /// <summary>The value begins with it.</summary>
    Start,

    /// <summary>The value ends with it.</summary>
    End,

    /// <summary>It is somewhere within the value.</summary>
    Anywhere,
}

/// <summary>What an atom is found by: whatever passes it has one of these literals, in lower case, at this place.</summary>
/// <param name="Place">Where.</param>
/// <param name="Literals">Any of them serves; more than one only for <see cref="SigmaAnchorPlace.Anywhere"/>.</param>
/// <param name="IsExact">Whether a value with the literal at its place passes for certain.</param>
internal sealed record SigmaAnchor(SigmaAnchorPlace Place, IReadOnlyList<byte[]> Literals, bool IsExact)
{
    /// <summary>Shorter beginnings and ends, such as those of file names, are met too often if there is something else to look for.</summary>
    private const int TellingBytes = 8;

    private static readonly SigmaAnchor None = new(SigmaAnchorPlace.None, [], false);

    /// <summary>The longest literal; empty when there is none.</summary>
    public byte[] Longest => Literals.MaxBy(literal => literal.Length) ?? [];

    /// <param name="field">The atom's field; negative for every value.</param>
    /// <param name="test">What is tested.</param>
    /// <param name="needed">A text in lower case that is within every value that passes.</param>
    public static SigmaAnchor Of(int field, SigmaTest test, byte[] needed) => test switch
    {
        TextTest { Pattern.IsCased: false } text => Of(field, text.Pattern),
        _ => Within([needed], isExact: false),
    };

    private static SigmaAnchor Of(int field, SigmaPattern pattern)
    {
        var isOne = pattern.Segments.Count == 1;
        if (field >= 0)
        {
            if (pattern.Whole is { } whole)
                return new(SigmaAnchorPlace.Whole, [whole], true);
            if (!pattern.IsOpenAtEnd && pattern.Segments[^1].Literal is { } end && (isOne || end.Length >= TellingBytes))
                return new(SigmaAnchorPlace.End, [end], isOne && pattern.IsOpenAtStart);
            if (!pattern.IsOpenAtStart && pattern.Segments[0].Literal is { } start && (isOne || start.Length >= TellingBytes))
                return new(SigmaAnchorPlace.Start, [start], isOne && pattern.IsOpenAtEnd);
        }
        var literals = pattern.Segments.SelectMany(segment => segment.Items).Select(item => item.Literal ?? []);
        // Words are looked for in all texts at once, where one text's end and the next one's beginning may look like one.
        var isOpen = pattern is { IsOpenAtStart: true, IsOpenAtEnd: true };
        return Within([.. literals], field >= 0 && isOne && isOpen && pattern.Segments[0].Literal is not null);
    }

    private static SigmaAnchor Within(IReadOnlyList<byte[]> literals, bool isExact)
    {
        byte[][] usable = [.. literals.Where(literal => literal.Length >= SigmaGrams.GramBytes)];
        return usable.Length == 0 ? None : new(SigmaAnchorPlace.Anywhere, usable, isExact);
    }
}
