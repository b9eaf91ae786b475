using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Ingest.Simulation;
using SentinelHealth.Response.Hunting;
using SentinelHealth.Response.Search;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Search;

namespace SentinelHealth.Benchmarks.Search;

/// <summary><c>search-feed</c>: how fast archived events reach a search engine, and whether any is lost when it is away.</summary>
/// <remarks>
/// The engine is the stand-in of the tests, in this process, which reads, checks and keeps every document: the figure is that of both
/// together, and says nothing of a real engine's speed.
/// </remarks>
internal static class SearchFeedCommand
{
    private const string Events = "sentinel-events";

    public static Command Create()
    {
        Option<int> events = new("--events") { DefaultValueFactory = _ => 50_000, Description = "Events sent with the engine there." };
        Option<double> away = new("--away") { DefaultValueFactory = _ => 300, Description = "Seconds the engine is away afterwards." };
        Option<int> rate = new("--rate") { DefaultValueFactory = _ => 500, Description = "Events a second that come meanwhile." };
        Option<bool> compressed = new("--gzip") { Description = "Requests are compressed." };
        Command command = new("search-feed", "Archived events to a stand-in search engine: throughput, bytes, and an outage.")
        {
            events, away, rate, compressed,
        };
        command.SetAction(async (parsed, cancel) => await RunAsync(
            new Plan(
                parsed.GetValue(events), TimeSpan.FromSeconds(parsed.GetValue(away)), parsed.GetValue(rate),
                parsed.GetValue(compressed)),
            cancel));
        return command;
    }

    private static async Task<int> RunAsync(Plan plan, CancellationToken cancel)
    {
        using var folder = new TemporaryFolder();
        await using var standIn = await SearchStandIn.StartAsync(new StandInSettings { Records = false });
        using var archive = EventArchive.Open(folder.File(EventArchive.FileName), new EventArchiveOptions());
        using var store = SqliteCaseStore.Open(folder.File("cases.db"));
        using var engine = new SearchEngine(
            new SearchOptions { Addresses = [standIn.Address], IsCompressed = plan.IsCompressed }, TimeProvider.System);
        using var feed = new SearchFeed(engine, archive, store, TimeProvider.System, Random.Shared.NextDouble);
        var during = (int)(plan.Away.TotalSeconds * plan.EventsPerSecond);
        var records = RecordsOf(plan.Events + during);
        var speed = await SendAsync(archive, feed, records, plan.Events, cancel);
        var outage = await OutageAsync(standIn, archive, feed, records.Skip(plan.Events).ToList(), plan, cancel);
        var lost = records.Count - standIn.Count(Events);
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            events = records.Count,
            eventsPerSecond = Math.Round(plan.Events / speed.TotalSeconds),
            recordBytesPerEvent = Math.Round(records.Average(record => record.Length)),
            documentBytesPerEvent = Math.Round(DocumentBytes(records)),
            awaySeconds = plan.Away.TotalSeconds,
            waitingAtMost = outage.WaitingMax,
            caughtUpAfterSeconds = Math.Round(outage.CaughtUpAfter.TotalSeconds, 1),
            slowestArchivingMs = Math.Round(outage.SlowestAdd.TotalMilliseconds, 1),
            lost,
            refused = archive.FeedStanding().Refused,
        }));
        return lost == 0 ? 0 : 1;
    }

    private static async Task<TimeSpan> SendAsync(
        EventArchive archive, SearchFeed feed, IReadOnlyList<byte[]> records, int count, CancellationToken cancel)
    {
        archive.Add(Entries(records.Take(count), 0));
        while (archive.Seal())
            cancel.ThrowIfCancellationRequested();
        var clock = Stopwatch.StartNew();
        while (await feed.StepEventsAsync(cancel))
            cancel.ThrowIfCancellationRequested();
        return clock.Elapsed;
    }

    private static async Task<Outage> OutageAsync(
        SearchStandIn standIn, EventArchive archive, SearchFeed feed, List<byte[]> records, Plan plan, CancellationToken cancel)
    {
        standIn.IsDown = true;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var sending = Task.Run(() => FeedAsync(feed, enough.Token), cancel);
        var (clock, slowest, at) = (Stopwatch.StartNew(), TimeSpan.Zero, 0);
        while (at < records.Count)
        {
            var due = Math.Min(records.Count, (int)(clock.Elapsed.TotalSeconds * plan.EventsPerSecond));
            var began = clock.Elapsed;
            if (due > at)
                archive.Add(Entries(records.Skip(at).Take(due - at), plan.Events + at));
            slowest = clock.Elapsed - began is var took && took > slowest ? took : slowest;
            at = due;
            archive.Seal();
            await Task.Delay(20, cancel);
        }
        var waiting = archive.FeedStanding().Waiting;
        standIn.IsDown = false;
        clock.Restart();
        while (archive.FeedStanding().Waiting > 0)
            await Task.Delay(20, cancel);
        var caughtUp = clock.Elapsed;
        await enough.CancelAsync();
        await sending;
        return new Outage(waiting, caughtUp, slowest);
    }

    private static async Task FeedAsync(SearchFeed feed, CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                if (!await feed.StepEventsAsync(cancel))
                    await Task.Delay(50, cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Everything is sent.
        }
    }

    private static double DocumentBytes(IReadOnlyList<byte[]> records)
    {
        var (document, decoder, observed) = (new EventDocument(), new NativeEventDecoder(), new SentinelEvent());
        return records.Take(5_000)
            .Average(record => decoder.TryDecode(record, observed, out _) ? document.Of(observed).Length : 0);
    }

    private static List<byte[]> RecordsOf(int count) => [.. new HospitalSimulator(new SimulationOptions
    {
        Seed = 7,
        StartAt = new DateTimeOffset(2026, 11, 2, 0, 0, 0, TimeSpan.Zero),
        Days = (count / 100_000) + 2,
        EventsPerDay = 100_000,
        Attacks = ["none"],
    }).Events().Select(item => item.Json).Take(count)];

    private static IReadOnlyList<LogEntry> Entries(IEnumerable<byte[]> records, long from) =>
        [.. records.Select((record, i) => new LogEntry(0, from + i, "bench", DateTimeOffset.UnixEpoch, record))];

    private sealed record Plan(int Events, TimeSpan Away, int EventsPerSecond, bool IsCompressed);

    private sealed record Outage(long WaitingMax, TimeSpan CaughtUpAfter, TimeSpan SlowestAdd);
}
