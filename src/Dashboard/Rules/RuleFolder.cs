using SentinelHealth.Detection.Rules.Sigma;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Dashboard.Rules;

/// <summary>What a folder of rules held at one moment.</summary>
/// <param name="Files">What came of each file, by its path below the folder.</param>
/// <param name="Mark">Another number when files came, went or were changed.</param>
internal sealed record RuleFolder(IReadOnlyList<SigmaLoadResult> Files, ulong Mark)
{
    /// <summary>The rules shipped with the program.</summary>
    public static string Shipped { get; } = Path.Combine(AppContext.BaseDirectory, "rules");

    /// <summary>Reads every file of rules below a folder.</summary>
    /// <exception cref="IOException">The folder or one of its files cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">One of its files may not be read.</exception>
    public static RuleFolder Read(string folder)
    {
        // Taken before reading: what changes meanwhile is seen by the next look.
        var mark = MarkOf(folder);
        var files = RuleFiles.Below(folder)
            .Select(file => SigmaLoader.Read(Path.GetRelativePath(folder, file), RuleFiles.Read(file)));
        return new RuleFolder([.. files], mark);
    }

    /// <summary>A number for the names, lengths and times of the files, without reading them.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static ulong MarkOf(string folder)
    {
        var mark = 1UL;
        foreach (var file in RuleFiles.Below(folder).Select(path => new FileInfo(path)))
            mark = StableHash.Combine(mark, StableHash.Of(System.Text.Encoding.UTF8.GetBytes(
                FormattableString.Invariant($"{file.FullName}|{file.Length}|{file.LastWriteTimeUtc.Ticks}"))));
        return mark;
    }
}
