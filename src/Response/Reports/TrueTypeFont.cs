using System.Buffers.Binary;
using System.Text;

namespace SentinelHealth.Response.Reports;

/// <summary>Reads what a PDF needs of a TrueType file: glyphs of characters, their widths, and a subset to embed.</summary>
/// <remarks>
/// Of the tables in the OpenType specification it reads head, hhea, hmtx, maxp, cmap (formats 4 and 12), loca and glyf. Immutable.
/// </remarks>
internal sealed class TrueTypeFont
{
    private static readonly string[] Embedded = ["cvt ", "fpgm", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "prep"];

    private readonly byte[] _file;
    private readonly Dictionary<string, (int Offset, int Length)> _tables = new(StringComparer.Ordinal);
    private readonly Dictionary<int, ushort> _glyphs = [];
    private readonly int _widthCount;
    private readonly bool _hasLongOffsets;

    public TrueTypeFont(string name, byte[] file)
    {
        (Name, _file) = (name, file);
        for (var i = 0; i < U16(4); i++)
        {
            var entry = 12 + (16 * i);
            _tables[Encoding.ASCII.GetString(file, entry, 4)] = ((int)U32(entry + 8), (int)U32(entry + 12));
        }
        var head = _tables["head"].Offset;
        UnitsPerEm = U16(head + 18);
        Box = [S16(head + 36), S16(head + 38), S16(head + 40), S16(head + 42)];
        _hasLongOffsets = U16(head + 50) == 1;
        var hhea = _tables["hhea"].Offset;
        (Ascent, Descent, _widthCount) = (S16(hhea + 4), S16(hhea + 6), U16(hhea + 34));
        GlyphCount = U16(_tables["maxp"].Offset + 4);
        ReadCharacters(_tables["cmap"].Offset);
    }

    public string Name { get; }

    public int UnitsPerEm { get; }

    public int[] Box { get; }

    public int Ascent { get; }

    public int Descent { get; }

    public int GlyphCount { get; }

    /// <summary>The glyph of a character; 0, a box, when the font has none.</summary>
    public ushort GlyphOf(Rune character) => _glyphs.GetValueOrDefault(character.Value);

    /// <summary>A glyph's width in thousandths of the font's size.</summary>
    public int WidthOf(ushort glyph) =>
        U16(_tables["hmtx"].Offset + (4 * Math.Min(glyph, _widthCount - 1))) * 1000 / UnitsPerEm;

    /// <summary>A font file with the outlines of some glyphs only; glyphs keep their numbers. O(glyphs).</summary>
    public byte[] Subset(IEnumerable<ushort> wanted)
    {
        var used = new SortedSet<ushort>(wanted) { 0 };
        foreach (var glyph in used.ToList())
            AddParts(glyph, used, depth: 0);
        using var outlines = new MemoryStream();
        var offsets = new byte[4 * (GlyphCount + 1)];
        for (var glyph = 0; glyph < GlyphCount; glyph++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(offsets.AsSpan(4 * glyph), (uint)outlines.Length);
            if (used.Contains((ushort)glyph))
                outlines.Write(Outline((ushort)glyph));
            while (outlines.Length % 4 != 0)
                outlines.WriteByte(0);
        }
        BinaryPrimitives.WriteUInt32BigEndian(offsets.AsSpan(4 * GlyphCount), (uint)outlines.Length);
        return Assemble(outlines.ToArray(), offsets);
    }

