using System.Text;
using System.Text.RegularExpressions;

namespace SentinelHealth.Architecture.Tests;

/// <summary>Answers which value .editorconfig gives a key for a file. Knows the globs this repository uses: *, ** and {a,b}.</summary>
internal sealed class EditorConfig
{
    private readonly List<(Regex Files, Dictionary<string, string> Values)> _sections = [];

    public EditorConfig(IEnumerable<string> lines)
    {
        foreach (var line in lines.Select(line => line.Trim()).Where(line => !line.StartsWith('#')))
        {
            var at = line.IndexOf('=', StringComparison.Ordinal);
            if (line.StartsWith('[') && line.EndsWith(']'))
                _sections.Add((ToRegex(line[1..^1]), []));
            else if (at > 0 && _sections.Count > 0)
                _sections[^1].Values[line[..at].Trim()] = line[(at + 1)..].Trim();
        }
    }

    /// <summary>The value of the last section that matches, as the compiler would see it; null when none does.</summary>
    public string? Value(string path, string key) =>
        _sections.LastOrDefault(section => section.Files.IsMatch(path) && section.Values.ContainsKey(key)).Values?[key];

    private static Regex ToRegex(string glob)
    {
        // A glob without a slash matches in every folder.
        var pattern = new StringBuilder(glob.Contains('/') ? "^" : "^(?:.*/)?");
        var depth = 0;
        for (var i = 0; i < glob.Length; i++)
        {
            var isDouble = glob[i] == '*' && i + 1 < glob.Length && glob[i + 1] == '*';
            pattern.Append(glob[i] switch
            {
                '*' when isDouble => ".*",
                '*' => "[^/]*",
                '{' => "(?:",
                '}' => ")",
                ',' when depth > 0 => "|",
                var other => Regex.Escape(other.ToString()),
            });
            depth += glob[i] switch { '{' => 1, '}' => -1, _ => 0 };
            i += isDouble ? 1 : 0;
        }
        return new Regex(pattern.Append('$').ToString());
    }
}
