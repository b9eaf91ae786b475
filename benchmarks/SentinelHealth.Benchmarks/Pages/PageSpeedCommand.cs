using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Ingest.Simulation;
using SentinelHealth.Response.Hunting;
using SentinelHealth.Response.Queries;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Triage;
using SentinelHealth.Testing;

namespace SentinelHealth.Benchmarks.Pages;

/// <summary>How long the data of pages takes with many alerts and events stored: what the queue, an entity's page and a hunt ask for.</summary>
internal static class PageSpeedCommand
{
    private const int CommitAlerts = 5_000, BatchEvents = 1_000, Rounds = 60, EventsPerDay = 100_000;

    private static readonly DateTimeOffset Now = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);

    public static Command Create()
    {
        Option<int> alerts = new("--alerts") { DefaultValueFactory = _ => 1_000_000, Description = "Alerts in the queue; 0 leaves it out." };
        Option<int> events = new("--events") { DefaultValueFactory = _ => 10_000_000, Description = "Events in the archive; 0 leaves it out." };
        Command command = new("page-speed", "Measures what pages ask for with many alerts and events stored.") { alerts, events };
        command.SetAction(async (parsed, cancel) =>
        {
            using var folder = new TemporaryFolder();
            using var store = SqliteCaseStore.Open(folder.File("cases.db"));
            if (parsed.GetValue(alerts) is > 0 and var alertCount)
                await MeasureQueueAsync(store, alertCount, cancel);
            if (parsed.GetValue(events) is > 0 and var eventCount)
                await MeasureArchiveAsync(folder, store, eventCount, cancel);
            return 0;
        });
        return command;
    }

    private static async Task MeasureQueueAsync(CaseStore store, int count, CancellationToken cancel)
    {
        var chance = new Random(1);
        var watch = Stopwatch.StartNew();
        for (var done = 0; done < count; done += CommitAlerts)
            await store.CommitAsync(
                new CaseCommit
                {
                    ScoredOffsets = new Dictionary<int, long>(),
                    Alerts =
                    [
                        .. Enumerable.Range(done, Math.Min(CommitAlerts, count - done)).Select(i => AlertOf(i, count, chance)),
                    ],
                },
                cancel);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count:N0} alerts stored in {watch.Elapsed.TotalSeconds:0} s"));
        foreach (var (what, query) in ((string, string)[])
        [
            ("queue, first paint: open alerts", "status < closed and not suppression: *"),
            ("queue, filter: severity", "status < closed and not suppression: * and severity >= high"),
            ("queue, filter: source and last 7 days", "status < closed and not suppression: * and source: burst and at >= now-7d"),
            ("queue, filter: one entity", "status < closed and not suppression: * and entity: \"did:ethr:0x77\""),
            ("queue, filter: words", "status < closed and not suppression: * and reason: templates"),
        ])
            await TellAsync(what, () => PaintAsync(store, query, cancel));
    }

    /// <summary>What the page of alerts reads before it can be drawn.</summary>
    private static async Task PaintAsync(CaseStore store, string text, CancellationToken cancel)
    {
        const int rows = 40, bars = 60;
        var query = QueryParser.Read(text, AlertFields.Schema, Now).Node!;
        var (_, through) = await store.QueueCountAsync(query, cancel);
        await store.QueueAsync(query, through, 0, rows, cancel);
        await store.BarsAsync(query, Now.AddDays(-7), Now, bars, cancel);
    }

    private static async Task MeasureArchiveAsync(TemporaryFolder folder, CaseStore store, int count, CancellationToken cancel)
    {
        var unbounded = new EventArchiveOptions { EventsMax = long.MaxValue };
        using var archive = EventArchive.Open(folder.File(EventArchive.FileName), unbounded);
        var bytes = Fill(archive, count, cancel);
        var size = new FileInfo(folder.File(EventArchive.FileName)).Length;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{size / (double)count:0} bytes an event on disk, of {bytes / (double)count:0} as received"));
        var known = archive.EntitiesLike("", EntityType.Actor, 200);
        var (next, days) = (0, Math.Min(28, Math.Max(1, count / EventsPerDay)));
        await TellAsync("entity page", () => EntityAsync(archive, store, known[next++ % known.Count].Entity, cancel));
        await TellAsync(
            "hunt: one person, last day", () => HuntAsync(archive, $"actor_id: \"{known[next++ % known.Count].Entity.Id}\" and time >= now-1d", cancel));
        await TellAsync("hunt: an identifier nobody has", () => HuntAsync(archive, "session: nobody", cancel));
        await TellAsync("hunt: a method, last day", () => HuntAsync(archive, "method: recordAccess and time >= now-1d", cancel), 10);
        var watch = Stopwatch.StartNew();
        var all = archive.Search(new QueryAll(), new HuntRequest(100, null, 60), null, cancel);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"hunt: everything, {all.LookedAtCount:N0} events of {days} days: {all.LookedAtCount / watch.Elapsed.TotalSeconds:N0} a second"));
    }

    /// <summary>One simulated day again and again, on other days.</summary>
    private static long Fill(EventArchive archive, int count, CancellationToken cancel)
    {
        var start = Now.AddDays(-1);
        var day = new HospitalSimulator(new SimulationOptions { Seed = 1, StartAt = start, Days = 1, EventsPerDay = EventsPerDay, Attacks = ["all"] })
            .Events().Select(item => item.Json).ToList();
        var (bytes, adding, before) = (0L, new Stopwatch(), Process.GetCurrentProcess().TotalProcessorTime);
        for (var done = 0; done < count; done += BatchEvents)
        {
            cancel.ThrowIfCancellationRequested();
            var date = start.AddDays(-((count - 1 - done) / day.Count));
            LogEntry[] batch = [.. Enumerable.Range(done, Math.Min(BatchEvents, count - done)).Select(i =>
                new LogEntry(0, i, "measured", Now, Moved(day[i % day.Count], start, date)))];
            bytes += batch.Sum(entry => (long)entry.Payload.Length);
            adding.Start();
            archive.Add(batch);
            adding.Stop();
            while (archive.Seal())
                cancel.ThrowIfCancellationRequested();
        }
        var used = Process.GetCurrentProcess().TotalProcessorTime - before;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{count:N0} events archived: {1e6 * adding.Elapsed.TotalSeconds / count:0.0} us each on the scoring thread, {1e6 * used.TotalSeconds / count:0.0} us of processor time in all"));
        return bytes;
    }

    private static byte[] Moved(byte[] record, DateTimeOffset from, DateTimeOffset to)
    {
        var moved = record.ToArray();
        var (old, other) = (Encoding.UTF8.GetBytes($"\"time\":\"{from:yyyy-MM-dd}"), Encoding.UTF8.GetBytes($"\"time\":\"{to:yyyy-MM-dd}"));
        if (moved.AsSpan().IndexOf(old) is >= 0 and var at)
            other.CopyTo(moved, at);
        return moved;
    }

    /// <summary>What an entity's page reads: its history, its alerts, and those of its peers.</summary>
    private static async Task EntityAsync(EventArchive archive, CaseStore store, EntityRef entity, CancellationToken cancel)
    {
        const int ties = 8, alerts = 200;
        var history = archive.HistoryOf(entity, Now.AddDays(-28), ties)!;
        foreach (var about in history.Peers.Select(peer => peer.Entity).Append(entity))
        {
            var query = QueryParser.Read($"entity: {QueryText.Quoted(about.Id)} and about: {QueryText.Quoted(about.Id)} and about.type: actor", AlertFields.Schema, Now).Node!;
            await store.QueueAsync(query, long.MaxValue, 0, alerts, cancel);
        }
    }

    private static Task HuntAsync(EventArchive archive, string text, CancellationToken cancel)
    {
        archive.Search(QueryParser.Read(text, EventFields.Schema, Now).Node!, new HuntRequest(100, null, 60), null, cancel);
        return Task.CompletedTask;
    }

    private static async Task TellAsync(string what, Func<Task> ask, int rounds = Rounds)
    {
        var times = new List<double>();
        for (var i = 0; i < rounds; i++)
        {
            var watch = Stopwatch.StartNew();
            await ask();
            times.Add(watch.Elapsed.TotalMilliseconds);
        }
        times.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{what}: p50 {times[rounds / 2]:0.0} ms, p95 {times[rounds * 95 / 100]:0.0} ms"));
    }

    private static Alert AlertOf(int number, int count, Random chance)
    {
        string[] sources = ["rarity", "burst", "spread", "drift", "consent.missing", "node.unregistered"];
        return SomeCase.Alert($"alert-{number:D8}", $"inc-{number / 20}") with
        {
            At = Now.AddDays(-28 * (1 - (number / (double)count))),
            Severity = (Severity)Math.Min(4, chance.Next(20) / 4),
            Source = sources[chance.Next(sources.Length)],
            Entity = new EntityRef(EntityType.Actor, $"did:ethr:0x{chance.Next(5_000):x}"),
        };
    }
}
