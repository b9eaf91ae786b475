using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using SentinelHealth.Detection.Ordering;

namespace SentinelHealth.Response.Monitoring;

/// <summary>The bytes of a snapshot: what the pump itself remembers, then the order of events with the engine's state.</summary>
internal static class PumpState
{
    private const uint Magic = 0x53485033; // "SHP3": SentinelHealth pump, version 3.

    /// <summary>The format before: the same without a digest at its end.</summary>
    private const uint EarlierMagic = 0x53485032;
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
        stream.Write(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        return stream.ToArray();
    }

    /// <exception cref="InvalidDataException">Not a snapshot this version reads.</exception>
    public static void Load(byte[] state, EntityDirectory directory, SourceWatch? sources, OrderedScoring scoring)
    {
        if (state.Length < HeaderBytes || BinaryPrimitives.ReadUInt32BigEndian(state) is not (Magic or EarlierMagic))
            throw new InvalidDataException("The snapshot is not one of this version.");
        if (BinaryPrimitives.ReadUInt32BigEndian(state) == Magic)
            state = Checked(state);
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

    /// <summary>Detectors that were damaged on the way would score, and score wrongly.</summary>
    private static byte[] Checked(byte[] state)
    {
        var body = state.AsSpan(0, Math.Max(HeaderBytes, state.Length - SHA256.HashSizeInBytes));
        return SHA256.HashData(body).AsSpan().SequenceEqual(state.AsSpan(body.Length))
            ? body.ToArray()
            : throw new InvalidDataException("The snapshot is damaged.");
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
