using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SentinelHealth.Ingest.Log;

/// <summary>Which of the newest records have been seen, by digest of (source, id).</summary>
/// <remarks>
/// The digest is SHA-256 cut to 128 bits: identifiers are chosen by strangers, and with a weaker hash one of them could be made to
/// collide with a record yet to come, which would then be dropped as a duplicate. Not thread-safe.
/// </remarks>
internal sealed class DedupeWindow(int idsMax)
{
    private const int TextBytesOnStack = 512;

    private readonly HashSet<UInt128> _seen = [];
    private readonly Queue<UInt128> _byAge = new();

    public bool Contains(UInt128 key) => _seen.Contains(key);

    /// <summary>Remembers a key.</summary>
    public void Add(UInt128 key) => TryAdd(key);

    /// <summary>Remembers a key, and forgets the oldest one when there are too many. False when it was remembered already.</summary>
    public bool TryAdd(UInt128 key)
    {
        if (!_seen.Add(key))
            return false;
        _byAge.Enqueue(key);
        if (_byAge.Count > idsMax)
            _seen.Remove(_byAge.Dequeue());
        return true;
    }

    public void Clear()
    {
        _seen.Clear();
        _byAge.Clear();
    }

    /// <summary>The key of a record. The source's length goes first, so that no two pairs give the same bytes.</summary>
    public static UInt128 KeyOf(string source, string id)
    {
        var bytesMax = sizeof(int) + Encoding.UTF8.GetMaxByteCount(source.Length) + Encoding.UTF8.GetMaxByteCount(id.Length);
        Span<byte> text = bytesMax <= TextBytesOnStack ? stackalloc byte[TextBytesOnStack] : new byte[bytesMax];
        BinaryPrimitives.WriteInt32LittleEndian(text, source.Length);
        var used = sizeof(int);
        used += Encoding.UTF8.GetBytes(source, text[used..]);
        used += Encoding.UTF8.GetBytes(id, text[used..]);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..used], digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }
}
