using System.Buffers.Binary;
using System.Text;

namespace SentinelHealth.Response.Custody;

/// <summary>
/// Writes a .zip in the one form a pack has: files in the order of their names, stored as they are, without times, extra fields or
/// comments. The same files give the same bytes, and every byte of the file is accounted for.
/// </summary>
internal static class StoredZip
{
    private const uint LocalMark = 0x04034b50, CentralMark = 0x02014b50, EndMark = 0x06054b50;
    private const ushort VersionNeeded = 20, VersionMadeBy = 0x0314;

    /// <summary>The first of January 1980, which is as early as the format goes.</summary>
    private const ushort Date = 0x0021;

    /// <summary>A regular file that everybody may read.</summary>
    private const uint Attributes = 0x81a4_0000;

    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(Entry)];

    public static byte[] Write(IReadOnlyDictionary<string, byte[]> files)
    {
        using var zip = new MemoryStream();
        using var central = new MemoryStream();
        foreach (var (name, content) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            var offset = (uint)zip.Length;
            var common = Common(name, content);
            zip.Write(Number(LocalMark));
            zip.Write(common);
            zip.Write(Encoding.ASCII.GetBytes(name));
            zip.Write(content);
            central.Write(Number(CentralMark));
            central.Write(Number(VersionMadeBy));
            central.Write(common);
            // No comment, first disk, no internal attributes.
            central.Write(new byte[6]);
            central.Write(Number(Attributes));
            central.Write(Number(offset));
            central.Write(Encoding.ASCII.GetBytes(name));
        }
        var start = (uint)zip.Length;
        central.WriteTo(zip);
        zip.Write(Number(EndMark));
        zip.Write(new byte[4]);
        zip.Write(Number((ushort)files.Count));
        zip.Write(Number((ushort)files.Count));
        zip.Write(Number((uint)central.Length));
        zip.Write(Number(start));
        zip.Write(new byte[2]);
        return zip.ToArray();
    }

    private static byte[] Common(string name, byte[] content)
    {
        var header = new byte[26];
        BinaryPrimitives.WriteUInt16LittleEndian(header, VersionNeeded);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), Date);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(10), Crc(content));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(14), (uint)content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(18), (uint)content.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(22), (ushort)name.Length);
        return header;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var single in bytes)
            crc = Table[(byte)(crc ^ single)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint Entry(int index)
    {
        var value = (uint)index;
        for (var bit = 0; bit < 8; bit++)
            value = (value & 1) == 0 ? value >> 1 : 0xedb88320 ^ (value >> 1);
        return value;
    }

    private static byte[] Number(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Number(ushort value) => Number((uint)value)[..2];
}
