using SentinelHealth.Detection.Ordering;

namespace SentinelHealth.Response.Storage;

/// <summary>Reads parts one after another; of all of them one is in memory.</summary>
/// <param name="parts">How many there are, numbered from 1.</param>
/// <param name="get">Gives one, checked.</param>
internal sealed class SnapshotReader(int parts, Func<int, byte[]> get) : OneWayStream
{
    private byte[] _part = [];
    private int _number, _at;

    public override bool CanRead => true;

    public override int Read(Span<byte> buffer)
    {
        while (_at == _part.Length)
        {
            if (_number == parts)
                return 0;
            // Before the next is there, the one before is let go of.
            _part = [];
            (_part, _at) = (get(++_number), 0);
        }
        var taken = Math.Min(buffer.Length, _part.Length - _at);
        _part.AsSpan(_at, taken).CopyTo(buffer);
        _at += taken;
        return taken;
    }
}
