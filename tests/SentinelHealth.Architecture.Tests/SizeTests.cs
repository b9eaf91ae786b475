using System.Text.RegularExpressions;

namespace SentinelHealth.Architecture.Tests;

public sealed partial class SizeTests
{
    private const int FileLinesMax = 400;
    private const int MethodLinesMax = 60;
    private const int LineCharactersMax = 130;

    private static readonly string[] CodeEndings = [".cs", ".razor", ".sol", ".css", ".mjs"];

    private static IEnumerable<RepositoryFile> Code =>
        Repository.Files.Where(file => CodeEndings.Any(ending => file.Path.EndsWith(ending, StringComparison.Ordinal)));

    [Fact]
    public void No_file_is_longer_than_a_reader_can_hold() =>
        Findings.None(
            from file in Code
            let lines = file.Lines.Length
            where lines > FileLinesMax
            select $"{file.Path}: {lines} lines",
            $"A file is one idea and has at most {FileLinesMax} lines.");

    [Fact]
    public void No_method_is_longer_than_a_screen() =>
        Findings.None(
            from file in Repository.CSharp
            from body in MethodBodies(file.Lines)
            where body.Lines > MethodLinesMax
            select $"{file.Path}:{body.StartLine}: {body.Lines} lines",
            $"A method has at most {MethodLinesMax} lines.");

    [Fact]
    public void No_line_of_code_runs_off_the_screen() =>
        Findings.None(
            from file in Repository.CSharp
            from line in OutsideRawTexts(file.Lines)
            where line.Text.Length > LineCharactersMax && !MayBeLong().IsMatch(line.Text)
            select $"{file.Path}:{line.Number}: {line.Text.Trim()}",
            $"A line of code has at most {LineCharactersMax} characters.");

    [Theory]
    [InlineData(60, 0)]
    [InlineData(61, 1)]
    public void The_method_measure_counts_the_lines_between_the_braces(int bodyLines, int findings)
    {
        var body = Enumerable.Repeat("        x++;", bodyLines);
        string[] source = ["public class C", "{", "    void M()", "    {", .. body, "    }", "}"];

        Assert.Equal(findings, MethodBodies(source).Count(found => found.Lines > MethodLinesMax));
    }

    /// <summary>
    /// Bodies by their braces. The formatter keeps a member's braces on lines of their own at the member's indentation, so
    /// matching indentation is enough; bodies of types are left out.
    /// </summary>
    private static IEnumerable<(int StartLine, int Lines)> MethodBodies(string[] lines)
    {
        for (var start = 1; start < lines.Length; start++)
        {
            if (lines[start].TrimStart() != "{" || TypeHeader().IsMatch(Header(lines, start)))
                continue;
            var indent = lines[start][..^1];
            var end = Array.FindIndex(lines, start + 1, line => line.StartsWith(indent + "}", StringComparison.Ordinal));
            if (end > 0)
                yield return (start + 1, end - start - 1);
        }
    }

    /// <summary>Lines of code; statements of a database inside a raw text have a shape of their own.</summary>
    private static IEnumerable<(int Number, string Text)> OutsideRawTexts(string[] lines)
    {
        var isRaw = false;
        for (var index = 0; index < lines.Length; index++)
        {
            if (!isRaw)
                yield return (index + 1, lines[index]);
            // A raw text that begins and ends on one line leaves the state as it was.
            isRaw ^= lines[index].Split("\"\"\"").Length % 2 == 0;
        }
    }

    /// <summary>The lines right above a brace that belong to the same declaration.</summary>
    private static string Header(string[] lines, int brace)
    {
        var first = brace;
        while (first > 0 && IsPartOfDeclaration(lines[first - 1].Trim()))
            first--;
        return string.Join(' ', lines[first..brace]);
    }

    private static bool IsPartOfDeclaration(string line) =>
        line.Length > 0 && line[^1] is not (';' or '}' or '{') && !line.StartsWith("//", StringComparison.Ordinal);

    /// <summary>Texts, documentation of a contract and the sentences that name tests cannot always be broken.</summary>
    [GeneratedRegex(@"""|^\s*//|\b(void|Task) [A-Z]\w*_\w+\(")]
    private static partial Regex MayBeLong();

    [GeneratedRegex(@"(^|\s)(class|struct|interface|enum|record|namespace)\s")]
    private static partial Regex TypeHeader();
}
