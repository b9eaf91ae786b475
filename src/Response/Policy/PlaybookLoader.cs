using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace SentinelHealth.Response.Policy;

/// <summary>Why a playbook file was refused.</summary>
/// <param name="File">The file's name as given to the loader.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Message">One sentence.</param>
public sealed record PlaybookError(string File, long Line, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}: {Message}");
}

/// <summary>What a playbook file holds, or every fault in it. A file with a fault yields no playbook.</summary>
/// <param name="Playbooks">Its playbooks in order; empty when there are errors.</param>
/// <param name="Errors">Its faults in order.</param>
public sealed record PlaybookFile(IReadOnlyList<Playbook> Playbooks, IReadOnlyList<PlaybookError> Errors);

/// <summary>Reads playbooks from YAML, strictly: an unknown key or an odd value is an error with its line, never a guess.</summary>
/// <remarks>Pure: the text comes as an argument. Never throws on any text. Bounds: 256 KB, nesting of 8, 64 playbooks a file.</remarks>
public static class PlaybookLoader
{
    private const int TextLengthMax = 256 * 1024;
    private const int DepthMax = 8;
    private const int PlaybooksMax = 64;

    /// <summary>Reads a file of one or more YAML documents, one playbook each.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="fileName">Its name, for errors.</param>
    public static PlaybookFile Load(string text, string fileName)
    {
        ArgumentNullException.ThrowIfNull(text);
        var errors = new List<PlaybookError>();
        var playbooks = new List<Playbook>();
        if (text.Length > TextLengthMax)
            return new PlaybookFile([], [new PlaybookError(fileName, 1, $"A playbook file has at most {TextLengthMax} characters.")]);
        try
        {
            RefuseTraps(text);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents.Count is 0 or > PlaybooksMax)
                errors.Add(new PlaybookError(fileName, 1, $"A playbook file holds 1 to {PlaybooksMax} playbooks."));
            foreach (var document in stream.Documents.Take(PlaybooksMax))
            {
                if (new PlaybookReader(fileName, errors).Read(document.RootNode) is { } playbook)
                    playbooks.Add(playbook);
            }
        }
        catch (YamlException fault)
        {
            errors.Add(new PlaybookError(fileName, fault.Start.Line, $"This is not YAML we read: {fault.Message}"));
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // The YAML scanner answers some broken texts with exceptions of its inner parts, which carry no line.
            errors.Add(new PlaybookError(fileName, 1, $"This is not YAML we read: {fault.Message}"));
        }
        return errors.Count > 0 ? new PlaybookFile([], errors) : new PlaybookFile(playbooks, []);
    }

    /// <summary>
    /// Walks the flat parse events first, because the tree is built recursively: depth would exhaust the stack and aliases the memory.
    /// </summary>
    internal static void RefuseTraps(string text)
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
