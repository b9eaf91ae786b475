using System.Text.RegularExpressions;

namespace SentinelHealth.Architecture.Tests;

public sealed partial class DocumentationTests
{
    private static readonly string[] Headings = ["## Context", "## Decision", "## Consequences", "## Rejected"];

    private static IEnumerable<RepositoryFile> Documents => Repository.Files.Where(file => file.Path.EndsWith(".md", StringComparison.Ordinal));

    [Fact]
    public void Every_relative_link_leads_to_a_file() =>
        Findings.None(
            from document in Documents
            from Match match in Link().Matches(document.Text)
            let target = match.Groups["target"].Value.Split('#')[0]
            where target.Length > 0 && !target.Contains(':', StringComparison.Ordinal)
            where !Path.Exists(Beside(document, target))
            select $"{document.Path}: {target}",
            "A link leads nowhere.");

    [Fact]
    public void Every_heading_that_is_linked_to_exists() =>
        Findings.None(
            from document in Documents
            from Match match in Link().Matches(document.Text)
            let parts = match.Groups["target"].Value.Split('#')
            where parts.Length == 2 && !parts[0].Contains(':', StringComparison.Ordinal)
            let target = parts[0].Length == 0 ? document.FullPath : Beside(document, parts[0])
            where target.EndsWith(".md", StringComparison.Ordinal) && File.Exists(target) && !Anchors(target).Contains(parts[1])
            select $"{document.Path}: {match.Groups["target"].Value}",
            "A link names a heading that is not there.");

    [Fact]
    public void The_architecture_can_be_read_in_one_sitting() =>
        Assert.InRange(Repository.File("ARCHITECTURE.md").Lines.Length, 80, 249);

    [Theory]
    [InlineData("README.md")]
    [InlineData("ARCHITECTURE.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("SECURITY.md")]
    [InlineData("CHANGELOG.md")]
    public void Every_document_a_newcomer_looks_for_is_there(string path) =>
        Assert.StartsWith("# ", Repository.File(path).Text, StringComparison.Ordinal);

    [Fact]
    public void The_licence_is_apache_2()
    {
        var licence = Repository.File("LICENSE").Text;

        Assert.Contains("Version 2.0, January 2004", licence, StringComparison.Ordinal);
        Assert.Contains("END OF TERMS AND CONDITIONS", licence, StringComparison.Ordinal);
    }

    [Fact]
    public void The_eight_invariants_are_written_down_once()
    {
        var lines = Repository.File("ARCHITECTURE.md").Lines;

        Assert.All(Enumerable.Range(1, 8), number =>
            Assert.Single(lines, line => line.StartsWith($"| I{number} |", StringComparison.Ordinal)));
    }

    [Fact]
    public void Decisions_are_numbered_without_gaps_and_told_in_one_shape()
    {
        var records = Repository.Under("docs/adr").ToList();

        Assert.Equal(
            Enumerable.Range(1, records.Count).Select(number => $"{number:0000}-"),
            records.Select(record => record.Name[..5]));
        Assert.All(records, record => Assert.All(
            Headings, heading => Assert.Contains(heading, record.Lines)));
    }

    [Fact]
    public void Decisions_that_are_cited_exist()
    {
        var known = Repository.Under("docs/adr").Select(record => record.Name[..4]).ToHashSet();

        Findings.None(
            from file in Repository.Files
            where file.Path.EndsWith(".cs", StringComparison.Ordinal) || file.Path.EndsWith(".props", StringComparison.Ordinal)
                || file.Path.EndsWith(".csproj", StringComparison.Ordinal) || file.Path.EndsWith(".md", StringComparison.Ordinal)
            from Match match in Citation().Matches(file.Text)
            where !known.Contains(match.Groups["number"].Value)
            select $"{file.Path}: {match.Value}",
            "A decision is cited that is not in docs/adr.");
    }

    private static HashSet<string> Anchors(string path) =>
        [.. from line in File.ReadLines(path)
            where line.StartsWith('#')
            let title = line.TrimStart('#').Trim().ToLowerInvariant()
            let kept = title.Where(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-')
            select new string([.. kept]).Replace(' ', '-')];

    private static string Beside(RepositoryFile document, string target) =>
        Path.Combine(Path.GetDirectoryName(document.FullPath)!, target);

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\bADR (?<number>\d{4})\b")]
    private static partial Regex Citation();
}
