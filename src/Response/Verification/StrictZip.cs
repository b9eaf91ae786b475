using System.Buffers.Binary;
using System.Text;

namespace SentinelHealth.Response.Verification;

/// <summary>
/// Reads a .zip in the one form a pack has and refuses any other: nothing compressed, no byte that means nothing, no name twice, none
/// that leads out of the folder. So there is no bomb to defuse and nowhere to hide anything.
/// </summary>
internal static class StrictZip
{
    /// <summary>Longest pack. Everything is stored as it is, so this is also the most that is ever held.</summary>
    public const long BytesMax = 1L << 30;

    private const int FilesMax = 64, NameMax = 100, LocalBytes = 30, CentralBytes = 46, EndBytes = 22;
    private const ulong Attributes = 0x81a4_0000;

    private static readonly uint[] Table = MakeTable();

    /// <summary>The files in their order, and what is wrong with the container; of a wrong container as much as could be read.</summary>
    public static (IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files, string? Problem) Read(ReadOnlyMemory<byte> zip)
    {
        var files = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        try
        {
            Read(zip, files);
            return (files, null);
        }
        catch (VerificationException fault)
        {
            return (files, fault.Message);
        }
    }

    private static void Read(ReadOnlyMemory<byte> zip, Dictionary<string, ReadOnlyMemory<byte>> files)
    {
        using var central = new MemoryStream();
        var at = 0;
        var last = "";
        var damaged = (string?)null;
        while (at + 4 <= zip.Length && Number(zip, at) == 0x04034b50)
        {
            if (files.Count == FilesMax)
                throw new VerificationException($"The pack has more than {FilesMax} files.");
            var (name, content, crc, next) = File(zip, at);
            if (string.CompareOrdinal(last, name) >= 0)
                throw new VerificationException($"The file {name} of the pack is there twice or out of order.");
            // A wrong checksum is told at the end: the contents may still say what is wrong with them.
            if (crc != Crc(content.Span))
                damaged ??= $"The file {name} of the pack is not the one its checksum is of.";
            (files[name], last) = (content, name);
            Central(central, zip.Span, at, name);
            at = next;
        }
        var start = at;
        End(central, files.Count, start);
        if (!zip.Span[start..].SequenceEqual(central.GetBuffer().AsSpan(0, (int)central.Length)))
            throw new VerificationException("The pack's list of files is not that of its files.");
        if (damaged is not null)
            throw new VerificationException(damaged);
    }

    private static (string Name, ReadOnlyMemory<byte> Content, uint Crc, int Next) File(ReadOnlyMemory<byte> zip, int at)
    {
        if (at + LocalBytes > zip.Length)
            throw new VerificationException("The pack is cut short.");
        var header = zip.Span.Slice(at, LocalBytes);
        var size = BinaryPrimitives.ReadUInt32LittleEndian(header[18..]);
        var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header[26..]);
        if (nameLength is 0 or > NameMax || at + LocalBytes + nameLength + (long)size > zip.Length)
            throw new VerificationException("A file of the pack is longer than the pack.");
        var name = NameOf(zip.Span.Slice(at + LocalBytes, nameLength));
        Span<byte> expected = stackalloc byte[LocalBytes];
        header.CopyTo(expected);
        // Version 2.0, no flags, stored, midnight of the first of January 1980, nothing extra.
        BinaryPrimitives.WriteUInt16LittleEndian(expected[4..], 20);
        expected[6..10].Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(expected[10..], 0);
        BinaryPrimitives.WriteUInt16LittleEndian(expected[12..], 0x21);
        BinaryPrimitives.WriteUInt32LittleEndian(expected[22..], size);
        expected[28..].Clear();
        if (!header.SequenceEqual(expected))
            throw new VerificationException($"The file {name} of the pack is not stored as a pack's files are.");
        var start = at + LocalBytes + nameLength;
        return (name, zip.Slice(start, (int)size), BinaryPrimitives.ReadUInt32LittleEndian(header[14..]), start + (int)size);
    }

    private static string NameOf(ReadOnlySpan<byte> bytes)
    {
        foreach (var unit in bytes)
        {
            if (unit is not ((>= (byte)'a' and <= (byte)'z') or (>= (byte)'A' and <= (byte)'Z') or (>= (byte)'0' and <= (byte)'9')
                or (byte)'.' or (byte)'/' or (byte)'-' or (byte)'_'))
                throw new VerificationException("A file of the pack has a name that no file of a pack has.");
        }
        var name = Encoding.ASCII.GetString(bytes);
        return name.Contains("..", StringComparison.Ordinal) || name[0] == '/' || name[^1] == '/'
            ? throw new VerificationException("A file of the pack has a name that leads out of it.")
            : name;
    }

    private static void Central(MemoryStream central, ReadOnlySpan<byte> zip, int at, string name)
    {
        Span<byte> header = stackalloc byte[CentralBytes];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0x02014b50);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 0x0314);
        zip.Slice(at + 4, 26).CopyTo(header[6..]);
        BinaryPrimitives.WriteUInt64LittleEndian(header[38..], Attributes | ((ulong)at << 32));
        central.Write(header);
        central.Write(Encoding.ASCII.GetBytes(name));
    }

    private static void End(MemoryStream central, int files, int start)
    {
        Span<byte> end = stackalloc byte[EndBytes];
        end.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(end, 0x06054b50);
        BinaryPrimitives.WriteUInt16LittleEndian(end[8..], (ushort)files);
        BinaryPrimitives.WriteUInt16LittleEndian(end[10..], (ushort)files);
        BinaryPrimitives.WriteUInt32LittleEndian(end[12..], (uint)central.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(end[16..], (uint)start);
        central.Write(end);
    }

    private static uint Number(ReadOnlyMemory<byte> zip, int at) => BinaryPrimitives.ReadUInt32LittleEndian(zip.Span[at..]);

    private static uint Crc(ReadOnlySpan<byte> content)
    {
        var crc = ~0u;
        for (var i = 0; i < content.Length; i++)
            crc = (crc >> 8) ^ Table[(crc ^ content[i]) & 0xff];
        return ~crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < 256; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xedb88320u & (uint)-(int)(crc & 1));
            table[i] = crc;
        }
        return table;
    }
}
