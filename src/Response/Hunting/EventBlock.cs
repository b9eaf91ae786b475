using System.Buffers;
using System.IO.Compression;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Response.Hunting;

/// <summary>Many events in one compressed piece, with the times they span and a filter of their texts.</summary>
/// <param name="FromMs">The earliest, in Unix milliseconds.</param>
/// <param name="ToMs">The latest.</param>
/// <param name="Count">How many.</param>
/// <param name="Filter">Of all texts of all fields.</param>
/// <param name="Body">The records as received, each behind its length (four bytes, little endian), in Brotli.</param>
/// <param name="BodyBytes">Size of the records before compression.</param>
internal sealed record EventBlock(long FromMs, long ToMs, int Count, byte[] Filter, byte[] Body, int BodyBytes)
{
    // The lowest quality that looks beyond single records, where the repetition is.
    private const int Quality = 3, WindowBits = 22;

    private static readonly TextField[] Fields = Enum.GetValues<TextField>();

    /// <summary>Packs records that were decoded before; those that do not decode are left out.</summary>
    /// <param name="records">The records as received.</param>
    /// <param name="decoder">Of the format they are stored in.</param>
    /// <param name="tally">Counts every event that is packed; null when they were counted before.</param>
    public static EventBlock Pack(IReadOnlyList<byte[]> records, IEventDecoder decoder, EntityTally? tally)
    {
        var (from, to, keys, kept) = (long.MaxValue, long.MinValue, new HashSet<ulong>(), new List<byte[]>(records.Count));
        var observed = new SentinelEvent();
        foreach (var record in records)
        {
            if (!decoder.TryDecode(record, observed, out _))
                continue;
            kept.Add(record);
            tally?.Add(observed);
            var at = observed.OccurredAt.ToUnixTimeMilliseconds();
            (from, to) = (Math.Min(from, at), Math.Max(to, at));
            foreach (var field in Fields)
            {
                if (observed.Has(field))
                    keys.Add(KeyFilter.KeyOf(field, observed.Key(field)));
            }
        }
        var (body, bytes) = Compress(kept);
        return new EventBlock(from, to, kept.Count, KeyFilter.Of(keys).Bits.ToArray(), body, bytes);
    }

    /// <summary>The records of a body, as memory that stays valid.</summary>
    /// <exception cref="InvalidDataException">The body is damaged.</exception>
    public static List<ReadOnlyMemory<byte>> Unpack(byte[] body, int bodyBytes)
    {
        var whole = new byte[bodyBytes];
        if (!BrotliDecoder.TryDecompress(body, whole, out var written) || written != bodyBytes)
            throw new InvalidDataException("A block of events does not unpack.");
        var records = new List<ReadOnlyMemory<byte>>();
        for (var at = 0; at < whole.Length;)
        {
            var length = at + sizeof(int) <= whole.Length ? BitConverter.ToInt32(whole, at) : -1;
            at += sizeof(int);
            if (length < 0 || length > whole.Length - at)
                throw new InvalidDataException("A block of events ends within a record.");
            records.Add(whole.AsMemory(at, length));
            at += length;
        }
        return records;
    }

    private static (byte[] Body, int Bytes) Compress(List<byte[]> records)
    {
        var whole = new ArrayBufferWriter<byte>(Math.Max(1, records.Sum(record => record.Length + sizeof(int))));
        foreach (var record in records)
        {
            BitConverter.TryWriteBytes(whole.GetSpan(sizeof(int)), record.Length);
            whole.Advance(sizeof(int));
            whole.Write(record);
        }
        var body = new byte[BrotliEncoder.GetMaxCompressedLength(whole.WrittenCount)];
        if (!BrotliEncoder.TryCompress(whole.WrittenSpan, body, out var written, Quality, WindowBits))
            throw new InvalidOperationException("A block of events does not pack.");
        return (body[..written], whole.WrittenCount);
    }
}
