using SentinelHealth.Response.Yaml;

namespace SentinelHealth.Response.Policy;

/// <summary>What a playbook file holds, or every fault in it. A file with a fault yields no playbook.</summary>
/// <param name="Playbooks">Its playbooks in order; empty when there are errors.</param>
/// <param name="Errors">Its faults in order.</param>
public sealed record PlaybookFile(IReadOnlyList<Playbook> Playbooks, IReadOnlyList<YamlFault> Errors);

/// <summary>Reads playbooks from YAML, strictly: an unknown key or an odd value is an error with its line, never a guess.</summary>
/// <remarks>Pure: the text comes as an argument. Never throws on any text. Bounds: 256 KB, nesting of 8, 64 playbooks a file.</remarks>
public static class PlaybookLoader
{
    /// <summary>Reads a file of one or more YAML documents, one playbook each.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="fileName">Its name, for errors.</param>
    public static PlaybookFile Load(string text, string fileName)
    {
        var (playbooks, faults) = YamlDocuments.Read(
            text, fileName, "playbooks", (root, found) => new PlaybookReader(fileName, found).Read(root));
        return new PlaybookFile(playbooks, faults);
    }
}
