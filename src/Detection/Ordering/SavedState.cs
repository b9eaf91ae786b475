using System.Text;
using SentinelHealth.Detection.Snapshots;

namespace SentinelHealth.Detection.Ordering;

/// <summary>
/// What was saved: bytes, in blocks, and between them the tables of entities as they were at that moment, which share with the living ones what has
/// not changed since. It grows without copying what it has, and may be larger than an array.
/// </summary>
internal sealed class SavedState
{
    private const int FirstBlockBytes = 16 << 10;
    private const int BlockBytesMax = 1 << 20;

    private readonly List<Part> _parts = [];

    private SavedState()
    {
    }

    /// <summary>How many bytes <see cref="WriteTo"/> writes.</summary>
    public long Length { get; private set; }

    /// <summary>How many of them were written when it was saved; the others are in tables that were taken as they are.</summary>
    public long WrittenBytes { get; private set; }

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

    /// <summary>Reads it from its beginning; who loads a table gets it as it was kept. May be done often.</summary>
    public Stream OpenRead() => new Reader(this);

    /// <summary>Writes all of it as bytes: the same as saving to the destination at that moment would have written.</summary>
    public void WriteTo(Stream destination)
    {
        using var writer = new BinaryWriter(destination, Encoding.UTF8, leaveOpen: true);
        foreach (var part in _parts)
        {
            if (part.Table is { } table)
                table.Save(writer);
            else
                writer.Write(part.Block);
        }
    }

    private void Add(byte[] block)
    {
        _parts.Add(new Part(block, null));
        Length += block.Length;
        WrittenBytes += block.Length;
    }

    private readonly record struct Part(byte[] Block, IKeptTable? Table);

    private sealed class Writer(SavedState state) : OneWayStream, ITableKeeper
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

        public void Keep(IKeptTable table)
        {
            End();
            state._parts.Add(new Part([], table));
            state.Length += table.SavedBytes;
        }

        public void End()
        {
            if (_used > 0)
                state.Add(_block.AsSpan(0, _used).ToArray());
            _used = 0;
        }
    }

    private sealed class Reader(SavedState state) : OneWayStream, ITableGiver
    {
        private int _part, _at;

        public override bool CanRead => true;

        public override int Read(Span<byte> buffer)
        {
            Step();
            // Where a table stands there are no bytes: who does not take it finds the state cut short.
            if (_part == state._parts.Count || state._parts[_part].Table is not null)
                return 0;
            var left = state._parts[_part].Block.AsSpan(_at);
            var taken = Math.Min(left.Length, buffer.Length);
            left[..taken].CopyTo(buffer);
            _at += taken;
            return taken;
        }

        public IKeptTable? Take()
        {
            Step();
            if (_part == state._parts.Count || state._parts[_part].Table is not { } table)
                return null;
            (_part, _at) = (_part + 1, 0);
            return table;
        }

        /// <summary>Past blocks that were read to their end.</summary>
        private void Step()
        {
            while (_part < state._parts.Count && state._parts[_part] is { Table: null } part && _at == part.Block.Length)
                (_part, _at) = (_part + 1, 0);
        }
    }
}
