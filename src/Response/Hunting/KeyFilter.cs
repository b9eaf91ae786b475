using System.Buffers.Binary;
using System.Numerics;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Response.Hunting;

/// <summary>Tells which blocks cannot hold a value, so that they need not be opened.</summary>
/// <remarks>
/// A Bloom filter (Bloom, "Space/time trade-offs in hash coding with allowable errors", 1970) with 12 bits a key and six probes by
/// double hashing (Kirsch and Mitzenmacher 2006): a block is opened in vain about once in two hundred.
/// </remarks>
internal readonly struct KeyFilter(byte[] bits)
{
    private const int BitsPerKey = 12, Probes = 6;

    /// <summary>The filter as it is stored.</summary>
    public ReadOnlySpan<byte> Bits => bits;

    /// <summary>A filter of keys.</summary>
    public static KeyFilter Of(IReadOnlyCollection<ulong> keys)
    {
        var size = BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, keys.Count * BitsPerKey));
        var made = new byte[size / 8];
        foreach (var key in keys)
        {
            for (var probe = 0; probe < Probes; probe++)
            {
                var at = PlaceOf(key, probe, made.Length);
                made[at >> 3] |= (byte)(1 << (at & 7));
            }
        }
        return new KeyFilter(made);
    }

    /// <summary>What a text of a field is in a filter.</summary>
    public static ulong KeyOf(TextField field, ulong textKey)
    {
        Span<byte> both = stackalloc byte[9];
        BinaryPrimitives.WriteUInt64LittleEndian(both, textKey);
        both[8] = (byte)field;
        return StableHash.Of(both);
    }

    /// <summary>False when the key is not in it; true when it may be.</summary>
    public bool MayHold(ulong key)
    {
        for (var probe = 0; probe < Probes; probe++)
        {
            var at = PlaceOf(key, probe, bits.Length);
            if ((bits[at >> 3] & (1 << (at & 7))) == 0)
                return false;
        }
        return true;
    }

    private static int PlaceOf(ulong key, int probe, int bytes) =>
        (int)(((key & uint.MaxValue) + ((ulong)probe * ((key >> 32) | 1))) & (((ulong)bytes * 8) - 1));
}
