using System.Text;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>A part of a pattern between two <c>*</c>: literal text, single characters and dashes.</summary>
/// <remarks>An item is a literal when it has text; otherwise it stands for one character, or for any kind of dash.</remarks>
internal sealed class SigmaSegment(IReadOnlyList<SigmaSegment.Item> items)
{
    /// <summary>Literal text; or, when null, a single character or a dash.</summary>
    internal readonly record struct Item(byte[]? Literal, bool IsDash);

    private static readonly byte[][] Dashes = ["-"u8.ToArray(), "/"u8.ToArray(), "–"u8.ToArray(), "—"u8.ToArray(), "―"u8.ToArray()];

    private readonly Item[] _items = [.. items];

    public IReadOnlyList<Item> Items => _items;

    /// <summary>The text when the segment is nothing but text; else null.</summary>
    public byte[]? Literal { get; } = items is [{ Literal: { } only }] ? only : null;

    /// <summary>The bytes of a match that begins here, or -1.</summary>
    public int MatchAt(ReadOnlySpan<byte> text)
    {
        var at = 0;
        foreach (var item in _items)
        {
            var length = item.Literal is { } literal
                ? text[at..].StartsWith(literal) ? literal.Length : -1
                : item.IsDash ? DashAt(text[at..]) : CharacterAt(text[at..]);
            if (length < 0)
                return -1;
            at += length;
        }
        return at;
    }

    /// <summary>Where the first match ends, or -1.</summary>
    public int FindEnd(ReadOnlySpan<byte> text)
    {
        if (Literal is { } literal)
            return text.IndexOf(literal) is var found and >= 0 ? found + literal.Length : -1;
        for (var at = 0; at <= text.Length; at++)
        {
            if (_items[0].Literal is { } first)
            {
                var next = text[at..].IndexOf(first);
                if (next < 0)
                    return -1;
                at += next;
            }
            if (IsBoundary(text, at) && MatchAt(text[at..]) is var length and >= 0)
                return at + length;
        }
        return -1;
    }

    /// <summary>Where a match that reaches the end begins, or -1.</summary>
    public int FindLast(ReadOnlySpan<byte> text)
    {
        if (Literal is { } literal)
            return text.EndsWith(literal) ? text.Length - literal.Length : -1;
        for (var at = text.Length; at >= 0; at--)
        {
            if (IsBoundary(text, at) && MatchAt(text[at..]) == text.Length - at)
                return at;
        }
        return -1;
    }

    /// <summary>Whether a character may begin here: the later bytes of one are not characters of their own.</summary>
    private static bool IsBoundary(ReadOnlySpan<byte> text, int at) => at == text.Length || (text[at] & 0xC0) != 0x80;

    private static int CharacterAt(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return -1;
        Rune.DecodeFromUtf8(text, out _, out var consumed);
        return consumed;
    }

    private static int DashAt(ReadOnlySpan<byte> text)
    {
        foreach (var dash in Dashes)
        {
            if (text.StartsWith(dash))
                return dash.Length;
        }
        return -1;
    }
}

/// <summary>
/// A text with <c>*</c> (anything) and <c>?</c> (one character), without case unless it says otherwise.
/// </summary>
/// <remarks>Cost O(text) for segments of literals; single characters are UTF-8 characters. Immutable.</remarks>
internal sealed class SigmaPattern
{
    private readonly SigmaSegment[] _segments;

    /// <param name="segments">What stands between the stars; empty segments are left out.</param>
    /// <param name="isOpenAtStart">Whether the pattern begins with a star.</param>
    /// <param name="isOpenAtEnd">Whether it ends with one.</param>
    /// <param name="isCased">Whether letters differ from their capitals.</param>
    public SigmaPattern(IReadOnlyList<SigmaSegment> segments, bool isOpenAtStart, bool isOpenAtEnd, bool isCased)
    {
        _segments = [.. segments];
        (IsOpenAtStart, IsOpenAtEnd, IsCased) = (isOpenAtStart, isOpenAtEnd, isCased);
    }

    /// <summary>Whether letters differ from their capitals.</summary>
    public bool IsCased { get; }

    /// <summary>Whether anything may stand before the first segment.</summary>
    public bool IsOpenAtStart { get; }

    /// <summary>Whether anything may stand after the last segment.</summary>
    public bool IsOpenAtEnd { get; }

    /// <summary>The segments, in order.</summary>
    public IReadOnlyList<SigmaSegment> Segments => _segments;

    /// <summary>The text when the pattern is nothing but text; else null.</summary>
    public byte[]? Whole => IsOpenAtStart || IsOpenAtEnd ? null
        : _segments.Length == 0 ? [] : _segments.Length == 1 ? _segments[0].Literal : null;

    /// <summary>The longest text that whatever fits must contain; empty when there is none.</summary>
    public byte[] LongestLiteral => _segments.SelectMany(segment => segment.Items)
        .Select(item => item.Literal ?? []).OrderByDescending(literal => literal.Length).FirstOrDefault() ?? [];

    /// <summary>Whether a text fits.</summary>
    /// <param name="text">UTF-8, in lower case unless the pattern is cased.</param>
    public bool IsMatch(ReadOnlySpan<byte> text)
    {
        if (_segments.Length == 0)
            return IsOpenAtStart || IsOpenAtEnd || text.IsEmpty;
        var (first, last) = (0, _segments.Length - 1);
        if (!IsOpenAtStart)
        {
            var length = _segments[0].MatchAt(text);
            if (length < 0 || (last == 0 && !IsOpenAtEnd && length != text.Length))
                return false;
            text = text[length..];
            first = 1;
        }
        if (!IsOpenAtEnd && last >= first)
        {
            var begin = _segments[last--].FindLast(text);
            if (begin < 0)
                return false;
            text = text[..begin];
        }
        for (; first <= last; first++)
        {
            var end = _segments[first].FindEnd(text);
            if (end < 0)
                return false;
            text = text[end..];
        }
        return true;
    }
}
