using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace SentinelHealth.Response.Yaml;

/// <summary>Reads the documents of a file that people write, with bounds, and with a line for every fault.</summary>
internal static class YamlDocuments
{
    private const int TextLengthMax = 256 * 1024;
    private const int DocumentsMax = 64;
    private const int DepthMax = 8;

    /// <summary>Reads each document of a text. Never throws on any text.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="fileName">Its name, for faults.</param>
    /// <param name="what">What its documents are called, such as "playbooks".</param>
    /// <param name="read">Reads one document; null when it has a fault, which it adds to the list it is given.</param>
    /// <returns>What was read and every fault; nothing counts as read when there is one.</returns>
    public static (List<T> Read, List<YamlFault> Faults) Read<T>(
        string text, string fileName, string what, Func<YamlNode, List<YamlFault>, T?> read)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > TextLengthMax)
            return ([], [new YamlFault(fileName, 1, $"A file of {what} has at most {TextLengthMax} characters.")]);
        var (items, faults) = (new List<T>(), new List<YamlFault>());
        try
        {
            RefuseTraps(text);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents.Count is 0 or > DocumentsMax)
                faults.Add(new YamlFault(fileName, 1, $"A file of {what} holds 1 to {DocumentsMax} of them."));
            foreach (var document in stream.Documents.Take(DocumentsMax))
            {
                if (read(document.RootNode, faults) is { } item)
                    items.Add(item);
            }
        }
        catch (YamlException fault)
        {
            faults.Add(new YamlFault(fileName, fault.Start.Line, $"This is not YAML we read: {fault.Message}"));
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // The YAML scanner answers some broken texts with exceptions of its inner parts, which carry no line.
            faults.Add(new YamlFault(fileName, 1, $"This is not YAML we read: {fault.Message}"));
        }
        return (faults.Count > 0 ? [] : items, faults);
    }

    /// <summary>
    /// Walks the flat parse events first, because the tree is built recursively: depth would exhaust the stack and aliases the memory.
    /// </summary>
    private static void RefuseTraps(string text)
    {
        var parser = new Parser(new StringReader(text));
        var depth = 0;
        while (parser.MoveNext())
        {
            var current = parser.Current!;
            depth += current.NestingIncrease;
            // The stream and its document are two levels of their own.
            if (depth > DepthMax + 2)
                throw new YamlException(current.Start, current.End, $"nesting is deeper than {DepthMax}.");
            if (current is AnchorAlias || current is NodeEvent { Anchor.IsEmpty: false })
                throw new YamlException(current.Start, current.End, "anchors and aliases are not accepted.");
        }
    }
}
