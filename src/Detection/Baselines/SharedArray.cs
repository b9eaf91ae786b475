using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SentinelHealth.Detection.Snapshots;

namespace SentinelHealth.Detection.Baselines;

/// <summary>
/// As many items as it was made for, zero at first, in small pages that are shared with kept states until one of the two writes there.
/// </summary>
/// <remarks>
/// For tables that are written all over, as hashed ones are: of those a few hundred bytes around each item written are what a kept state costs, and a
/// reference for each page; making one costs no more, since a page nobody has written to is the same for all. Saved as the bytes of the items. One
/// owner thread for all copies together.
/// </remarks>
internal sealed class SharedArray<T> : IKeptTable
    where T : unmanaged
{
    private const int PageBytes = 512;

    /// <summary>Items of a page, as a power of two.</summary>
    private static readonly int Shift = BitOperations.Log2((uint)Math.Max(1, PageBytes / Unsafe.SizeOf<T>()));

    /// <summary>The page of all that was never written. Always shared, so never written.</summary>
    private static readonly T[] Blank = new T[1 << Shift];

    private CopiedOnWrite<T> _pages;

    /// <summary>Creates items that are all zero. O(pages).</summary>
    /// <param name="count">A multiple of the items of a page, which are at most 512 bytes and a power of two.</param>
    public SharedArray(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(count & Mask, 0, nameof(count));
        _pages = CopiedOnWrite<T>.All(Blank, count >> Shift);
    }

    private SharedArray(SharedArray<T> kept) => _pages = kept._pages.Share();

    /// <summary>Bytes of the items, whoever else has them as well.</summary>
    public long SizeBytes => (long)_pages.Count * Blank.Length * Unsafe.SizeOf<T>();

    long IKeptTable.SavedBytes => SizeBytes;

    private static int Mask => (1 << Shift) - 1;

    /// <summary>An item to be read. Valid until the next call that writes.</summary>
    public ref readonly T Read(int number) => ref _pages.Read(number >> Shift)[number & Mask];

    /// <summary>An item that may be changed. Valid until the array is saved.</summary>
    public ref T Write(int number) => ref _pages.Write(number >> Shift)[number & Mask];

    /// <summary>A copy as of now. O(pages).</summary>
    public SharedArray<T> Share() => new(this);

    /// <summary>Writes the items; to a destination that keeps tables they are given as they are.</summary>
    public void Save(BinaryWriter writer)
    {
        if (writer.BaseStream is ITableKeeper keeper)
        {
            keeper.Keep(Share());
            return;
        }
        for (var page = 0; page < _pages.Count; page++)
            writer.Write(MemoryMarshal.AsBytes(_pages.Read(page).AsSpan()));
    }

    /// <summary>Reads as many items as it has.</summary>
    /// <exception cref="InvalidDataException">A kept state has something else here.</exception>
    public void Load(BinaryReader reader)
    {
        if (KeptTable.TryTake<SharedArray<T>>(reader, "Pages of an array were", out var kept))
        {
            if (kept._pages.Count != _pages.Count)
                throw new InvalidDataException($"{_pages.Count} pages of {typeof(T).Name} were expected, and {kept._pages.Count} kept.");
            _pages = kept._pages.Share();
            return;
        }
        for (var page = 0; page < _pages.Count; page++)
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(_pages.Write(page).AsSpan()));
    }
}
