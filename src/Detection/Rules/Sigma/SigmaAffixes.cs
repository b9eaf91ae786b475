using System.Buffers.Binary;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>Literals by their last bytes, or by their first: eight, or as many as they have.</summary>
/// <remarks>One look-up for each number of bytes that some literal has, at most eight, however long the text and however many the literals are.</remarks>
internal sealed class SigmaAffixes(SigmaAnchorPlace place)
{
    private const int KeyBytesMax = 8;

    private readonly Dictionary<ulong, List<SigmaEntry>>?[] _byLength = new Dictionary<ulong, List<SigmaEntry>>?[KeyBytesMax + 1];
    private int _shortest = KeyBytesMax + 1, _longest;

    /// <param name="entry">Its literal has at least one byte.</param>
    public void Add(SigmaEntry entry)
    {
        var length = Math.Min(entry.Literal.Length, KeyBytesMax);
        var keys = _byLength[length] ??= [];
        var key = KeyOf(entry.Literal, length);
        if (!keys.TryGetValue(key, out var entries))
            keys[key] = entries = [];
        entries.Add(entry);
        (_shortest, _longest) = (Math.Min(_shortest, length), Math.Max(_longest, length));
    }

    /// <summary>Finds every literal that a text begins or ends with.</summary>
    public void Find(ReadOnlySpan<byte> text, SigmaRun run)
    {
        for (var length = _shortest; length <= _longest && length <= text.Length; length++)
        {
            if (_byLength[length] is not { } keys || !keys.TryGetValue(KeyOf(text, length), out var entries))
                continue;
            foreach (var entry in entries)
            {
                if (place == SigmaAnchorPlace.End ? text.EndsWith(entry.Literal) : text.StartsWith(entry.Literal))
                    run.Find(entry);
            }
        }
    }

    /// <summary>The outermost bytes as a number.</summary>
    private ulong KeyOf(ReadOnlySpan<byte> text, int length)
    {
        var key = place == SigmaAnchorPlace.End ? text[^length..] : text[..length];
        if (length == KeyBytesMax)
            return BinaryPrimitives.ReadUInt64LittleEndian(key);
        var number = 0UL;
        foreach (var one in key)
            number = (number << 8) | one;
        return number;
    }
}
