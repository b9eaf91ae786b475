using System.Globalization;
using System.Text;

namespace SentinelHealth.Response.Reports;

/// <summary>A font as one PDF uses it: it remembers which glyphs were drawn.</summary>
internal sealed class PdfFace(string resource, TrueTypeFont font)
{
    private readonly SortedDictionary<ushort, Rune> _drawn = [];

    /// <summary>Its name among a page's resources.</summary>
    public string Resource => resource;

    /// <summary>The width of a text in points.</summary>
    public double Measure(string text, double size)
    {
        var width = 0;
        foreach (var character in text.EnumerateRunes())
            width += font.WidthOf(font.GlyphOf(character));
        return width * size / 1000;
    }

    /// <summary>A text as glyph numbers in hexadecimal, which is how it is drawn.</summary>
    public string Glyphs(string text)
    {
        var hex = new StringBuilder(text.Length * 4);
        foreach (var character in text.EnumerateRunes())
        {
            var glyph = font.GlyphOf(character);
            _drawn.TryAdd(glyph, character);
            hex.Append(CultureInfo.InvariantCulture, $"{glyph:X4}");
        }
        return hex.ToString();
    }

    /// <summary>Writes the font's objects and returns the number of the one that pages refer to.</summary>
    public int Write(PdfFile file)
    {
        var name = $"SENTNL+{font.Name}";
        var data = file.AddStream("", font.Subset(_drawn.Keys), isLengthOneNeeded: true);
        int Scaled(int units) => units * 1000 / font.UnitsPerEm;
        var box = string.Join(' ', font.Box.Select(Scaled));
        var descriptor = file.Add(string.Create(CultureInfo.InvariantCulture,
            $"<</Type/FontDescriptor/FontName/{name}/Flags 4/FontBBox[{box}]/ItalicAngle 0/Ascent {Scaled(font.Ascent)}/Descent {Scaled(font.Descent)}/CapHeight {Scaled(font.Ascent)}/StemV 80/FontFile2 {data} 0 R>>"));
        var widths = string.Concat(_drawn.Keys.Select(glyph => string.Create(CultureInfo.InvariantCulture, $"{glyph}[{font.WidthOf(glyph)}]")));
        var inner = file.Add(string.Create(CultureInfo.InvariantCulture,
            $"<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor {descriptor} 0 R/CIDToGIDMap/Identity/DW 600/W[{widths}]>>"));
        var unicode = file.AddStream("", Encoding.ASCII.GetBytes(ToUnicode()));
        return file.Add(string.Create(CultureInfo.InvariantCulture,
            $"<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H/DescendantFonts[{inner} 0 R]/ToUnicode {unicode} 0 R>>"));
    }

    /// <summary>What glyphs mean, so that text can be searched, copied and read aloud.</summary>
    private string ToUnicode()
    {
        const int entriesMax = 100;
        var map = new StringBuilder("/CIDInit/ProcSet findresource begin 12 dict begin begincmap/CMapName/Sentinel def/CMapType 2 def\n")
            .Append("1 begincodespacerange<0000><FFFF>endcodespacerange\n");
        foreach (var some in _drawn.Chunk(entriesMax))
        {
            map.Append(CultureInfo.InvariantCulture, $"{some.Length} beginbfchar\n");
            foreach (var (glyph, character) in some)
                map.Append(CultureInfo.InvariantCulture, $"<{glyph:X4}><{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(character.ToString()))}>\n");
            map.Append("endbfchar\n");
        }
        return map.Append("endcmap CMapName currentdict/CMap defineresource pop end end").ToString();
    }
}
