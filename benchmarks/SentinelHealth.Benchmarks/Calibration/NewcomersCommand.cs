using System.CommandLine;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Simulation;

namespace SentinelHealth.Benchmarks.Calibration;

/// <summary><c>newcomers</c>: whether people are alerted on for being new, on networks without attacks.</summary>
/// <remarks>
/// A tenth of the actors begin half-way: what they did before is left out. Those who are then the first of their role in their
/// organization have no peers to be judged against, and are told apart from those who have.
/// </remarks>
internal static class NewcomersCommand
{
    public static Command Create()
    {
        Option<int> seeds = new("--seeds") { DefaultValueFactory = _ => 6, Description = "Networks to simulate." };
        Option<int> perDay = new("--events-per-day") { DefaultValueFactory = _ => 10_000, Description = "Mean events a day of each." };
        Command command = new("newcomers", "False alerts about new actors and about the others.") { seeds, perDay };
        command.SetAction(parsed => Report(parsed.GetValue(seeds), parsed.GetValue(perDay)));
        return command;
    }

    private static void Report(int seeds, int perDay)
    {
        var all = new NewcomerRates();
        for (var seed = 1; seed <= seeds; seed++)
        {
            var options = new SimulationOptions { Seed = seed, Days = 10, EventsPerDay = perDay, Attacks = ["none"] };
            all.Add(NewcomerRates.Of(options, joinDay: 5, watchedDays: 3));
        }
        Console.WriteLine("| actors | actor-days | with a model alert, per 1,000 | with a p-value within 20 times the threshold, per 1,000 |");
        Console.WriteLine("|---|---:|---:|---:|");
        foreach (var (name, rate) in new[]
            { ("new among peers", all.Newcomers), ("new and the first of their kind", all.Firsts), ("others", all.Others) })
        {
            Console.WriteLine(FormattableString.Invariant(
                $"| {name} | {rate.ActorDays} | {1000.0 * rate.Alerted / rate.ActorDays:0.00} | {1000.0 * rate.Near / rate.ActorDays:0.00} |"));
        }
        Console.WriteLine("\n| alerted by | new, actor-days | others, actor-days |\n|---|---:|---:|");
        foreach (var (source, (newcomers, others)) in all.Sources
            .OrderByDescending(pair => pair.Value.Newcomers + pair.Value.Others))
            Console.WriteLine(FormattableString.Invariant($"| {source} | {newcomers} | {others} |"));
    }
}

/// <summary>Actor-days, and how many of them had an alert or nearly one.</summary>
internal record struct ActorDayRate(int ActorDays, int Alerted, int Near);

/// <summary>How newcomers and others fare in the first days after the newcomers came.</summary>
internal sealed class NewcomerRates
{
    private const double NearFactor = 20;
    private const int NewcomerIn = 10;

    /// <summary>New actors with peers.</summary>
    public ActorDayRate Newcomers { get; private set; }

    /// <summary>New actors whose role nobody had in their organization before.</summary>
    public ActorDayRate Firsts { get; private set; }

    public ActorDayRate Others { get; private set; }

    /// <summary>Actor-days of both that each detector alerted on.</summary>
    public Dictionary<string, (int Newcomers, int Others)> Sources { get; } = [];

    public void Add(NewcomerRates other)
    {
        foreach (var (source, counts) in other.Sources)
        {
            var sum = Sources.GetValueOrDefault(source);
            Sources[source] = (sum.Newcomers + counts.Newcomers, sum.Others + counts.Others);
        }
        Newcomers = Sum(Newcomers, other.Newcomers);
        Firsts = Sum(Firsts, other.Firsts);
        Others = Sum(Others, other.Others);
    }

    public static NewcomerRates Of(SimulationOptions options, int joinDay, int watchedDays)
    {
        Dictionary<(ulong Actor, int Day), (bool IsAlerted, bool IsNear)> days = [];
        HashSet<(ulong Actor, int Day, string Source)> sources = [];
        HashSet<(ulong Role, ulong Organization)> kinds = [];
        HashSet<ulong> firsts = [];
        var engine = new DetectionEngine(new DetectionOptions { ActorsMax = 16_384, ObjectsMax = 16_384 });
        var decoder = new NativeEventDecoder();
        var observed = new SentinelEvent();
        foreach (var record in new HospitalSimulator(options).Events())
        {
            if (!decoder.TryDecode(record.Json, observed, out var rejection))
                throw new InvalidOperationException($"A simulated record was refused: {rejection.Detail}");
            var (actor, day) = (observed.Key(TextField.Actor), (int)(record.OccurredAt - options.StartAt).TotalDays);
            if (IsNew(actor) && day < joinDay)
                continue;
            var kind = (observed.Key(TextField.ActorRole), observed.Key(TextField.Organization));
            if (day < joinDay)
                kinds.Add(kind);
            else if (IsNew(actor) && !kinds.Contains(kind))
                firsts.Add(actor);
            var verdict = engine.Process(observed);
            if (day < joinDay || day >= joinDay + watchedDays)
                continue;
            var said = days.GetValueOrDefault((actor, day));
            var isAlerted = verdict.Alerts.Any(alert => alert.Kind == AlertKind.Model);
            var isNear = verdict.PValue <= NearFactor * engine.Status.Calibration.PValueThreshold
                && verdict.Alerts.All(alert => alert.Kind == AlertKind.Model);
            foreach (var alert in verdict.Alerts.Where(alert => alert.Kind == AlertKind.Model))
                sources.Add((actor, day, alert.Source));
            days[(actor, day)] = (said.IsAlerted || isAlerted, said.IsNear || isNear);
        }
        var rates = new NewcomerRates
        {
            Newcomers = RateOf(days
                .Where(pair => IsNew(pair.Key.Actor) && !firsts.Contains(pair.Key.Actor)).Select(pair => pair.Value)),
            Firsts = RateOf(days.Where(pair => firsts.Contains(pair.Key.Actor)).Select(pair => pair.Value)),
            Others = RateOf(days.Where(pair => !IsNew(pair.Key.Actor)).Select(pair => pair.Value)),
        };
        foreach (var bySource in sources.GroupBy(said => said.Source))
            rates.Sources[bySource.Key] = (bySource.Count(said => IsNew(said.Actor)), bySource.Count(said => !IsNew(said.Actor)));
        return rates;
    }

    private static bool IsNew(ulong actor) => (actor >> 8) % NewcomerIn == 0;

    private static ActorDayRate RateOf(IEnumerable<(bool IsAlerted, bool IsNear)> days)
    {
        var rate = default(ActorDayRate);
        foreach (var (isAlerted, isNear) in days)
            rate = new(rate.ActorDays + 1, rate.Alerted + (isAlerted ? 1 : 0), rate.Near + (isNear ? 1 : 0));
        return rate;
    }

    private static ActorDayRate Sum(ActorDayRate a, ActorDayRate b) =>
        new(a.ActorDays + b.ActorDays, a.Alerted + b.Alerted, a.Near + b.Near);
}
