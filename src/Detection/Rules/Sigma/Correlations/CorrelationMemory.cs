namespace SentinelHealth.Detection.Rules.Sigma.Correlations;

/// <summary>What one correlation remembers: its keys, their hits and the texts of both.</summary>
internal sealed class CorrelationMemory
{
    private const int HeaderBytes = sizeof(long) + sizeof(int);

    /// <summary>Of a key without its group: hash, three times, the length of the group, and two counts.</summary>
    private const int KeyBytes = (4 * sizeof(long)) + (3 * sizeof(int));

    /// <summary>Of a hit without its lists: time, value, and the lengths of two lists.</summary>
    private const int HitBytes = (2 * sizeof(long)) + (2 * sizeof(int));

    /// <param name="arena">Where hits and texts are kept; other correlations use it, too.</param>
    /// <param name="isOrderedByValue">Whether hits of one instant stand in the order of their values first.</param>
    public CorrelationMemory(BlockArena arena, bool isOrderedByValue)
    {
        Texts = new TextLists(arena);
        Hits = new HitBlocks(arena, Texts, isOrderedByValue);
    }

    public CorrelationKeys Keys { get; } = new();

    public HitBlocks Hits { get; }

    public TextLists Texts { get; }

    public long MatchCount { get; set; }

    /// <summary>How many bytes <see cref="Save(BinaryWriter)"/> writes.</summary>
    public long SavedBytes => HeaderBytes + ((long)Keys.Count * KeyBytes) + ((long)Hits.Count * HitBytes) + Texts.Bytes;

    /// <summary>Becomes as another one is now. The arena must have taken over the other's.</summary>
    public void TakeOver(CorrelationMemory other)
    {
        Keys.TakeOver(other.Keys);
        Hits.TakeOver(other.Hits);
        Texts.TakeOver(other.Texts);
        MatchCount = other.MatchCount;
    }

    /// <summary>Writes all keys, the longest quiet one first.</summary>
    public void Save(BinaryWriter writer)
    {
        writer.Write(MatchCount);
        writer.Write(Keys.Count);
        for (var number = Keys.Oldest; number != CorrelationKeys.None; number = Keys[number].Newer)
            Save(writer, Keys[number]);
    }

    private void Save(BinaryWriter writer, in CorrelationKey key)
    {
        writer.Write(key.Hash);
        writer.Write(key.TouchedAt);
        writer.Write(key.MatchedAt);
        writer.Write(key.EvaluatedAt);
        Write(writer, Texts[key.Group]);
        writer.Write(key.End - key.First);
        writer.Write(key.Evaluated - key.First);
        for (var hit = key.First; hit < key.End; hit++)
        {
            writer.Write(Hits.Times(key)[hit]);
            writer.Write(Hits.Values(key)[hit]);
            Write(writer, Texts[Hits.IdsOf(key, hit)]);
            Write(writer, Texts[Hits.CarriedOf(key, hit)]);
        }
    }

    private static void Write(BinaryWriter writer, ReadOnlySpan<byte> list)
    {
        writer.Write(list.Length);
        writer.Write(list);
    }
}
