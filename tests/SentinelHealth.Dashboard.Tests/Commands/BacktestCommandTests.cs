using System.Text.Json;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Commands;

public sealed class BacktestCommandTests : IDisposable
{
    private const string Policy = """
        name: suspend-anybody
        mode: automatic
        when:
          entities: [actor]
        actions:
          - kind: suspendActor
            ttl: 4h
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_same_input_and_policy_give_the_same_bytes_and_end_with_the_sum()
    {
        await PrepareAsync(Policy);

        var first = await RunAsync();
        var second = await RunAsync();

        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Equal(first.Output, second.Output);
        var lines = first.Output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var sum = lines[^1];
        Assert.True(sum.GetProperty("actions").GetInt32() > 0, first.Output);
        Assert.Equal(lines.Count - 1, sum.GetProperty("actions").GetInt32() + sum.GetProperty("proposals").GetInt32()
            + sum.GetProperty("reviews").GetInt32() + sum.GetProperty("refusals").EnumerateObject().Sum(one =>
                one.Value.GetInt32()));
    }

    [Fact]
    public async Task A_policy_that_is_none_is_named_with_file_and_line()
    {
        await PrepareAsync(Policy.Replace("suspendActor", "deleteActor", StringComparison.Ordinal));

        var run = await RunAsync();

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("policy.yaml:6:", run.Error, StringComparison.Ordinal);
    }

    private async Task PrepareAsync(string policy)
    {
        await File.WriteAllTextAsync(_folder.File("policy.yaml"), policy);
        var simulated = await CommandRun.OfAsync(
            "simulate", "--out", _folder.File("events"), "--labels", _folder.File("labels"), "--days", "1", "--events-per-day",
                "3000");
        Assert.Equal(0, simulated.ExitCode);
    }

    private Task<CommandRun> RunAsync() =>
        CommandRun.OfAsync("backtest", "--input", _folder.File("events"), "--policy", _folder.File("policy.yaml"));
}
