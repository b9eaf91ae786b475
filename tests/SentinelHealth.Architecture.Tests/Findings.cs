namespace SentinelHealth.Architecture.Tests;

/// <summary>Fails with every place that breaks a rule, so that one run is enough to mend them all.</summary>
internal static class Findings
{
    public static void None(IEnumerable<string> findings, string rule)
    {
        var found = findings.ToList();
        Assert.True(found.Count == 0, $"{rule}{Environment.NewLine}{string.Join(Environment.NewLine, found)}");
    }

    /// <summary>Every line of the files that the check objects to, as <c>path:line: text</c>.</summary>
    public static IEnumerable<string> InLines(IEnumerable<RepositoryFile> files, Func<string, bool> isWrong) =>
        from file in files
        from line in file.Lines.Index()
        where isWrong(line.Item)
        select $"{file.Path}:{line.Index + 1}: {line.Item.Trim()}";
}
