namespace SentinelHealth.Ingest.Kafka;

/// <summary>Memory for the payloads of one batch after another, so that a record costs no array of its own.</summary>
/// <remarks>Grows to the size of the largest batch, which the source's options bound. Large payloads have arrays of their own. One thread.</remarks>
internal sealed class PayloadArena
{
    private const int ChunkBytes = 256 * 1024, SharedBytesMax = ChunkBytes / 4;

    private readonly List<byte[]> _chunks = [];
    private int _chunk;
    private int _used;

    /// <summary>Room for a payload, with what stood there before in it.</summary>
    public ArraySegment<byte> Take(int bytes)
    {
        if (bytes > SharedBytesMax)
            return new byte[bytes];
        if (_chunks.Count > 0 && _used + bytes > ChunkBytes)
            (_chunk, _used) = (_chunk + 1, 0);
        if (_chunk == _chunks.Count)
            _chunks.Add(GC.AllocateUninitializedArray<byte>(ChunkBytes));
        var taken = new ArraySegment<byte>(_chunks[_chunk], _used, bytes);
        _used += bytes;
        return taken;
    }

    /// <summary>Everything taken may be given out again: nobody looks at it any more.</summary>
    public void Clear() => (_chunk, _used) = (0, 0);
}