    private byte[] Assemble(byte[] outlines, byte[] offsets)
    {
        var names = Embedded.Where(_tables.ContainsKey).ToList();
        using var file = new MemoryStream();
        file.Write([0, 1, 0, 0, 0, (byte)names.Count, 0, 128, 0, 3, 0, 16]);
        var at = 12 + (16 * names.Count);
        var bodies = new List<byte[]>();
        foreach (var name in names)
        {
            var body = name switch { "glyf" => outlines, "loca" => offsets, _ => Table(name) };
            if (name == "head")
                BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(50), 1);
            file.Write(Encoding.ASCII.GetBytes(name));
            file.Write(Bytes(Checksum(body)));
            file.Write(Bytes((uint)at));
            file.Write(Bytes((uint)body.Length));
            bodies.Add(body);
            at += (body.Length + 3) & ~3;
        }
        foreach (var body in bodies)
        {
            file.Write(body);
            file.Write(new byte[(4 - (body.Length % 4)) % 4]);
        }
        return file.ToArray();
    }

    /// <summary>Glyphs may be composed of others, such as a letter and its accent.</summary>
    private void AddParts(ushort glyph, SortedSet<ushort> used, int depth)
    {
        const int depthMax = 8, hasMore = 0x20, wordArguments = 1, scale = 8, twoScales = 0x40, fourScales = 0x80;
        var outline = Outline(glyph);
        if (depth > depthMax || outline.Length < 12 || BinaryPrimitives.ReadInt16BigEndian(outline) >= 0)
            return;
        var (at, flags) = (10, hasMore);
        while ((flags & hasMore) != 0 && at + 4 <= outline.Length)
        {
            flags = BinaryPrimitives.ReadUInt16BigEndian(outline[at..]);
            var part = BinaryPrimitives.ReadUInt16BigEndian(outline[(at + 2)..]);
            if (used.Add(part))
                AddParts(part, used, depth + 1);
            at += 4 + ((flags & wordArguments) != 0 ? 4 : 2)
                + ((flags & fourScales) != 0 ? 8 : (flags & twoScales) != 0 ? 4 : (flags & scale) != 0 ? 2 : 0);
        }
    }

    private ReadOnlySpan<byte> Outline(ushort glyph)
    {
        var loca = _tables["loca"].Offset;
        var (from, to) = _hasLongOffsets
            ? ((int)U32(loca + (4 * glyph)), (int)U32(loca + (4 * glyph) + 4))
            : (2 * U16(loca + (2 * glyph)), 2 * U16(loca + (2 * glyph) + 2));
        return _file.AsSpan(_tables["glyf"].Offset + from, to - from);
    }

    private void ReadCharacters(int cmap)
    {
        for (var i = 0; i < U16(cmap + 2); i++)
        {
            var table = cmap + (int)U32(cmap + 4 + (8 * i) + 4);
            switch (U16(table))
            {
                case 4: ReadSegments(table); break;
                case 12: ReadGroups(table); break;
                default: break; // Other formats repeat what these two have.
            }
        }
    }

    private void ReadSegments(int table)
    {
        var twice = U16(table + 6);
        for (var i = 0; i < twice; i += 2)
        {
            var (end, start) = (U16(table + 14 + i), U16(table + 16 + twice + i));
            var (delta, offset) = (U16(table + 16 + (2 * twice) + i), U16(table + 16 + (3 * twice) + i));
            for (var character = start; character <= end && character != 0xFFFF; character++)
            {
                var glyph = offset == 0 ? character + delta
                    : U16(table + 16 + (3 * twice) + i + offset + (2 * (character - start))) is var raw and not 0 ? raw + delta
                        : 0;
                _glyphs[character] = (ushort)glyph;
            }
        }
    }

    private void ReadGroups(int table)
    {
        for (var i = 0; i < U32(table + 12); i++)
        {
            var group = table + 16 + (12 * i);
            for (var character = U32(group); character <= U32(group + 4); character++)
                _glyphs[(int)character] = (ushort)(U32(group + 8) + character - U32(group));
        }
    }

    private byte[] Table(string name) => _file.AsSpan(_tables[name].Offset, _tables[name].Length).ToArray();

    private static uint Checksum(byte[] body)
    {
        var sum = 0u;
        for (var i = 0; i < body.Length; i++)
            sum += (uint)body[i] << (24 - (8 * (i % 4)));
        return sum;
    }

    private static byte[] Bytes(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    private int U16(int at) => BinaryPrimitives.ReadUInt16BigEndian(_file.AsSpan(at));

    private int S16(int at) => BinaryPrimitives.ReadInt16BigEndian(_file.AsSpan(at));

    private uint U32(int at) => BinaryPrimitives.ReadUInt32BigEndian(_file.AsSpan(at));
}
