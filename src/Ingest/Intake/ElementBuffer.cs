using System.Buffers;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Ingest.Intake;

/// <summary>Collects one element of an array; beyond the limit only its digest and its first bytes.</summary>
internal sealed class ElementBuffer(NdjsonLimits limits) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _held = new();
    private OversizedLineDigest? _oversized;
    private bool _skipsNext;

    /// <summary>Whether there is nothing but white space.</summary>
    public bool IsEmpty => _oversized is null && Trimmed().IsEmpty;

    /// <summary>The next byte is the array's own bracket.</summary>
    public void SkipNext() => _skipsNext = true;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (_skipsNext && !bytes.IsEmpty)
        {
            bytes = bytes[(bytes.IndexOf((byte)'[') + 1)..];
            _skipsNext = false;
        }
        if (_oversized is null && _held.WrittenCount + bytes.Length <= limits.LineBytesMax)
        {
            _held.Write(bytes);
            return;
        }
        if (_oversized is null)
        {
            _oversized = new OversizedLineDigest(limits.HeadBytesMax);
            _oversized.Add(_held.WrittenSpan);
            _held.ResetWrittenCount();
        }
        _oversized.Add(bytes);
    }

    /// <summary>The element, valid until the next is added; the buffer is then empty.</summary>
    public NdjsonLine Take(long number)
    {
        if (_oversized is null)
        {
            var line = new NdjsonLine(number, Trimmed(), null);
            _held.ResetWrittenCount();
            return line;
        }
        var oversized = _oversized.ToLine(number, isBroken: false);
        _oversized.Dispose();
        _oversized = null;
        return oversized;
    }

    public void Dispose() => _oversized?.Dispose();

    private ReadOnlyMemory<byte> Trimmed() => _held.WrittenMemory.Trim(" \t\r\n"u8);
}
