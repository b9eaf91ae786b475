using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Testing.Simulated.Whole;

/// <summary>What became of one run of the whole system.</summary>
/// <param name="Violations">What must never happen and did, in order; empty when all is well.</param>
/// <param name="Events">Entries of the log.</param>
/// <param name="Alerts">Alerts in the end.</param>
/// <param name="Effects">Containments that took effect.</param>
/// <param name="Deaths">How often the program died.</param>
/// <param name="Trace">Everything that happened, in order; empty when no trace was kept.</param>
public sealed record WholeRun(
    IReadOnlyList<string> Violations, int Events, int Alerts, int Effects, int Deaths, IReadOnlyList<string> Trace)
{
    /// <summary>SHA-256 of the trace and the violations, to compare two runs.</summary>
    public string TraceHash =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', [.. Trace, .. Violations]))));
}

/// <summary>
/// The whole system against a hostile world: the real intake, pump, detectors, policy, executor, store and evidence log, under one
/// scheduler that a seed plays, with a clock, log, dead letters, ledger, sources and people of its own. One seed repeats a run exactly.
/// </summary>
public static class WholeSimulation
{
    private const int MovesMax = 600, SettlingMovesMax = 400, ViolationsMax = 20;

    /// <summary>Runs one seed.</summary>
    public static WholeRun Run(int seed, WholeBreakage breakage = WholeBreakage.None, bool keepsTrace = false) =>
        RunAsync(seed, breakage, keepsTrace).GetAwaiter().GetResult();

    private static async Task<WholeRun> RunAsync(int seed, WholeBreakage breakage, bool keepsTrace)
    {
        var trace = keepsTrace ? new List<string>() : null;
        var choices = new SeededChoices(seed);
        using var world = new WholeWorld(choices, breakage, trace);
        for (var move = 0; move < MovesMax && world.Oracle.Violations.Count == 0 && !world.Traffic.IsDelivered; move++)
            await MoveAsync(world, choices);
        var alerts = 0;
        if (world.Oracle.Violations.Count == 0)
            alerts = await SettleAsync(world);
        return new WholeRun(
            [.. world.Oracle.Violations.Take(ViolationsMax)], world.Log.EntryCount, alerts, world.Ledger.Effects.Count,
            world.DeathCount, trace ?? []);
    }

    private static async Task MoveAsync(WholeWorld world, SeededChoices choices)
    {
        var weather = world.Weather;
        world.Pass(TimeSpan.FromSeconds(choices.Pick(20)));
        if (choices.Happens(weather.LeapOneIn))
            world.Pass(TimeSpan.FromMinutes(choices.Pick(60)));
        if (choices.Happens(weather.OutageOneIn))
            world.Ledger.IsDown = !world.Ledger.IsDown;
        if (choices.Happens(weather.ForeignOneIn))
            world.Log.AppendRaw("no event at all"u8.ToArray());
        if (choices.Happens(10))
            world.Ledger.LandOne();
        if (choices.Happens(60))
            world.Restart();
        if (choices.Happens(weather.PersonOneIn))
            await ApproveAsync(world, choices);
        switch (choices.Pick(8))
        {
            case 0 or 1:
                await DeliverAsync(world, choices);
                break;
            case 2 or 3:
                world.Log.Reveal();
                break;
            case 4:
                await world.DoAsync("execute", program => program.ExecuteAsync());
                break;
            case 5:
                world.Letters.Flush();
                await world.DoAsync("record", program => program.RecordAsync());
                break;
            default:
                await world.DoAsync("pump", program => program.PumpAsync());
                break;
        }
    }

    private static async Task DeliverAsync(WholeWorld world, IChoices choices)
    {
        if (world.Traffic.Next() is not var (source, batch))
            return;
        var isDurable = false;
        await world.DoAsync($"source {source} sends {batch.Count}", async program =>
        {
            try
            {
                await program.AcceptAsync($"source-{source}", batch);
                isDurable = true;
            }
            catch (IOException)
            {
                // The source hears no, keeps its position, and sends the batch again.
            }
        });
        if (!isDurable)
            return;
        world.Oracle.Acknowledged(batch.Select(record => Encoding.UTF8.GetString(record.Payload.Span) is var text
            && text.Contains("nobody knows", StringComparison.Ordinal) ? record.Place : text));
        if (!choices.Happens(world.Weather.RepeatOneIn))
            world.Traffic.Heard(source, batch.Count);
    }

