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
        var progress = new LastValue();

        var written = await SimulationWriter.WriteAsync(
            SimulatedRuns.WithAttacks, output, labels, progress, TestContext.Current.CancellationToken);

        var lines = Lines(output);
        Assert.Equal(SimulatedRuns.WithAttacks.Count, written);
        Assert.Equal(written, progress.Value);
        Assert.Equal(SimulatedRuns.WithAttacks.Select(one => one.Id), lines.Select(line => line.Text("id")!));
        var expected = SimulatedRuns.WithAttacks.Where(one => one.Attack is not null).Select(one =>
            (one.Id, one.Attack, one.AttackId));
        Assert.Equal(expected, Lines(labels).Select(line => (line.Text("eventId")!, line.Text("attack"), line.Text("attackId"))));
    }

    [Fact]
    public async Task A_cancelled_writer_stops()
    {
        using var output = new MemoryStream();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            SimulationWriter.WriteAsync(SimulatedRuns.WithoutAttacks, output, null, null, new CancellationToken(true)));
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
