using System.Text.RegularExpressions;
using SentinelHealth.Dashboard.Commands;

namespace SentinelHealth.Architecture.Tests;

/// <summary>README promises what the program does: neither more nor less.</summary>
public sealed partial class CommandTableTests
{
    private static IReadOnlyList<string> Promised =>
        [.. Repository.File("README.md").Lines.Select(line => TableRow().Match(line)).Where(row => row.Success).Select(row => row.Groups["command"].Value)];

    [Fact]
    public async Task Every_command_in_the_table_exists_with_every_option_it_shows()
    {
        foreach (var command in Promised)
        {
            var words = command.Split(' ').TakeWhile(word => char.IsLetter(word[0])).ToList();
            var help = await HelpAsync([.. words]);

            // The usage line begins with the name of the running program, which is another one under test.
            Assert.Contains($" {string.Join(' ', words)}", help[help.IndexOf("Usage:", StringComparison.Ordinal)..], StringComparison.Ordinal);
            Assert.All(Option().Matches(command), option => Assert.Contains(option.Value, help, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Every_command_that_exists_is_in_the_table()
    {
        var help = await HelpAsync([]);
        var listed = help[help.IndexOf("Commands:", StringComparison.Ordinal)..];

        Assert.All(
            HelpRow().Matches(listed).Select(row => row.Groups["name"].Value),
            name => Assert.Contains(Promised, command => command.Split(' ')[0] == name));
    }

    private static async Task<string> HelpAsync(string[] words)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var surroundings = CommandSurroundings.OfProcess() with { Output = output, Error = errors };

        Assert.Equal(0, await SentinelCommandLine.RunAsync([.. words, "--help"], surroundings, TestContext.Current.CancellationToken));
        return output.ToString();
    }

    [GeneratedRegex(@"^\| `(?<command>[a-z][^`]*)` \|")]
    private static partial Regex TableRow();

    [GeneratedRegex("--[a-z-]+")]
    private static partial Regex Option();

    [GeneratedRegex(@"^  (?<name>[a-z]+)\b", RegexOptions.Multiline)]
    private static partial Regex HelpRow();
}
