using System.Text;
using System.Xml;
using System.Xml.Linq;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats.Records;

namespace SentinelHealth.Ingest.Formats.Dicom;

/// <summary>DICOM audit messages (PS3.15 A.5) as ATNA sends them, and the older RFC 3881 attribute names.</summary>
/// <remarks>
/// A document type is refused, so nothing can be expanded or fetched. Depth and size are bounded before a tree is built; the encoding
/// is UTF-8 whatever the declaration claims.
/// </remarks>
internal static class DicomFormat
{
    private const int DepthMax = 16, NodesMax = 20_000;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        IgnoreWhitespace = true,
        CheckCharacters = true,
    };

    public static void Read(ReadOnlyMemory<byte> record, RecordScope scope)
    {
        var text = Encoding.UTF8.GetString(record.Span).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        try
        {
            var rejection = Bounds(text);
            if (rejection.Reason != RejectionReason.None)
            {
                scope.Refuse(rejection, record);
                return;
            }
            using var reader = XmlReader.Create(new StringReader(text), Settings);
            var root = XElement.Load(reader);
            if (root.Name.LocalName == "AuditMessage")
                DicomAuditReader.Read(new DicomElement(root), record, scope);
            else
                scope.Refuse(new(RejectionReason.UnknownSchema, "The XML is not an AuditMessage.", -1), record);
        }
        catch (XmlException)
        {
            scope.Refuse(new(RejectionReason.NotXml, "The record is not well-formed XML, or it has a document type.", -1), record);
        }
    }

    /// <summary>Walks the document once without keeping anything.</summary>
    private static Rejection Bounds(string text)
    {
        using var reader = XmlReader.Create(new StringReader(text), Settings);
        for (var nodes = 0; reader.Read(); nodes += 1 + reader.AttributeCount)
        {
            if (reader.Depth > DepthMax)
                return new(RejectionReason.TooDeep, $"The XML is nested deeper than {DepthMax} levels.", -1);
            if (nodes > NodesMax)
                return new(RejectionReason.TooLarge, $"The XML has more than {NodesMax} nodes.", -1);
        }
        return default;
    }
}
