using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Intake;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Ingest.Simulation;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Monitoring;

/// <summary>Malformed records among a network's ordinary life, from the file to the last score.</summary>
public sealed class HostileStreamTests(ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_good_record_is_scored_once_and_every_bad_one_is_a_dead_letter_with_its_reason()
    {
        const int Good = 100_000, Bad = 1_000;
        using var folder = new TemporaryFolder();
        var simulated = new SimulationOptions { Seed = 11, Days = 6, EventsPerDay = 20_000 };
        var clock = new ManualClock(simulated.StartAt.AddDays(7));
        var events = new HospitalSimulator(simulated)
            .Events().Take(Good).Select(simulated => simulated.Json).ToList();
        var expected = HostileFile.Write(folder.File("mixed.ndjson"), events, Bad, TestSeed.Next(output));
        await using var log = SqliteEventLog.Open(new SqliteFile(folder.File("events.db")), new(), clock);
        using var letters = SqliteDeadLetters.Open(new SqliteFile(folder.File("letters.db")), new(), clock);
        var intake = new EventIntake(log, letters, new NativeEventDecoder(), clock);
        await Source(folder).RunAsync(intake, Cancel);
        var scores = new Dictionary<string, double>();
        using var bench = new PumpBench(
            log, letters, state => new KeepingEngine(state is null ? new(new()) : DetectionEngine.Load(state, new()), scores),
            new MonitorOptions());

        await bench.RunAsync();

        Assert.True(Good == events.Count, $"The simulation ended after {events.Count} events.");
        Assert.Equal(Good, scores.Count);
        Assert.DoesNotContain(scores.Values, score => score is not (>= 0 and <= 1));
        var stored = (await letters.NewestAsync(Bad + 1, Cancel)).Select(letter => letter.Letter).ToList();
        Assert.Equal(expected.ToDictionary(bad => bad.Key, bad => bad.Value.Expected),
            stored.ToDictionary(letter => letter.Place, letter => letter.Rejection.Reason));
        Assert.All(stored, letter => Assert.NotEmpty(letter.Rejection.Detail));
        var account = (await bench.Status.NetworkAsync(Cancel)).Conservation;
        Assert.Equal((Good, 0L, 0L), (account.Scored, account.Waiting, account.Imbalance));
    }

    private static FileSource Source(TemporaryFolder folder) => new(
        new FileSourceOptions
        {
            Name = "mixed",
            Path = folder.File("mixed.ndjson"),
            PositionPath = folder.File("position.json"),
            AtEnd = FileEnd.Stop,
        },
        TimeProvider.System,
        NullLogger<FileSource>.Instance);

    /// <summary>The real engine, with the last score of each event kept: an event whose order is put right is scored again.</summary>
    private sealed class KeepingEngine(DetectionEngine inner, Dictionary<string, double> scores) : IDetectionEngine
    {
        public EventVerdict Process(SentinelEvent observed)
        {
            var verdict = inner.Process(observed);
            scores[observed.TextOf(TextField.Id)] = verdict.Score;
            return verdict;
        }

        public IReadOnlyList<EntityRisk> TopRisks(int entitiesMax) => inner.TopRisks(entitiesMax);

        public void Save(Stream destination) => inner.Save(destination);
    }
}
