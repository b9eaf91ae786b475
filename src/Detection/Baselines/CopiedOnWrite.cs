namespace SentinelHealth.Detection.Baselines;

/// <summary>
/// Numbered arrays that copies share: a copy costs a reference for each array, and who writes to one that another copy has gets an array of its own.
/// </summary>
/// <remarks>One owner thread for all copies together. Must not be copied by assignment, but by <see cref="Share"/>.</remarks>
internal struct CopiedOnWrite<TItem>()
    where TItem : unmanaged
{
    private TItem[][] _arrays = new TItem[1][];

    /// <summary>Which arrays another copy has as well.</summary>
    private bool[] _isShared = new bool[1];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>So many times the same array, as if another copy had it: it is never written.</summary>
    public static CopiedOnWrite<TItem> All(TItem[] same, int count)
    {
        var all = new CopiedOnWrite<TItem> { _arrays = new TItem[count][], _isShared = new bool[count], Count = count };
        Array.Fill(all._arrays, same);
        Array.Fill(all._isShared, true);
        return all;
    }

    /// <summary>An array to be read.</summary>
    public readonly TItem[] Read(int number) => _arrays[number];

    /// <summary>An array that may be written, until the next call of <see cref="Share"/>.</summary>
    public TItem[] Write(int number)
    {
        if (_isShared[number])
            Own(number);
        return _arrays[number];
    }

    /// <summary>Adds an array that nobody else has.</summary>
    /// <returns>Its number.</returns>
    public int Add(TItem[] array)
    {
        if (Count == _arrays.Length)
        {
            Array.Resize(ref _arrays, 2 * Count);
            Array.Resize(ref _isShared, 2 * Count);
        }
        Count++;
        Replace(Count - 1, array);
        return Count - 1;
    }

    /// <summary>Puts an array that nobody else has in the place of another.</summary>
    public void Replace(int number, TItem[] array) => (_arrays[number], _isShared[number]) = (array, false);

    /// <summary>A copy as of now. O(arrays), no item is copied.</summary>
    public CopiedOnWrite<TItem> Share()
    {
        _isShared.AsSpan(0, Count).Fill(true);
        var copy = this;
        copy._arrays = _arrays.AsSpan(0, Math.Max(1, Count)).ToArray();
        copy._isShared = _isShared.AsSpan(0, Math.Max(1, Count)).ToArray();
        return copy;
    }

    private void Own(int number)
    {
        var shared = _arrays[number];
        var own = GC.AllocateUninitializedArray<TItem>(shared.Length);
        shared.CopyTo(own.AsSpan());
        Replace(number, own);
    }
}
