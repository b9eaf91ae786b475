using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace SentinelHealth.Response.Reports;

/// <summary>Writes the objects of a PDF (ISO 32000) one after another. No clock and no chance: the same objects give the same bytes.</summary>
internal sealed class PdfFile
{
    private readonly List<byte[]?> _objects = [];

    /// <summary>Keeps a number for an object that others refer to before it is known.</summary>
    public int Reserve()
    {
        _objects.Add(null);
        return _objects.Count;
    }

    public int Add(string body)
    {
        _objects.Add(Encoding.ASCII.GetBytes(body));
        return _objects.Count;
    }

    public void Set(int number, string body) => _objects[number - 1] = Encoding.ASCII.GetBytes(body);

    public int AddStream(string members, byte[] content, bool isLengthOneNeeded = false)
    {
        using var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(content);
        using var body = new MemoryStream();
        var one = isLengthOneNeeded ? string.Create(CultureInfo.InvariantCulture, $"/Length1 {content.Length}") : "";
        body.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"<<{members}/Filter/FlateDecode/Length {packed.Length}{one}>>\nstream\n")));
        packed.WriteTo(body);
        body.Write("\nendstream"u8);
        _objects.Add(body.ToArray());
        return _objects.Count;
    }

    /// <summary>A text outside of pages: UTF-16 in hexadecimal, so that nothing in it can end it.</summary>
    public static string Text(string text) => $"<FEFF{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text))}>";

    public static string Date(DateTimeOffset at) => at.ToUniversalTime().ToString("'(D:'yyyyMMddHHmmss'Z)'", CultureInfo.InvariantCulture);

    /// <summary>The whole file.</summary>
    /// <param name="root">The catalog's number.</param>
    /// <param name="info">The document information's number.</param>
    /// <param name="id">Hexadecimal digits that identify the document.</param>
    public byte[] Finish(int root, int info, string id)
    {
        using var file = new MemoryStream();
        // Four bytes above 127 tell transfer programs that this is not text.
        file.Write([.. "%PDF-1.7\n%"u8, 0xE2, 0xE3, 0xCF, 0xD3, (byte)'\n']);
        var offsets = new List<long>();
        for (var i = 0; i < _objects.Count; i++)
        {
            offsets.Add(file.Position);
            file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{i + 1} 0 obj\n")));
            file.Write(_objects[i] ?? throw new InvalidOperationException($"Object {i + 1} was never written."));
            file.Write("\nendobj\n"u8);
        }
        var start = file.Position;
        var table = new StringBuilder();
        table.Append(CultureInfo.InvariantCulture, $"xref\n0 {offsets.Count + 1}\n0000000000 65535 f \n");
        foreach (var offset in offsets)
            table.Append(CultureInfo.InvariantCulture, $"{offset:D10} 00000 n \n");
        table.Append(CultureInfo.InvariantCulture,
            $"trailer\n<</Size {offsets.Count + 1}/Root {root} 0 R/Info {info} 0 R/ID[<{id}><{id}>]>>\nstartxref\n{start}\n%%EOF\n");
        file.Write(Encoding.ASCII.GetBytes(table.ToString()));
        return file.ToArray();
    }
}
