using System.Xml.Linq;

namespace SentinelHealth.Ingest.Formats.Dicom;

/// <summary>An element by local names: senders disagree about namespaces. Absent things are null or empty.</summary>
internal readonly struct DicomElement(XElement? element)
{
    public bool IsPresent => element is not null;

    public string? Attribute(string name) =>
        element?.Attributes().FirstOrDefault(attribute => attribute.Name.LocalName == name)?.Value is { Length: > 0 } value
            ? value : null;

    public DicomElement Child(string name) => new(element?.Elements().FirstOrDefault(child => child.Name.LocalName == name));

    public IEnumerable<DicomElement> Children(string name) =>
        element is null ? [] : element.Elements().Where(child => child.Name.LocalName == name)
            .Select(child => new DicomElement(child));

    /// <summary>The text of a child element.</summary>
    public string? Text(string name) =>
        element?.Elements().FirstOrDefault(child => child.Name.LocalName == name)?.Value is { Length: > 0 } text
        ? text.Trim() : null;

    /// <summary>A coded value: DICOM writes <c>csd-code</c>, RFC 3881 wrote <c>code</c>.</summary>
    public string? Code => Attribute("csd-code") ?? Attribute("code");
}
