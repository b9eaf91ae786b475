using System.Text.Json;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Commands;

public sealed class SimulateCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_seed_gives_the_same_bytes_and_another_seed_others()
    {
        await SimulateAsync("a", "--seed", "7");
        await SimulateAsync("b", "--seed", "7");
        await SimulateAsync("c", "--seed", "8");

        Assert.Equal(await File.ReadAllBytesAsync(_folder.File("a")), await File.ReadAllBytesAsync(_folder.File("b")));
        Assert.NotEqual(await File.ReadAllBytesAsync(_folder.File("a")), await File.ReadAllBytesAsync(_folder.File("c")));
    }

    [Fact]
    public async Task The_ground_truth_names_events_that_are_there()
    {
        await SimulateAsync("events", "--attacks", "no-consent-access,rogue-node");

        var ids = File.ReadLines(_folder.File("events")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetString()).ToHashSet();
        var labels = File.ReadLines(_folder.File("labels")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.NotEmpty(labels);
        Assert.All(labels, label =>
        {
            Assert.Equal(["eventId", "attack", "attackId"], label.EnumerateObject().Select(member => member.Name));
            Assert.Contains(label.GetProperty("eventId").GetString(), ids);
            Assert.Contains(label.GetProperty("attack").GetString(), new[] { "no-consent-access", "rogue-node" });
        });
    }

    [Fact]
    public async Task Without_attacks_there_is_nothing_to_label()
    {
        await SimulateAsync("events", "--attacks", "none");

        Assert.Equal(0, new FileInfo(_folder.File("labels")).Length);
    }

    [Theory]
    [InlineData("--days", "0")]
    [InlineData("--days", "many")]
    [InlineData("--events-per-day", "1")]
    [InlineData("--attacks", "gossip")]
    [InlineData("--attacks", "")]
    [InlineData("--labels", "-")]
    public async Task A_wish_that_cannot_be_simulated_is_exit_code_2(string option, string value)
    {
        string[] others = option == "--labels" ? ["--out", "-"] : ["--out", _folder.File("x"), "--labels", _folder.File("y")];

        var run = await CommandRun.OfAsync(["simulate", .. others, option, value]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
    }

    private async Task SimulateAsync(string name, params string[] more)
    {
        var run = await CommandRun.OfAsync(
            ["simulate", "--out", _folder.File(name), "--labels", _folder.File("labels"), "--days", "2", "--events-per-day", "800", .. more]);
        Assert.Equal(0, run.ExitCode);
    }
}
