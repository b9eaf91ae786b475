namespace SentinelHealth.Detection.Ordering;

/// <summary>
/// Bytes that were saved, in blocks: it grows without copying what it has, is never in memory twice, and may be larger than an array.
/// </summary>
internal sealed class SavedState
{
    private const int FirstBlockBytes = 16 << 10;
    private const int BlockBytesMax = 1 << 20;

    private readonly List<byte[]> _blocks = [];

    private SavedState()
    {
    }

    /// <summary>How many bytes.</summary>
    public long Length { get; private set; }

    /// <summary>What a saving writes.</summary>
    public static SavedState Of(Action<Stream> save)
    {
        var state = new SavedState();
        using var stream = new Writer(state);
        save(stream);
        stream.End();
        return state;
    }

    /// <summary>Takes so many bytes from a stream. Nothing is reserved for bytes that do not come.</summary>
    /// <exception cref="EndOfStreamException">There are not so many.</exception>
    public static SavedState Read(Stream source, long length)
    {
        var state = new SavedState();
        while (state.Length < length)
        {
            var block = new byte[Math.Min(BlockBytesMax, length - state.Length)];
            source.ReadExactly(block);
            state.Add(block);
        }
        return state;
    }

    /// <summary>Reads it from its beginning. The same bytes may be read by many.</summary>
    public Stream OpenRead() => new Reader(this);

    /// <summary>Writes all of it.</summary>
    public void WriteTo(Stream destination)
    {
        foreach (var block in _blocks)
            destination.Write(block);
    }

    private void Add(byte[] block)
    {
        _blocks.Add(block);
        Length += block.Length;
    }

    private sealed class Writer(SavedState state) : OneWayStream
    {
        private byte[] _block = new byte[FirstBlockBytes];
        private int _used;

        public override bool CanWrite => true;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            while (buffer.Length > 0)
            {
                if (_used == _block.Length)
                {
                    state.Add(_block);
                    (_block, _used) = (new byte[Math.Min(BlockBytesMax, _block.Length * 2)], 0);
                }
                var taken = Math.Min(buffer.Length, _block.Length - _used);
                buffer[..taken].CopyTo(_block.AsSpan(_used));
                _used += taken;
                buffer = buffer[taken..];
            }
        }

        public void End()
        {
            if (_used > 0)
                state.Add(_block.AsSpan(0, _used).ToArray());
        }
    }

    private sealed class Reader(SavedState state) : OneWayStream
    {
        private int _block, _at;

        public override bool CanRead => true;

        public override int Read(Span<byte> buffer)
        {
            while (_block < state._blocks.Count && _at == state._blocks[_block].Length)
                (_block, _at) = (_block + 1, 0);
            if (_block == state._blocks.Count)
                return 0;
            var left = state._blocks[_block].AsSpan(_at);
            var taken = Math.Min(left.Length, buffer.Length);
            left[..taken].CopyTo(buffer);
            _at += taken;
            return taken;
        }
    }
}
