using System.Buffers.Binary;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json;
using SentinelHealth.Detection.Ordering;

namespace SentinelHealth.Response.Monitoring;

/// <summary>The bytes of a snapshot: what the pump itself remembers, then the order of events with the engine's state, then a digest of all.</summary>
internal static class PumpState
{
    private const uint Magic = 0x53485033; // "SHP3": SentinelHealth pump, version 3.

    /// <summary>The format before: the same without a digest at its end.</summary>
    private const uint EarlierMagic = 0x53485032;
    private const int HeaderBytes = 8;

    public static void Save(Stream destination, EntityDirectory directory, SourceWatch? sources, OrderedScoring scoring)
    {
        using var stream = new DigestWriter(destination);
        var remembered = directory.Save();
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
        stream.End();
    }

    /// <param name="source">The snapshot, from its beginning.</param>
    /// <param name="bytes">How many bytes it has.</param>
    /// <param name="directory">Takes what it remembered of entities.</param>
    /// <param name="sources">Takes what is known of sources; null when they are not watched here.</param>
    /// <param name="scoring">Takes the detectors.</param>
    /// <exception cref="InvalidDataException">Not a snapshot this version reads. What was loaded into is of no use then.</exception>
    public static void Load(
        Stream source, long bytes, EntityDirectory directory, SourceWatch? sources, OrderedScoring scoring)
    {
        var header = new byte[HeaderBytes];
        if (source.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes
            || BinaryPrimitives.ReadUInt32BigEndian(header) is not (Magic or EarlierMagic))
            throw new InvalidDataException("The snapshot is not one of this version.");
        var isChecked = BinaryPrimitives.ReadUInt32BigEndian(header) == Magic;
        using var stream = new DigestReader(source, bytes - HeaderBytes - (isChecked ? SHA256.HashSizeInBytes : 0));
        stream.Begin(header);
        try
        {
            directory.Load(ReadPart(stream, BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4))));
            Span<byte> heardLength = stackalloc byte[4];
            stream.ReadExactly(heardLength);
            var heard = ReadPart(stream, BinaryPrimitives.ReadInt32BigEndian(heardLength));
            sources?.Load(heard);
            scoring.Restore(stream);
        }
        catch (Exception fault) when (fault is EndOfStreamException or not (InvalidDataException or IOException or DbException
            or OutOfMemoryException or ObjectDisposedException))
        {
            // Bytes of which one is wrong can break whoever reads them in any way; faults of the store, and a lack of memory, are another
            // matter: the snapshot is good, and is read again later.
            throw new InvalidDataException("The snapshot cannot be read.", fault);
        }
        // Detectors that were damaged on the way would score, and score wrongly.
        if (isChecked)
            stream.End();
    }

    private static byte[] ReadPart(DigestReader stream, int length)
    {
        if (length < 0 || length > stream.Left)
            throw new InvalidDataException("The snapshot is cut short.");
        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
