using SentinelHealth.Response.Policy;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>Reads the response policies of a folder.</summary>
internal static class PlaybookFolder
{
    private const int FilesMax = 256;
    private const long FileBytesMax = 1 << 20;

    /// <summary>The policies shipped with the program.</summary>
    public static string Shipped { get; } = Path.Combine(AppContext.BaseDirectory, "playbooks");

    /// <summary>Every playbook, or every problem as <c>file:line: sentence</c>. One bad file keeps all from being used.</summary>
    public static (PlaybookSet Playbooks, IReadOnlyList<string> Problems) Load(string folder)
    {
        if (!Directory.Exists(folder))
            return (PlaybookSet.Empty, [$"{folder}: There is no such folder."]);
        var playbooks = new List<Playbook>();
        var problems = new List<string>();
        var files = Directory.EnumerateFiles(folder, "*.yaml").Order(StringComparer.Ordinal).Take(FilesMax + 1).ToList();
        if (files.Count is 0 or > FilesMax)
            problems.Add($"{folder}: Holds {(files.Count == 0 ? "no" : "too many")} files named *.yaml; 1 to {FilesMax} are read.");
        foreach (var file in files.Take(FilesMax))
        {
            if (new FileInfo(file).Length > FileBytesMax)
            {
                problems.Add($"{file}: Longer than {FileBytesMax} bytes.");
                continue;
            }
            var read = PlaybookLoader.Load(File.ReadAllText(file), Path.GetFileName(file));
            playbooks.AddRange(read.Playbooks);
            problems.AddRange(read.Errors.Select(error => error.ToString()));
        }
        problems.AddRange(playbooks.GroupBy(playbook => playbook.Name, StringComparer.Ordinal).Where(group => group.Count() > 1)
            .Select(group => $"{folder}: The playbook {group.Key} is there more than once."));
        return problems.Count == 0 ? (new PlaybookSet(playbooks), problems) : (PlaybookSet.Empty, problems);
    }
}
