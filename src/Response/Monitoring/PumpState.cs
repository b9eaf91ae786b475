using System.Buffers.Binary;
using System.Text.Json;
using SentinelHealth.Detection.Ordering;

namespace SentinelHealth.Response.Monitoring;

/// <summary>The bytes of a snapshot: what the pump itself remembers, then the order of events with the engine's state.</summary>
internal static class PumpState
{
    private const uint Magic = 0x53485032; // "SHP2": SentinelHealth pump, version 2.
    private const int HeaderBytes = 8;

    public static byte[] Save(EntityDirectory directory, SourceWatch? sources, OrderedScoring scoring)
    {
        var remembered = directory.Save();
        using var stream = new MemoryStream();
        Span<byte> header = stackalloc byte[HeaderBytes];
        BinaryPrimitives.WriteUInt32BigEndian(header, Magic);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], remembered.Length);
        stream.Write(header);
        stream.Write(remembered);
        var heard = sources?.Save() ?? [];
        Span<byte> heardLength = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(heardLength, heard.Length);
        stream.Write(heardLength);
        stream.Write(heard);
        scoring.Save(stream);
        return stream.ToArray();
    }

    /// <exception cref="InvalidDataException">Not a snapshot this version reads.</exception>
    public static void Load(byte[] state, EntityDirectory directory, SourceWatch? sources, OrderedScoring scoring)
    {
        if (state.Length < HeaderBytes || BinaryPrimitives.ReadUInt32BigEndian(state) != Magic)
            throw new InvalidDataException("The snapshot is not one of this version.");
        var length = BinaryPrimitives.ReadInt32BigEndian(state.AsSpan(4));
        if (length < 0 || length > state.Length - HeaderBytes)
            throw new InvalidDataException("The snapshot is cut short.");
        try
        {
            directory.Load(state.AsSpan(HeaderBytes, length));
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException("The snapshot's directory cannot be read.", fault);
        }
        using var stream = new MemoryStream(state, HeaderBytes + length, state.Length - HeaderBytes - length, writable: false);
        var heard = ReadPart(stream);
        sources?.Load(heard);
        scoring.Restore(stream);
    }

    private static byte[] ReadPart(MemoryStream stream)
    {
        Span<byte> length = stackalloc byte[4];
        stream.ReadExactly(length);
        var bytes = new byte[Math.Clamp(BinaryPrimitives.ReadInt32BigEndian(length), 0, stream.Length - stream.Position)];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
