using System.Text.Json;
using SentinelHealth.Testing;

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
        var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var partitions = lines.SkipLast(1).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(0, code);
        Assert.Equal([1, 2], partitions.Select(one => one.GetProperty("partition").GetInt32()));
        Assert.All(partitions, one =>
        {
            Assert.InRange(one.GetProperty("actorsHeld").GetInt32(), 2_000, 3_000);
            Assert.Equal(4 * one.GetProperty("actorsHeld").GetInt32(), one.GetProperty("events").GetInt32());
            Assert.True(one.GetProperty("isRestoredSame").GetBoolean());
            Assert.InRange(one.GetProperty("laterEvents").GetInt32(), 100, 1_000);
            Assert.Equal(one.GetProperty("laterEvents").GetInt32(), one.GetProperty("laterEventsAlike").GetInt32());
        });
        Assert.Equal(
            partitions.Sum(one => one.GetProperty("actorsHeld").GetInt32()),
            JsonDocument.Parse(lines[^1]).RootElement.GetProperty("actorsHeld").GetInt32());
        Assert.Empty(Directory.EnumerateFiles(folder.Path));
    }
}