    private static Task ApproveAsync(WholeWorld world, SeededChoices choices) => world.DoAsync("somebody approves", async program =>
    {
        var proposed = await program.Store.ActionsAsync(new ActionFilter { States = [ActionState.Proposed] }, null, 20, default);
        if (proposed.Items.Count == 0)
            return;
        var inOrder = proposed.Items.OrderBy(action => action.Key, StringComparer.Ordinal);
        var action = inOrder.ElementAt(choices.Pick(proposed.Items.Count));
        world.Oracle.Approved(action);
        await program.ApproveAsync(action.Key, "ada");
    });

    /// <summary>The storm is over: everything arrives, is scored, carried out, ended and entered. Then the oracle looks.</summary>
    private static async Task<int> SettleAsync(WholeWorld world)
    {
        world.IsStormy = false;
        await RequireBoundsAsync(world);
        world.Restart();
        (world.Ledger.IsDown, world.Ledger.FaultOneIn) = (false, 0);
        for (var move = 0; move < SettlingMovesMax && !world.Traffic.IsDelivered; move++)
            await DeliverAsync(world, new NoChoices());
        world.Log.RevealAll();
        await world.DoAsync("pump", program => program.PumpAsync());
        await EndActionsAsync(world);
        world.Oracle.RequireUnmoved(world.LastEngine);
        await world.DoAsync("record", program => program.RecordAsync());
        await RequireBoundsAsync(world);
        world.Restart();
        using var store = SqliteCaseStore.Open(world.Folder.File("cases.db"));
        if (world.Oracle.Violations.Count == 0)
            await world.Oracle.AtEndAsync(world, store, await ReferenceAsync(world));
        return (int)await store.AlertCountAsync(new AlertFilter(), default);
    }

    private static Task RequireBoundsAsync(WholeWorld world) => world.DoAsync("bounds", program =>
    {
        foreach (var exceeded in WholeBounds.Exceeded(program, world.Options))
            world.Oracle.Violated($"I7: {exceeded}");
        return Task.CompletedTask;
    });

    /// <summary>Time passes until nothing is due any more.</summary>
    private static async Task EndActionsAsync(WholeWorld world)
    {
        for (var move = 0; move < SettlingMovesMax; move++)
        {
            while (world.Ledger.InFlight > 0)
                world.Ledger.LandOne();
            DateTimeOffset? due = null;
            await world.DoAsync("execute", async program =>
            {
                await program.ExecuteAsync();
                due = await program.Store.NextDueAsync(default);
            });
            if (due is not { } next)
                return;
            if (next > world.Clock.GetUtcNow())
                world.Pass(next - world.Clock.GetUtcNow());
        }
    }

    /// <summary>The same log read once, from its beginning to its end, by sound detectors that nothing disturbs (I5).</summary>
    private static async Task<WholeOutcome> ReferenceAsync(WholeWorld world)
    {
        var (choices, life) = (new NoChoices(), new Lifeline(new NoChoices(), 0));
        var log = new WholeLogDoor(world.Log, life, choices, 0);
        var ledger = new WholeLedgerDoor(world.Ledger, life, WholeBreakage.None);
        using var store = SqliteCaseStore.Open(world.Folder.File("reference.db"));
        using var metrics = new ResponseMetrics();
        using var status = new MonitorStatus(log, store, ledger, world.Clock);
        var actions = new ActionServices(store, ledger, world.Clock, metrics);
        using var executor = new ActionExecutor(actions, world.Response, NullLogger<ActionExecutor>.Instance);
        var pump = new MonitorPump(
            new MonitorServices
            {
                Log = log,
                Decoder = new NativeEventDecoder(),
                DeadLetters = new WholeLettersDoor(new WholeLetters(world.Clock), life),
                EngineFactory = WholeWorld.SoundEngineOf,
                Store = store,
                Ledger = ledger,
                Executor = executor,
                Status = status,
                Clock = world.Clock,
                Metrics = metrics,
            },
            WholeWorld.Playbooks, world.Response,
            world.Options with { BatchEntriesMax = 10_000, SnapshotEveryEvents = 1_000_000 }, NullLogger<MonitorPump>.Instance);
        await pump.StartAsync(default);
        await pump.DrainAsync(default);
        return await WholeOutcome.OfAsync(store);
    }
}
