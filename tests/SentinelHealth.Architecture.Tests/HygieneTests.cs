using System.Text.RegularExpressions;

namespace SentinelHealth.Architecture.Tests;

public sealed partial class HygieneTests
{
    private static readonly string[] Binary = [".png", ".jpg", ".ico", ".woff2", ".zip", ".pdf"];

    /// <summary>What only the machine or the network of one developer knows. Split so that this file does not find itself.</summary>
    private static readonly string[] OfOneMachine =
    [
        "/wo" + "rk/", "/fa" + "rm/", "/ro" + "ot/", "/ho" + "me/", "C:" + "\\Users", "registry." + "npmjs", "api." + "nuget.org", "/tmp" + "/bash",
    ];

    private static IEnumerable<RepositoryFile> Texts =>
        Repository.Files.Where(file => !Binary.Any(ending => file.Path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)));

    private static IEnumerable<RepositoryFile> OwnCode =>
        Texts.Where(file => file.Path.EndsWith(".cs", StringComparison.Ordinal) || file.Path.EndsWith(".razor", StringComparison.Ordinal)
            || file.Path.EndsWith(".sol", StringComparison.Ordinal) || file.Path.EndsWith(".mjs", StringComparison.Ordinal));

    /// <summary>This project names what it forbids, so it is not held to it.</summary>
    private static IEnumerable<RepositoryFile> HeldCode =>
        OwnCode.Where(file => !file.Path.StartsWith("tests/SentinelHealth.Architecture.Tests/", StringComparison.Ordinal));

    private static IEnumerable<RepositoryFile> Tests => HeldCode.Where(file => file.Path.StartsWith("tests/", StringComparison.Ordinal));

    [Fact]
    public void Nothing_names_a_machine_or_a_registry() =>
        Findings.None(
            Findings.InLines(
                Texts.Where(file => file.Name != "package-lock.json"),
                line => OfOneMachine.Any(path => line.Contains(path, StringComparison.Ordinal))),
            "The repository works on every machine, so it names none.");

    /// <summary>A lock file without addresses is fetched from whatever registry the reader's npm is set to.</summary>
    [Fact]
    public void The_lock_file_of_the_contracts_names_no_registry() =>
        Findings.None(
            Findings.InLines(
                Texts.Where(file => file.Name == "package-lock.json"),
                line => line.Contains("\"resolved\"", StringComparison.Ordinal) && line.Contains("://", StringComparison.Ordinal)),
            "Write the lock file with omit-lockfile-registry-resolved=true.");

    [Fact]
    public void Nothing_is_left_half_done() =>
        Findings.None(
            Findings.InLines(HeldCode, line => UnfinishedMark().IsMatch(line)),
            "Finish it, or write an issue.");

    [Fact]
    public void No_test_is_skipped() =>
        Findings.None(
            Findings.InLines(Tests, line => SkippedTest().IsMatch(line)),
            "A test runs or is deleted.");

    [Fact]
    public void No_error_is_swallowed() =>
        Findings.None(
            from file in HeldCode
            from Match match in EmptyCatch().Matches(file.Text)
            select $"{file.Path}:{file.Text.AsSpan(0, match.Index).Count('\n') + 1}",
            "An empty catch hides a fault. Handle it, or say in the block why nothing is to be done.");

    [Fact]
    public void Unit_tests_do_not_sleep() =>
        Findings.None(
            Findings.InLines(Tests.Where(IsUnitTest), line => Sleep().IsMatch(line)),
            "A unit test moves its own clock and waits for nothing.");

    [Fact]
    public void No_third_party_file_is_kept_here() =>
        Findings.None(
            Repository.Files.Select(file => file.Path).Where(path =>
                path.EndsWith("blazor.web.js", StringComparison.Ordinal) || path.EndsWith(".min.js", StringComparison.Ordinal)
                || path.EndsWith(".dll", StringComparison.Ordinal) || path.EndsWith(".so", StringComparison.Ordinal)),
            "Third-party files are fetched by the build.");

    private static bool IsUnitTest(RepositoryFile file) =>
        !file.Path.Contains(".Browser.", StringComparison.Ordinal) && !file.Path.Contains(".Integration.", StringComparison.Ordinal)
        && !file.Path.Contains(".Contracts.", StringComparison.Ordinal) && !file.Path.Contains(".Testing/", StringComparison.Ordinal);

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException")]
    private static partial Regex UnfinishedMark();

    [GeneratedRegex(@"\bSkip\s*=\s*""|SkipWhen\s*=|SkipUnless\s*=|Assert\.Skip|\[Ignore\b")]
    private static partial Regex SkippedTest();

    [GeneratedRegex(@"catch\s*(\([^)]*\))?\s*(when\s*\([^{]*\)\s*)?\{\s*\}")]
    private static partial Regex EmptyCatch();

    [GeneratedRegex(@"Thread\.Sleep|Task\.Delay\((?!Timeout\.Infinite)|DateTime(Offset)?\.(Utc)?Now\b")]
    private static partial Regex Sleep();
}
