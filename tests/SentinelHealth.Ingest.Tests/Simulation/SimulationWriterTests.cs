using System.Text;
using System.Text.Json;
using SentinelHealth.Ingest.Simulation;

namespace SentinelHealth.Ingest.Tests.Simulation;

public sealed class SimulationWriterTests
{
    [Fact]
    public async Task Events_and_labels_become_lines_that_name_each_other()
    {
        using var output = new MemoryStream();
        using var labels = new MemoryStream();
        using var oddities = new MemoryStream();
        var progress = new LastValue();

        var written = await SimulationWriter.WriteAsync(
            SimulatedRuns.WithAttacks, output, new SimulationTruth(labels, oddities), progress,
            TestContext.Current.CancellationToken);

        var lines = Lines(output);
        Assert.Equal(SimulatedRuns.WithAttacks.Count, written);
        Assert.Equal(written, progress.Value);
        Assert.Equal(SimulatedRuns.WithAttacks.Select(one => one.Id), lines.Select(line => line.Text("id")!));
        var expected = SimulatedRuns.WithAttacks.Where(one => one.Attack is not null).Select(one =>
            (one.Id, one.Attack, one.AttackId));
        Assert.Equal(expected, Lines(labels).Select(line => (line.Text("eventId")!, line.Text("attack"), line.Text("attackId"))));
        var odd = SimulatedRuns.WithAttacks.Where(one => one.Oddity is not null)
            .Select(one => (one.Id, one.Oddity, one.OddityId));
        Assert.Equal(odd, Lines(oddities).Select(line => (line.Text("eventId")!, line.Text("oddity"), line.Text("oddityId"))));
    }

    [Fact]
    public void What_is_unusual_but_honest_is_named_and_never_part_of_an_attack()
    {
        var odd = SimulatedRuns.WithAttacks.Where(one => one.Oddity is not null).ToList();

        Assert.Superset(new HashSet<string> { "emergency", "nightlyBatch" }, odd.Select(one => one.Oddity!).ToHashSet());
        Assert.DoesNotContain(odd, one => one.Attack is not null);
        Assert.All(odd, one => Assert.StartsWith(one.Oddity!, one.OddityId!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cancelled_writer_stops()
    {
        using var output = new MemoryStream();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            SimulationWriter.WriteAsync(
                SimulatedRuns.WithoutAttacks, output, new SimulationTruth(null), null, new CancellationToken(true)));
        Assert.Equal(0, output.Length);
    }

    private static List<JsonElement> Lines(MemoryStream stream) =>
        [.. Encoding.UTF8.GetString(stream.ToArray()).TrimEnd('\n').Split('\n').Select(line =>
            JsonDocument.Parse(line).RootElement)];

    private sealed class LastValue : IProgress<long>
    {
        public long Value { get; private set; }

        public void Report(long value) => Value = value;
    }
}
