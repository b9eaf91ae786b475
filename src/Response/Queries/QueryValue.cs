namespace SentinelHealth.Response.Queries;

/// <summary>What a field is compared with.</summary>
public abstract record QueryValue;

/// <summary>A word with gaps: what stands between its <c>*</c>. One piece is the word itself.</summary>
/// <param name="Pieces">In order; the first and last are anchored at the ends, and may be empty.</param>
public sealed record QueryPattern(IReadOnlyList<string> Pieces) : QueryValue
{
    /// <summary>Whether it is the word itself.</summary>
    public bool IsExact => Pieces.Count == 1;

    /// <summary>Whether a word fits. O(length).</summary>
    public bool Fits(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        if (IsExact)
            return word == Pieces[0];
        if (!word.StartsWith(Pieces[0], StringComparison.Ordinal))
            return false;
        var at = Pieces[0].Length;
        foreach (var piece in Pieces.Skip(1).SkipLast(1))
        {
            var found = word.IndexOf(piece, at, StringComparison.Ordinal);
            if (found < 0)
                return false;
            at = found + piece.Length;
        }
        return word.Length - at >= Pieces[^1].Length && word.EndsWith(Pieces[^1], StringComparison.Ordinal);
    }
}

/// <summary>Words or phrases that must all occur in a sentence.</summary>
/// <param name="Parts">In lower case.</param>
public sealed record QueryWords(IReadOnlyList<string> Parts) : QueryValue
{
    /// <summary>Whether all occur in a sentence given in lower case.</summary>
    public bool OccurIn(string folded)
    {
        ArgumentNullException.ThrowIfNull(folded);
        return Parts.All(part => folded.Contains(part, StringComparison.Ordinal));
    }
}

/// <summary>A number, Unix milliseconds of an instant, the place of a rank, or 1 for true and 0 for false.</summary>
/// <param name="Number">The value.</param>
public sealed record QueryNumber(double Number) : QueryValue;
