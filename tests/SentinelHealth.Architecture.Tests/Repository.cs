using System.Runtime.CompilerServices;

namespace SentinelHealth.Architecture.Tests;

/// <summary>A file of the repository, by its path from the root with forward slashes.</summary>
internal sealed record RepositoryFile(string Path, string FullPath)
{
    public string Text => File.ReadAllText(FullPath);

    public string[] Lines => File.ReadAllLines(FullPath);

    public string Folder => Path.Contains('/') ? Path[..Path.LastIndexOf('/')] : "";

    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    public override string ToString() => Path;
}

/// <summary>The files people wrote. Folders that builds and tools fill are left out.</summary>
internal static class Repository
{
    private static readonly HashSet<string> Generated =
        [".git", "bin", "obj", "node_modules", ".cache", ".vs", ".idea", "BenchmarkDotNet.Artifacts", "sentinel-data"];

    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<RepositoryFile> Files { get; } =
        [.. Walk(new DirectoryInfo(Root)).OrderBy(file => file.Path, StringComparer.Ordinal)];

    public static IEnumerable<RepositoryFile> CSharp => Files.Where(file => file.Path.EndsWith(".cs", StringComparison.Ordinal));

    public static IEnumerable<RepositoryFile> Under(string folder) =>
        Files.Where(file => file.Path.StartsWith(folder + "/", StringComparison.Ordinal));

    public static RepositoryFile File(string path) =>
        Files.FirstOrDefault(file => file.Path == path) ?? throw new FileNotFoundException($"The repository has no {path}.");

    private static IEnumerable<RepositoryFile> Walk(DirectoryInfo folder)
    {
        foreach (var file in folder.EnumerateFiles().Where(file => file.LinkTarget is null && file.Name != ".git"))
            yield return new RepositoryFile(Path.GetRelativePath(Root, file.FullName).Replace('\\', '/'), file.FullName);
        foreach (var child in folder.EnumerateDirectories().Where(IsOurs))
        {
            foreach (var file in Walk(child))
                yield return file;
        }
    }

    private static bool IsOurs(DirectoryInfo folder) =>
        folder.LinkTarget is null && !Generated.Contains(folder.Name) && folder.FullName != Path.Combine(Root, "artifacts");

    private static string FindRoot([CallerFilePath] string here = "")
    {
        // The build folder first, because a deterministic build may rewrite source paths.
        var starts = new[] { AppContext.BaseDirectory, Path.GetDirectoryName(here) };
        foreach (var start in starts.Where(Directory.Exists))
        {
            for (var folder = new DirectoryInfo(start!); folder is not null; folder = folder.Parent)
            {
                if (System.IO.File.Exists(Path.Combine(folder.FullName, "SentinelHealth.sln")))
                    return folder.FullName;
            }
        }
        throw new DirectoryNotFoundException("SentinelHealth.sln is in no folder above the tests.");
    }
}
