namespace SentinelHealth.Detection.Rules.Sigma.Correlations;

/// <summary>Blocks of 64-bit words, lent and taken back: what keys remember, without an object for each.</summary>
/// <remarks>
/// Sizes are rounded up to four steps for each doubling, so that a returned block fits the next demand of its size. Memory grows by chunks and is kept.
/// O(1) for each call.
/// </remarks>
internal sealed class BlockArena
{
    /// <summary>Longest block, in words.</summary>
    public const int WordsMax = 1 << 18;

    private readonly List<long[]> _chunks = [];
    private readonly Dictionary<int, Stack<int>> _free = [];
    private int _used = WordsMax;

    /// <summary>Bytes held, lent or not.</summary>
    public long Bytes => (long)_chunks.Count * WordsMax * sizeof(long);

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
        if (_free.TryGetValue(words, out var free) && free.TryPop(out var block))
            return block;
        if (_used + words > WordsMax)
        {
            _chunks.Add(new long[WordsMax]);
            _used = 0;
        }
        block = checked(((_chunks.Count - 1) * WordsMax) + _used);
        _used += words;
        return block;
    }

    /// <summary>Takes a block back.</summary>
    public void Return(int block, int words)
    {
        if (!_free.TryGetValue(words, out var free))
            _free[words] = free = new Stack<int>();
        free.Push(block);
    }

    /// <summary>The words of a block.</summary>
    public Span<long> Words(int block, int words) => _chunks[block / WordsMax].AsSpan(block % WordsMax, words);

    /// <summary>Takes everything back.</summary>
    public void Clear()
    {
        _chunks.Clear();
        _free.Clear();
        _used = WordsMax;
    }
}
