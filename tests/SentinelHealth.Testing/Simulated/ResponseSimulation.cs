using System.Security.Cryptography;
using System.Text;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Testing.Simulated;

/// <summary>What became of one simulated run.</summary>
/// <param name="Violations">What must never happen and did, in order; empty when all is well.</param>
/// <param name="Effects">Containments that took effect.</param>
/// <param name="Crashes">How often the program died.</param>
/// <param name="TraceHash">SHA-256 of everything that happened, to compare two runs; empty when no trace was kept.</param>
public sealed record SimulationOutcome(IReadOnlyList<string> Violations, int Effects, int Crashes, string TraceHash)
{
    /// <summary>Everything that happened, in order; empty when no trace was kept.</summary>
    public IReadOnlyList<string> Trace { get; init; } = [];
}

/// <summary>
/// The response core against a hostile world: the real policy, executor and responder, with a clock, disk, ledger, network and
/// people that a seed plays. One seed repeats a run exactly.
/// </summary>
public static class ResponseSimulation
{
    /// <summary>Moves of the world in a run, before it settles.</summary>
    public const int Steps = 400;

    /// <summary>Runs one seed on storage in memory.</summary>
    public static SimulationOutcome Run(int seed, Breakage breakage = Breakage.None, bool keepsTrace = false) =>
        Run(seed, breakage, new MemoryStorage(), keepsTrace);

    /// <summary>Runs one seed on the real store in a file.</summary>
    public static SimulationOutcome RunOnDisk(int seed, string file) =>
        Run(seed, Breakage.None, new DiskStorage(SqliteCaseStore.Open(file)), keepsTrace: true);

    private static SimulationOutcome Run(int seed, Breakage breakage, ISimulatedStorage storage, bool keepsTrace)
    {
        var choices = new SeededChoices(seed);
        var trace = keepsTrace ? new List<string>() : null;
        using var world = new ResponseWorld(choices, breakage, storage, trace);
        var weather = Weather.Of(choices);
        world.Ledger.FaultOneIn = weather.LedgerFaultOneIn;
        for (var step = 0; step < Steps && world.Oracle.Violations.Count == 0; step++)
            Move(world, weather, choices);
        if (world.Oracle.Violations.Count == 0)
            world.Settle();
        var hash = trace is null ? ""
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', trace))));
        return new SimulationOutcome([.. world.Oracle.Violations], world.Ledger.Effects.Count, world.Crashes, hash)
        {
            Trace = trace ?? [],
        };
    }

    private static void Move(ResponseWorld world, Weather weather, SeededChoices choices)
    {
        if (choices.Happens(weather.CrashOneIn))
            world.Crash();
        if (choices.Happens(weather.IncidentOneIn))
            world.Incident(SomeTarget(choices), choices.Pick(weather.ManualShare) == 0 ? PlaybookMode.Automatic
                : PlaybookMode.Approve);
        if (choices.Happens(weather.PersonOneIn))
            Act(world, choices);
        if (choices.Happens(weather.OutageOneIn))
            world.Ledger.IsDown = !world.Ledger.IsDown;
        if (choices.Happens(weather.LeapOneIn))
            world.Pass(TimeSpan.FromMinutes(choices.Pick(90)));
        if (choices.Happens(10))
            world.Ledger.LandOne();
        if (choices.Happens(weather.ValidatorsOneIn))
            world.ChangeValidators();
        world.Pass(TimeSpan.FromSeconds(choices.Pick(20)));
        if (world.Program.CallCount == 0 && choices.Happens(4))
            world.Program.Tell();
        else if (world.Program.CallCount == 0)
            world.Program.Drain();
        else if (weather.IsOrderly)
            world.Note(world.Program.Finish(0));
        else
            world.Note(world.Program.Advance(choices.Pick(world.Program.CallCount)));
    }

    private static void Act(ResponseWorld world, SeededChoices choices)
    {
        switch (choices.Pick(15))
        {
            case 13 or 14:
                world.Conclude();
                break;
            case 10 or 11:
                world.Renew();
                break;
            case 12:
                world.ChangeMode();
                break;
            case 0:
                world.Refuse();
                break;
            case 1 or 2:
                world.Undo();
                break;
            case 3:
                world.Emergency();
                break;
            case 4:
                world.Program.Turn(choices.Pick(3) == 0 ? KillSwitch.On : KillSwitch.Off);
                break;
            default:
                world.Approve();
                break;
        }
    }

    private static EntityRef SomeTarget(SeededChoices choices) => choices.Pick(10) switch
    {
        0 or 1 or 2 => SimulatedPopulation.Node(choices.Pick(SimulatedPopulation.NodesMax)),
        3 or 4 or 5 => SimulatedPopulation.Actor(choices.Pick(SimulatedPopulation.ActorsMax)),
        6 => SimulatedPopulation.Contract(choices.Pick(SimulatedPopulation.ContractsMax)),
        _ => SimulatedPopulation.Grant(choices.Pick(SimulatedPopulation.GrantsMax)),
    };

    /// <summary>What a seed's world is like: each has its own mixture of faults, because some are only seen without the others.</summary>
    private sealed record Weather(
        int CrashOneIn, int IncidentOneIn, int PersonOneIn, int OutageOneIn, int LeapOneIn)
    {
        public required int LedgerFaultOneIn { get; init; }

        public required int ValidatorsOneIn { get; init; }

        public required int ManualShare { get; init; }

        public required bool IsOrderly { get; init; }

        public static Weather Of(SeededChoices choices) =>
            new(OneOf(choices, 0, 15, 40, 120), OneOf(choices, 4, 8, 20), OneOf(choices, 3, 8, 25), OneOf(choices, 0, 0, 50),
                OneOf(choices, 0, 30, 80))
            {
                LedgerFaultOneIn = OneOf(choices, 0, 2, 5, 20),
                ValidatorsOneIn = OneOf(choices, 0, 15, 40),
                ManualShare = OneOf(choices, 1, 2, 4),
                IsOrderly = choices.Pick(3) == 0,
            };

        private static int OneOf(SeededChoices choices, params int[] values) => values[choices.Pick(values.Length)];
    }
}
