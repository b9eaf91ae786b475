using System.Text.Json;

namespace SentinelHealth.Integration.Tests;

/// <summary>A small run of the program that measures the state of many actors.</summary>
public sealed class ActorStateTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_state_of_many_actors_is_held_saved_and_restored_as_it_was()
    {
        using TemporaryFolder folder = new();

        var (code, said) = await BenchmarkProgram.RunAsync(
            "actor-state", "--actors", "6000", "--partitions", "3", "--first-partition", "1", "--folder", folder.Path);

        output.WriteLine(said);
        var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(0, code);
        Assert.Equal([1, 2], lines.SkipLast(1).Select(line => line.GetProperty("partition").GetInt32()));
        Assert.All(lines.SkipLast(1), line =>
        {
            Assert.InRange(line.GetProperty("actorsHeld").GetInt32(), 2_000, 3_000);
            Assert.Equal(4 * line.GetProperty("actorsHeld").GetInt64(), line.GetProperty("events").GetInt64());
            Assert.True(line.GetProperty("isRestoredSame").GetBoolean());
            Assert.Equal(line.GetProperty("laterEvents").GetInt32(), line.GetProperty("laterEventsAlike").GetInt32());
        });
        Assert.Equal(
            lines.SkipLast(1).Sum(line => line.GetProperty("actorsHeld").GetInt64()), lines[^1].GetProperty("actorsHeld").GetInt64());
        Assert.Empty(Directory.EnumerateFiles(folder.Path));
    }
}
