using System.Security.Cryptography;
using System.Text;
using SentinelHealth.Detection.Rules.Sigma;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Dashboard.Rules;

/// <summary>What a folder of rules held at one moment.</summary>
/// <param name="Files">What came of each file, by its path below the folder.</param>
/// <param name="Mark">Another number when files came, went or were changed.</param>
internal sealed record RuleFolder(IReadOnlyList<SigmaLoadResult> Files, ulong Mark)
{
    /// <summary>SHA-256 over the paths and contents of the files, in lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The rules shipped with the program.</summary>
    public static string Shipped { get; } = Path.Combine(AppContext.BaseDirectory, "rules");

    /// <summary>Reads every file of rules below a folder.</summary>
    /// <exception cref="IOException">The folder or one of its files cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">One of its files may not be read.</exception>
    public static RuleFolder Read(string folder)
    {
        // Taken before reading: what changes meanwhile is seen by the next look.
        var mark = MarkOf(folder);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var files = new List<SigmaLoadResult>();
        foreach (var file in RuleFiles.Below(folder))
        {
            var (name, text) = (Path.GetRelativePath(folder, file), RuleFiles.Read(file));
            // Lengths keep one file's end and the next one's name apart.
            digest.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{name.Length}:{name}{text.Length}:{text}")));
            files.Add(SigmaLoader.Read(name, text));
        }
        return new RuleFolder(files, mark) { Sha256 = Convert.ToHexStringLower(digest.GetHashAndReset()) };
    }

    /// <summary>A number for the names, lengths and times of the files, without reading them.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static ulong MarkOf(string folder)
    {
        var mark = 1UL;
        foreach (var file in RuleFiles.Below(folder).Select(path => new FileInfo(path)))
            mark = StableHash.Combine(mark, StableHash.Of(Encoding.UTF8.GetBytes(
                FormattableString.Invariant($"{file.FullName}|{file.Length}|{file.LastWriteTimeUtc.Ticks}"))));
        return mark;
    }
}
