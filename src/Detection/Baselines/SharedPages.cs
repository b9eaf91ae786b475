using System.Numerics;
using System.Runtime.CompilerServices;

namespace SentinelHealth.Detection.Baselines;

/// <summary>
/// Numbered items in pages. A copy costs a reference for each page: the two share every page until one of them writes there, which gets a page of
/// its own then.
/// </summary>
/// <remarks>
/// Small pages, so that what is written between two copies costs about what was changed, and none of them is among the collector's large objects. One
/// owner thread for all copies together. Must not be copied by assignment, but by <see cref="Share"/>.
/// </remarks>
internal struct SharedPages<TItem>
    where TItem : unmanaged
{
    private const int PageBytes = 8 * 1_024;

    /// <summary>Items of a page, as a power of two.</summary>
    private static readonly int Shift = BitOperations.Log2((uint)Math.Max(1, PageBytes / Unsafe.SizeOf<TItem>()));

    private TItem[][] _pages;

    /// <summary>Which pages another copy has as well.</summary>
    private bool[] _isShared;
    private int _pageCount;

    /// <summary>Room for so many zeroed items.</summary>
    public SharedPages(int count)
    {
        _pages = new TItem[1][];
        _isShared = new bool[1];
        EnsureRoom(count);
    }

    private static int Mask => (1 << Shift) - 1;

    /// <summary>Bytes of the pages, shared or not.</summary>
    public readonly long SizeBytes =>
        _pageCount == 0 ? 0 : (((_pageCount - 1L) << Shift) + _pages[_pageCount - 1].Length) * Unsafe.SizeOf<TItem>();

    /// <summary>An item to be read. Valid until the next call that writes.</summary>
    public readonly ref readonly TItem Read(int number) => ref _pages[number >> Shift][number & Mask];

    /// <summary>An item that may be changed. Valid until the next call of <see cref="Share"/> or <see cref="EnsureRoom"/>.</summary>
    public ref TItem Write(int number)
    {
        var page = number >> Shift;
        if (_isShared[page])
            Own(page);
        return ref _pages[page][number & Mask];
    }

    /// <summary>Makes room for so many items; new ones are zero.</summary>
    public void EnsureRoom(int count)
    {
        while (((long)_pageCount << Shift) < count)
            AddPage(count - (_pageCount << Shift));
        if (count > 0)
            Widen((count - 1) >> Shift, ((count - 1) & Mask) + 1);
    }

    /// <summary>A copy as of now. O(pages), no item is copied.</summary>
    public SharedPages<TItem> Share()
    {
        _isShared.AsSpan(0, _pageCount).Fill(true);
        var copy = this;
        copy._pages = _pages.AsSpan(0, _pageCount).ToArray();
        copy._isShared = _isShared.AsSpan(0, _pageCount).ToArray();
        return copy;
    }

    private void Own(int page)
    {
        var shared = _pages[page];
        var own = GC.AllocateUninitializedArray<TItem>(shared.Length);
        shared.CopyTo(own.AsSpan());
        (_pages[page], _isShared[page]) = (own, false);
    }

    /// <summary>The first page is as large as it must be, since most tables stay small; once there are more, all are whole.</summary>
    private void AddPage(int wanted)
    {
        if (_pageCount == 1)
            Widen(0, 1 << Shift);
        if (_pageCount == _pages.Length)
        {
            Array.Resize(ref _pages, 2 * _pageCount);
            Array.Resize(ref _isShared, 2 * _pageCount);
        }
        _pages[_pageCount] = new TItem[_pageCount > 0 ? 1 << Shift : Math.Min(wanted, 1 << Shift)];
        _isShared[_pageCount] = false;
        _pageCount++;
    }

    private void Widen(int page, int wanted)
    {
        if (_pages[page].Length >= wanted)
            return;
        Array.Resize(ref _pages[page], Math.Min(1 << Shift, Math.Max(wanted, 2 * _pages[page].Length)));
        _isShared[page] = false;
    }
}
