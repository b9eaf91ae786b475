using SentinelHealth.Detection.Baselines;

namespace SentinelHealth.Detection.Rules.Sigma.Correlations;

/// <summary>Blocks of 64-bit words, lent and taken back: what keys remember, without an object for each.</summary>
/// <remarks>
/// Sizes are rounded up to four steps for each doubling, so that a returned block fits the next demand of its size. Small blocks stand in chunks of
/// 2 KB, a larger one is a chunk of its own; memory is kept. A copy shares the chunks until one of the two writes to them. O(1) for each call but
/// <see cref="TakeOver"/>, and for the first writing to a chunk that is shared.
/// </remarks>
internal sealed class BlockArena
{
    private const int ChunkBits = 8, ChunkWords = 1 << ChunkBits;

    /// <summary>Larger ones would leave too much of a chunk unused.</summary>
    private const int CutWordsMax = ChunkWords / 4;

    private const long NoBlock = -1;

    /// <summary>The first free block of each size; in the first word of each stands the next.</summary>
    private Dictionary<int, int> _free = [];
    private CopiedOnWrite<long> _chunks = new();
    private int _open = -1, _used = ChunkWords;

    /// <summary>Bytes held, lent or not.</summary>
    public long Bytes { get; private set; }

    /// <summary>The size that a block of so many words really has.</summary>
    public static int RoundUp(int words)
    {
        if (words <= 8)
            return Math.Max(words, 1);
        var step = 1 << (29 - int.LeadingZeroCount(words - 1));
        return (words + step - 1) & -step;
    }

    /// <summary>Lends a block. Its content is whatever it was.</summary>
    /// <param name="words">A size as <see cref="RoundUp"/> gives it.</param>
    public int Rent(int words)
    {
        if (_free.TryGetValue(words, out var block))
        {
            var next = Read(block, 1)[0];
            _free[words] = (int)next;
            if (next == NoBlock)
                _free.Remove(words);
            return block;
        }
        if (words > CutWordsMax)
            return PlaceOf(Add(words), 0);
        if (_used + words > ChunkWords)
            (_open, _used) = (Add(ChunkWords), 0);
        _used += words;
        return PlaceOf(_open, _used - words);
    }

    /// <summary>Takes a block back.</summary>
    public void Return(int block, int words)
    {
        Write(block, 1)[0] = _free.TryGetValue(words, out var next) ? next : NoBlock;
        _free[words] = block;
    }

    /// <summary>The words of a block, to be read. Valid until anything is next written or lent.</summary>
    public ReadOnlySpan<long> Read(int block, int words) =>
        words == 0 ? default : _chunks.Read(block >> ChunkBits).AsSpan(block & (ChunkWords - 1), words);

    /// <summary>The words of a block, to be written. Valid until the next copy is made.</summary>
    public Span<long> Write(int block, int words) =>
        words == 0 ? default : _chunks.Write(block >> ChunkBits).AsSpan(block & (ChunkWords - 1), words);

    /// <summary>Becomes as another one is now; the two share what neither changes from here on. O(chunks).</summary>
    public void TakeOver(BlockArena other)
    {
        _chunks = other._chunks.Share();
        _free = new Dictionary<int, int>(other._free);
        (_open, _used, Bytes) = (other._open, other._used, other.Bytes);
    }

    private int Add(int words)
    {
        Bytes += (long)words * sizeof(long);
        return _chunks.Add(new long[words]);
    }

    private static int PlaceOf(int chunk, int word) => checked((chunk * ChunkWords) + word);
}
