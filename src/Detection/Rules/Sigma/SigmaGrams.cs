using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>Literals by four of their bytes.</summary>
/// <remarks>
/// The four bytes at every position of a text are looked up; a bitmap, small enough for the nearest cache, turns nearly all positions away, in the spirit of Wu and Manber
/// (1994). Of the literals that an atom needs, those four bytes are taken that fewest other atoms use and that everyday texts do not hold.
/// </remarks>
internal sealed class SigmaGrams
{
    public const int GramBytes = 4;

    private const uint Spread = 2_654_435_761;

    /// <summary>Bits of the bitmap for each literal.</summary>
    private const int BitsEach = 32, BitsMax = 1 << 19, BitsMin = 1 << 9, SecondShift = 8;

    /// <summary>So few literals are looked for one by one, unless the text is shorter than this for each: vectors are faster than a step for each byte.</summary>
    private const int FewMax = 6, BytesForEachMin = 24;

    private readonly ulong[] _filter;
    private readonly SigmaEntry[]? _few;
    private readonly int _shift;
    private readonly Dictionary<uint, Place[]> _places;

    /// <param name="wanted">Atoms: any one of the literals finds it.</param>
    public SigmaGrams(IReadOnlyList<(IReadOnlyList<byte[]> Literals, Func<byte[], SigmaEntry> EntryOf)> wanted)
    {
        var places = new Dictionary<uint, List<Place>>();
        foreach (var (literals, entryOf) in wanted)
        {
            var (literal, offset) = literals
                .SelectMany(one => Enumerable.Range(0, one.Length - GramBytes + 1).Select(at => (one, at)))
                .MinBy(place => PriceOf(GramAt(place.one, place.at), places));
            var gram = GramAt(literal, offset);
            if (!places.TryGetValue(gram, out var list))
                places[gram] = list = [];
            list.Add(new Place(offset, entryOf(literal)));
        }
        _few = wanted.Count <= FewMax ? [.. places.Values.SelectMany(list => list).Select(place => place.Entry)] : null;
        _places = places.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray());
        var bits = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(_places.Count * BitsEach, BitsMin, BitsMax));
        (_filter, _shift) = (new ulong[bits / 64], 32 - BitOperations.Log2((uint)bits));
        foreach (var gram in _places.Keys)
        {
            var spread = (BitConverter.IsLittleEndian ? gram : BinaryPrimitives.ReverseEndianness(gram)) * Spread;
            _filter[(spread >> _shift) >> 6] |= MaskOf(spread, _shift);
        }
    }

    /// <summary>Finds every literal within a text. O(bytes) plus what is found.</summary>
    public void Find(ReadOnlySpan<byte> text, SigmaRun run)
    {
        if (_few is not null && text.Length > _few.Length * BytesForEachMin)
        {
            foreach (var entry in _few)
            {
                if (text.IndexOf(entry.Literal) >= 0)
                    run.Find(entry);
            }
            return;
        }
        // Both are read without a check of bounds, which would be a third of the work: a gram ends four bytes after a position that the loop bounds, and the shift leaves no
        // more bits than the filter has.
        ref var filter = ref MemoryMarshal.GetArrayDataReference(_filter);
        ref var first = ref MemoryMarshal.GetReference(text);
        var shift = _shift;
        var last = text.Length - GramBytes;
        for (var at = 0; at <= last; at++)
        {
            var gram = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref first, at));
            var spread = gram * Spread;
            var mask = MaskOf(spread, shift);
            if ((Unsafe.Add(ref filter, (spread >> shift) >> 6) & mask) == mask)
                FindAt(text, at, gram, run);
        }
    }

    private void FindAt(ReadOnlySpan<byte> text, int at, uint gram, SigmaRun run)
    {
        if (!_places.TryGetValue(BitConverter.IsLittleEndian ? gram : BinaryPrimitives.ReverseEndianness(gram), out var places))
            return;
        foreach (var place in places)
        {
            if (at >= place.Offset && text[(at - place.Offset)..].StartsWith(place.Entry.Literal))
                run.Find(place.Entry);
        }
    }

    /// <summary>Two bits of one word stand for a gram: a chance hit of both is rare enough that looking further hardly counts.</summary>
    private static ulong MaskOf(uint spread, int shift) =>
        (1UL << (int)(spread >> shift)) | (1UL << (int)(spread >> SecondShift));

    private static int PriceOf(uint gram, Dictionary<uint, List<Place>> places) =>
        (places.TryGetValue(gram, out var others) ? others.Count : 0) + SigmaEveryday.PriceOf(gram);

    private static uint GramAt(byte[] literal, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(literal.AsSpan(offset));

    /// <param name="Offset">Where in the literal its four bytes are.</param>
    /// <param name="Entry">The literal.</param>
    private readonly record struct Place(int Offset, SigmaEntry Entry);
}
