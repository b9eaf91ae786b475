using System.CommandLine;
using System.Diagnostics;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Storage;

namespace SentinelHealth.Benchmarks.Kafka;

/// <summary><c>kafka-conservation</c>: whether anything is lost, scored twice or out of order while everything goes wrong.</summary>
internal static class KafkaConservationCommand
{
    public static Command Create()
    {
        Option<int> events = new("--events") { DefaultValueFactory = _ => 2_000_000, Description = "Events to feed." };
        Option<int> kills = new("--kills") { DefaultValueFactory = _ => 20, Description = "Workers killed with SIGKILL." };
        Option<int> rebalances = new("--rebalances") { DefaultValueFactory = _ => 10, Description = "Members that come and go." };
        Option<int> outages = new("--outages") { DefaultValueFactory = _ => 10, Description = "Times a broker is away." };
        Option<int> errors = new("--errors") { DefaultValueFactory = _ => 20, Description = "Bursts of refused produces, and of refused fetches." };
        Option<int> seed = new("--seed") { DefaultValueFactory = _ => TestSeed.Default, Description = "Decides when and to whom." };
        Option<double> minutes = new("--minutes") { DefaultValueFactory = _ => 24 * 60, Description = "Feeds no longer than this." };
        Option<bool> server = new("--postgres") { Description = "The workers share a PostgreSQL server of the run's own rather than a file." };
        Command command = new("kafka-conservation", "Events through Kafka and two workers under faults: lost, twice, out of order.")
        {
            events, kills, rebalances, outages, errors, seed, minutes, server,
        };
        command.SetAction((parsed, _) => RunAsync(new ConservationPlan(
            parsed.GetValue(events), parsed.GetValue(kills), parsed.GetValue(rebalances), parsed.GetValue(outages),
            parsed.GetValue(errors), parsed.GetValue(seed))
        {
            IsOnServer = parsed.GetValue(server),
            FeedFor = TimeSpan.FromMinutes(parsed.GetValue(minutes)),
        }));
        return command;
    }

    private static async Task<int> RunAsync(ConservationPlan plan)
    {
        Console.WriteLine($"seed {plan.Seed}, {plan.Events} events, {ConservationPlan.Keys} keys, {ConservationPlan.Workers} workers, "
            + $"{plan.Kills} kills, {plan.Rebalances} rebalances, {plan.Outages} outages, {plan.Errors} produce and {plan.Errors} fetch error bursts");
        using var folder = new TemporaryFolder();
        var clock = Stopwatch.StartNew();
        await using var server = plan.IsOnServer ? await PostgresServer.StartAsync() : null;
        using var run = new ConservationRun(plan, folder.Path, SharedStore.PlaceOf(server, folder.Path));
        var verdict = await run.RunAsync();
        Console.WriteLine($"killed {run.Kills} times; {clock.Elapsed.TotalSeconds:F0} s");
        Console.WriteLine($"fed {verdict.Fed}, scored {verdict.Scored}, lost {verdict.Lost}, scored twice {verdict.ScoredTwice}, "
            + $"out of order {verdict.OutOfOrder}, foreign {verdict.Foreign}");
        Console.WriteLine(verdict.IsKept ? "KEPT" : "BROKEN");
        return verdict.IsKept ? 0 : 1;
    }
}
