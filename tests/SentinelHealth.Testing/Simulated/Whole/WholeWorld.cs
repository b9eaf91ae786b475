using SentinelHealth.Detection;
using SentinelHealth.Detection.Ordering;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Testing.Simulated.Whole;

/// <summary>Everything that outlives the program: disks, log, ledger, sources, people and time; and the program's present life.</summary>
internal sealed class WholeWorld : IDisposable
{
    private readonly List<string>? _trace;

    public WholeWorld(IChoices choices, WholeBreakage breakage, List<string>? trace)
    {
        (Choices, Breakage, _trace) = (choices, breakage, trace);
        Weather = WholeWeather.Of(choices);
        Clock = new WholeClock(WholeTraffic.EndsAt, Weather.WorkTakes);
        Traffic = new WholeTraffic(choices);
        Log = new WholeLog(choices, Clock) { IsHasty = breakage == WholeBreakage.AcknowledgesTooEarly };
        Letters = new WholeLetters(Clock) { IsHasty = breakage == WholeBreakage.BuffersDeadLetters };
        Options = new MonitorOptions
        {
            BatchEntriesMax = 10 + choices.Pick(150),
            SnapshotEveryEvents = 30 + (choices.Pick(4) * 60),
            RecentEventsMax = 16 + choices.Pick(100),
            EntitiesMax = choices.Happens(2) ? 8 : 10_000,
            Order = new OrderedScoringOptions
            {
                AllowedLateness = TimeSpan.FromDays(1),
                CheckpointEveryEvents = 20 + choices.Pick(100),
            },
        };
        var bounds = Bounds with { ProtectedEntities = [.. Traffic.Validators.Take(2).Select(id => SomeCase.Node(id))] };
        Oracle = new WholeOracle(bounds, Clock);
        Ledger = new SimulatedLedger(Clock, choices, Oracle) { FaultOneIn = Weather.LedgerFaultOneIn };
        Ledger.Validators.AddRange(Traffic.Validators);
        Response = breakage switch
        {
            WholeBreakage.ForgetsWhatIsProtected => bounds with { ProtectedEntities = [] },
            WholeBreakage.ForgetsEarlierContainments => bounds with { Window = TimeSpan.FromMinutes(1) },
            _ => bounds,
        };
        EvidenceFolder = Folder.File("evidence");
        Signer = FileSigner.Open(EvidenceFolder, SigningAlgorithm.EcdsaP256);
    }

    /// <summary>The playbooks of every run: one acts by itself, one asks.</summary>
    public static PlaybookSet Playbooks { get; } = new(
    [
        SomeCase.Playbook(PlaybookMode.Automatic, ActionKind.QuarantineNode, ActionKind.RevokeGrant),
        SomeCase.Playbook(PlaybookMode.Approve, ActionKind.SuspendActor),
    ]);

    /// <summary>What the oracle holds every run to, whatever the program believes.</summary>
    private static ResponseOptions Bounds { get; } = new()
    {
        NodesPerWindowMax = 2,
        GrantsPerWindowMax = 3,
        ActorsPerWindowMax = 3,
        TotalPerWindowMax = 5,
        HighImpactKinds = [],
        TtlMax = TimeSpan.FromHours(2),
        Cooldown = TimeSpan.FromMinutes(10),
    };

    private static DetectionOptions Detection { get; } = new()
    {
        WarmUpEvents = 100,
        WarmUpSpan = TimeSpan.FromHours(1),
        ModelAlertsPerDay = 50,
        // The least there may be: a world of a hundred entities needs no more, and a thousand lives are begun sooner.
        ActorsMax = 1_024,
        ObjectsMax = 1_024,
        PeerGroupsMax = 64,
    };

    public IChoices Choices { get; }

    public WholeBreakage Breakage { get; }

    public WholeWeather Weather { get; }

    public WholeClock Clock { get; }

    public TemporaryFolder Folder { get; } = new();

    public string EvidenceFolder { get; }

    public FileSigner Signer { get; }

    public WholeTraffic Traffic { get; }

    public WholeLog Log { get; }

    public WholeLetters Letters { get; }

    public SimulatedLedger Ledger { get; }

    public WholeOracle Oracle { get; }

    public MonitorOptions Options { get; }

    public ResponseOptions Response { get; }

    /// <summary>The program's present life; null between a death and the next start.</summary>
    public WholeProgram? Program { get; private set; }

    public int DeathCount { get; private set; }

    /// <summary>The detectors that were made last.</summary>
    public IDetectionEngine LastEngine { get; private set; } = null!;

    /// <summary>Whether faults still happen; not while a run settles.</summary>
    public bool IsStormy { get; set; } = true;

    /// <summary>Detectors as the program makes them.</summary>
    public IDetectionEngine EngineOf(Stream? state)
    {
        var engine = state is null || Breakage == WholeBreakage.LosesTheSnapshot
            ? new DetectionEngine(Detection) : DetectionEngine.Load(state, Detection);
        return LastEngine =
            Breakage == WholeBreakage.LearnsFromQuestions ? new CuriousEngine(engine, new NativeEventDecoder()) : engine;
    }

    /// <summary>Detectors that nothing was done to, for what the oracle holds the run against.</summary>
    public static IDetectionEngine SoundEngineOf(Stream? state) =>
        state is null ? new DetectionEngine(Detection) : DetectionEngine.Load(state, Detection);

    /// <summary>Lets the living program do something; if it dies of it, the next move finds it gone.</summary>
    public async Task DoAsync(string what, Func<WholeProgram, Task> act)
    {
        Note(what);
        try
        {
            Program ??= await WholeProgram.StartAsync(this, new Lifeline(Choices, IsStormy ? Weather.DeathOneIn : 0));
            await act(Program);
        }
        catch (SimulatedDeathException)
        {
            // Told below, also when somebody else caught it.
        }
        catch (EvidenceTamperedException tampered)
        {
            Oracle.Violated($"I4: {tampered.Message}");
        }
        if (Program is { Life.IsDead: true } dead)
            Bury(dead);
    }

    /// <summary>The program is stopped in order, as for an upgrade.</summary>
    public void Restart()
    {
        Note("restart");
        Program?.Dispose();
        Program = null;
        Letters.Flush();
    }

    public void Pass(TimeSpan time) => Clock.Advance(time);

    public void Note(string what) => _trace?.Add($"{Clock.GetUtcNow():HH:mm:ss} {what}");

    public void Dispose()
    {
        Program?.Dispose();
        Folder.Dispose();
    }

    private void Bury(WholeProgram dead)
    {
        Note("died " + dead.Life.DiedAt);
        DeathCount++;
        dead.Dispose();
        Program = null;
        Log.Crash();
        Letters.Crash();
        if (Breakage == WholeBreakage.RewritesEvidence)
            RewriteEvidence();
    }

    /// <summary>One byte in the middle of what was entered is another one afterwards.</summary>
    private void RewriteEvidence()
    {
        foreach (var segment in Directory.GetFiles(EvidenceFolder).Where(path => new FileInfo(path).Length > 4_096).Take(1))
        {
            using var file = new FileStream(segment, FileMode.Open, FileAccess.ReadWrite);
            file.Position = file.Length / 2;
            var value = file.ReadByte();
            file.Position--;
            file.WriteByte((byte)(value ^ 1));
        }
    }
}
