using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Dashboard.Rules;

/// <summary>Which files below a path hold rules, and which their tests.</summary>
internal static class RuleFiles
{
    /// <summary>Files at most.</summary>
    public const int FilesMax = 20_000;

    private const string TestEnding = ".test";
    private static readonly string[] Extensions = [".yml", ".yaml"];

    /// <summary>Files of rules: a file itself, or all below a folder, in order of their names. Tests and the like are none.</summary>
    /// <exception cref="IOException">There is no such file, or there are too many.</exception>
    public static IReadOnlyList<string> Below(string path)
    {
        if (File.Exists(path))
            return [path];
        if (!Directory.Exists(path))
            throw new FileNotFoundException($"{path}: There is no such file or folder.");
        var files = Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Where(IsRule).Take(FilesMax + 1)
            .Order(StringComparer.Ordinal).ToList();
        return files.Count <= FilesMax ? files : throw new IOException($"{path}: More than {FilesMax} files.");
    }

    /// <summary>The file with the tests of a file of rules; null when there is none.</summary>
    public static string? TestsOf(string file) =>
        Extensions.Select(extension => Path.ChangeExtension(file, null) + TestEnding + extension).FirstOrDefault(File.Exists);

    /// <summary>Reads a file of rules. One that is longer than any may be is told so by the loader.</summary>
    public static string Read(string file)
    {
        using var reader = new StreamReader(file);
        var text = new char[SigmaLoader.CharactersMax + 1];
        return new string(text, 0, reader.ReadBlock(text));
    }

    private static bool IsRule(string file) => Extensions.Contains(Path.GetExtension(file))
        && !Path.GetFileNameWithoutExtension(file).EndsWith(TestEnding, StringComparison.Ordinal);
}
