using System.Numerics;
using System.Runtime.CompilerServices;

namespace SentinelHealth.Detection.Baselines;

/// <summary>
/// Numbered items in pages. A copy costs a reference for each page: the two share every page until one of them writes there, which gets a page of
/// its own then.
/// </summary>
/// <remarks>
/// Small pages, so that what is written between two copies costs about what was changed; where there are many items they are larger, so that
/// a copy does not cost more than that. One owner thread for all copies together. Must not be copied by assignment, but by <see cref="Share"/>.
/// </remarks>
internal struct SharedPages<TItem>
    where TItem : unmanaged
{
    /// <summary>The largest are still none of the collector's large objects.</summary>
    private const int FirstPageBytes = 1_024, PageBytesMax = 8 * 1_024;

    /// <summary>With more pages than this they become larger.</summary>
    private const int PagesOfSizeMax = 4_096;

    private CopiedOnWrite<TItem> _pages = new();

    /// <summary>Items of a page, as a power of two.</summary>
    private int _shift = BitOperations.Log2((uint)Math.Max(1, FirstPageBytes / Unsafe.SizeOf<TItem>()));

    /// <summary>Room for so many zeroed items.</summary>
    public SharedPages(int count) => EnsureRoom(count);

    private readonly int PageItems => 1 << _shift;

    /// <summary>Bytes of the pages, shared or not.</summary>
    public readonly long SizeBytes =>
        _pages.Count == 0 ? 0 : (((_pages.Count - 1L) << _shift) + _pages.Read(_pages.Count - 1).Length) * Unsafe.SizeOf<TItem>();

    /// <summary>An item to be read. Valid until the next call that writes.</summary>
    public readonly ref readonly TItem Read(int number) => ref _pages.Read(number >> _shift)[number & (PageItems - 1)];

    /// <summary>An item that may be changed. Valid until the next call of <see cref="Share"/> or <see cref="EnsureRoom"/>.</summary>
    public ref TItem Write(int number) => ref _pages.Write(number >> _shift)[number & (PageItems - 1)];

    /// <summary>Makes room for so many items; new ones are zero.</summary>
    public void EnsureRoom(int count)
    {
        while (((long)_pages.Count << _shift) < count)
            AddPage(count - (_pages.Count << _shift));
        if (count > 0)
            Widen((count - 1) >> _shift, ((count - 1) & (PageItems - 1)) + 1);
    }

    /// <summary>A copy as of now. O(pages), no item is copied.</summary>
    public SharedPages<TItem> Share()
    {
        var copy = this;
        copy._pages = _pages.Share();
        return copy;
    }

    /// <summary>The first page is as large as it must be, since most tables stay small; once there are more, all are whole.</summary>
    private void AddPage(int wanted)
    {
        if (_pages.Count == 1)
            Widen(0, PageItems);
        if (_pages.Count >= PagesOfSizeMax && 2 * PageItems * Unsafe.SizeOf<TItem>() <= PageBytesMax)
            MergePages();
        _pages.Add(new TItem[_pages.Count > 0 ? PageItems : Math.Min(wanted, PageItems)]);
    }

    /// <summary>Two pages become one. Their number is even.</summary>
    private void MergePages()
    {
        var merged = new CopiedOnWrite<TItem>();
        for (var page = 0; page < _pages.Count; page += 2)
        {
            var items = new TItem[2 * PageItems];
            _pages.Read(page).CopyTo(items, 0);
            _pages.Read(page + 1).CopyTo(items, PageItems);
            merged.Add(items);
        }
        _pages = merged;
        _shift++;
    }

    private void Widen(int page, int wanted)
    {
        var narrow = _pages.Read(page);
        if (narrow.Length >= wanted)
            return;
        var wide = new TItem[Math.Min(PageItems, Math.Max(wanted, 2 * narrow.Length))];
        narrow.CopyTo(wide, 0);
        _pages.Replace(page, wide);
    }
}
