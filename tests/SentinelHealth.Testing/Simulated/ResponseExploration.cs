using System.Globalization;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Testing.Simulated;

/// <summary>What went wrong in one explored run, and how to come there again.</summary>
/// <param name="Departures">Where the run left the ordinary course, and how.</param>
/// <param name="Violation">What must never happen and did.</param>
public sealed record ExploredViolation(string Departures, string Violation);

/// <summary>What an exploration saw.</summary>
/// <param name="Runs">Runs made: every one with at most the given number of departures.</param>
/// <param name="Violations">What went wrong; empty when all is well.</param>
/// <param name="Situations">Distinct situations met: state, approvals, attempts, effect and who ordered what.</param>
/// <param name="Transitions">Distinct transitions of the action machine made.</param>
public sealed record ExplorationOutcome(
    int Runs, IReadOnlyList<ExploredViolation> Violations, int Situations,
        IReadOnlyCollection<(ActionState From, ActionState To)> Transitions);

/// <summary>
/// Every run of one action of high impact, from proposal through two approvals to its end, that departs from the ordinary course at
/// most so many times: at every step of the program, in every way the world has.
/// </summary>
public static class ResponseExploration
{
    private const int StepsMax = 64;

    private static readonly Action<ResponseWorld>[] Ways =
    [
        world => world.Crash(),
        world => { world.HalfStep(); world.Crash(); },
        world => world.HalfStep(),
        world => world.Give(ResponseWorld.Word.Approve, "ada"),
        world => world.Give(ResponseWorld.Word.Approve, "ben"),
        world => world.Give(ResponseWorld.Word.Undo, "ada"),
        world => world.Give(ResponseWorld.Word.Undo, "ben"),
        world => world.Give(ResponseWorld.Word.Refuse, "cyd"),
        world => world.Program.Turn(KillSwitch.On),
        world => world.Emergency(),
        world => world.Ledger.NextFate = OrderFate.AnswerLost,
        world => world.Ledger.NextFate = OrderFate.Lost,
        world => world.Ledger.NextFate = OrderFate.Waits,
        world => world.Ledger.NextFate = OrderFate.Delayed,
        world => world.Ledger.NextFate = OrderFate.Repeated,
        world => world.Ledger.LandOne(),
        world => world.Pass(world.Options.OrderLifetime),
        world => world.Pass(world.Options.ApprovalLifetime),
        world => world.Pass(world.Options.TtlMax),
        world => world.Ledger.IsDown = !world.Ledger.IsDown,
        world => world.Give(ResponseWorld.Word.Renew, "ada"),
        world => world.Give(ResponseWorld.Word.Renew, "ben"),
    ];

    /// <summary>How many ways there are to depart at each step.</summary>
    public static int WayCount => Ways.Length;

    /// <summary>Makes every run with at most <paramref name="departuresMax"/> departures, 0 to 3.</summary>
    public static ExplorationOutcome Explore(int departuresMax, Breakage breakage = Breakage.None)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(departuresMax, 3);
        var seen = new Seen();
        Explore([], departuresMax, 0, breakage, seen);
        return new ExplorationOutcome(seen.Runs, seen.Violations, seen.Situations.Count, seen.Transitions);
    }

    private static void Explore(List<(int Step, int Way)> departures, int left, int fromStep, Breakage breakage, Seen seen)
    {
        var steps = Run(departures, breakage, seen);
        if (left == 0)
            return;
        // Departures at one step happen in the order given, so a later one may share the step but never precede it.
        for (var step = fromStep; step < Math.Min(steps, StepsMax); step++)
        {
            for (var way = 0; way < Ways.Length; way++)
            {
                departures.Add((step, way));
                Explore(departures, left - 1, step, breakage, seen);
                departures.RemoveAt(departures.Count - 1);
            }
        }
    }

    private static int Run(List<(int Step, int Way)> departures, Breakage breakage, Seen seen)
    {
        seen.Runs++;
        using var world = new ResponseWorld(new NoChoices(), breakage, new MemoryStorage());
        world.Incident(SimulatedPopulation.Node(2), PlaybookMode.Approve);
        var (step, approvals) = (0, 0);
        for (; step < StepsMax; step++)
        {
            foreach (var (_, way) in departures.Where(departure => departure.Step == step))
                Ways[way](world);
            seen.Look(world);
            if (world.Proceed())
                continue;
            if (approvals == 2)
                break;
            world.Give(ResponseWorld.Word.Approve, approvals++ == 0 ? "ada" : "ben");
        }
        world.Settle();
        seen.Look(world);
        foreach (var violation in world.Oracle.Violations.Take(1))
        {
            seen.Violations.Add(new ExploredViolation(
                string.Join(' ', departures.Select(at => string.Create(CultureInfo.InvariantCulture, $"{at.Step}:{at.Way}"))),
                    violation));
        }
        return step;
    }

    private sealed class Seen
    {
        public int Runs { get; set; }

        public List<ExploredViolation> Violations { get; } = [];

        public HashSet<string> Situations { get; } = new(StringComparer.Ordinal);

        public HashSet<(ActionState From, ActionState To)> Transitions { get; } = [];

        public void Look(ResponseWorld world)
        {
            foreach (var stored in world.Storage.All)
            {
                var effect = world.Ledger.Effects.FirstOrDefault(effect => effect.Order.Key == stored.Action.Key);
                var onLedger = effect is null ? "none" : effect.RestoredAt is not null ? "restored"
                    : effect.IsLive(world.Clock.GetUtcNow()) ? "live" : "over";
                Situations.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{stored.Action.State} {stored.Approvals.Count} {stored.ReversalApprovals.Count} {stored.ReversalOrderedBy} {stored.Action.Attempts} {stored.IsAbandoned} {onLedger} {world.Ledger.InFlight}"));
                var states = world.Storage.States(stored.Action.Key);
                for (var i = 1; i < states.Count; i++)
                {
                    if (states[i] != states[i - 1])
                        Transitions.Add((states[i - 1], states[i]));
                }
            }
        }
    }
}
