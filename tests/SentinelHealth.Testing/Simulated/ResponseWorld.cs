using System.Globalization;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Notifications;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Testing.Simulated;

/// <summary>Everything a run consists of, and the moves it can make.</summary>
internal sealed class ResponseWorld : IDisposable
{
    private const int SettleStepsMax = 20_000;
    private readonly List<string>? _trace;
    private int _incidents;

    public ResponseWorld(IChoices choices, Breakage breakage, ISimulatedStorage storage, List<string>? trace = null)
    {
        (Choices, Breakage, Storage, _trace) = (choices, breakage, storage, trace);
        Oracle = new ResponseOracle(Options, Clock);
        Ledger = new SimulatedLedger(Clock, choices, Oracle);
        Oracle.Filed(Playbooks);
        Ledger.Validators.AddRange(Enumerable.Range(1, 3 + choices.Pick(5))
            .Select(number => SimulatedPopulation.Node(number).Id));
        Program = new SimulatedProgram(this);
    }

    /// <summary>What a person can say about an action.</summary>
    public enum Word
    {
        /// <summary>Yes to a proposal.</summary>
        Approve,

        /// <summary>No to a proposal.</summary>
        Refuse,

        /// <summary>End a containment.</summary>
        Undo,

        /// <summary>Keep a containment longer, all until one time.</summary>
        Renew,
    }

    public IChoices Choices { get; }

    public Breakage Breakage { get; }

    public ManualClock Clock { get; } = new(SomeCase.At);

    public ISimulatedStorage Storage { get; }

    /// <summary>Modes people gave, demands and notices; on the disk, too.</summary>
    public MemoryPolicyStore Policy { get; } = new();

    /// <summary>As the files have them: some that act by themselves and some that ask.</summary>
    public PlaybookSet Playbooks { get; } = new(Enum.GetValues<ActionKind>().SelectMany(kind =>
        new[] { PlaybookMode.Automatic, PlaybookMode.Approve }.Select(mode => PlaybookOf(mode, kind))));

    public ResponseOracle Oracle { get; }

    public SimulatedLedger Ledger { get; }

    public SimulatedProgram Program { get; private set; }

    public int Crashes { get; private set; }

    public ResponseOptions Options { get; } = SimulatedPopulation.Protecting(new ResponseOptions
    {
        Window = TimeSpan.FromMinutes(60),
        NodesPerWindowMax = 2,
        GrantsPerWindowMax = 3,
        ActorsPerWindowMax = 3,
        TotalPerWindowMax = 5,
        StaffShareMax = 0.2,
        NodeShareMax = 0.5,
        Cooldown = TimeSpan.FromMinutes(10),
        TtlMax = TimeSpan.FromHours(2),
        ProposalLifetime = TimeSpan.FromHours(3),
        ApprovalLifetime = TimeSpan.FromMinutes(20),
        StepUpWithin = TimeSpan.FromMinutes(15),
        MaintenanceWindows =
        [
            new MaintenanceWindow(SomeCase.At.AddMinutes(20), SomeCase.At.AddMinutes(70), "A drill") { Targets = ["node:4*", "g-5*"] },
            new MaintenanceWindow(SomeCase.At.AddHours(2), SomeCase.At.AddHours(3), "A drill") { Targets = ["Contract1*"] },
        ],
    });

    /// <summary>Something happens that a playbook answers to.</summary>
    public void Incident(EntityRef target, PlaybookMode mode)
    {
        if (Program.IsDeciding)
            return;
        var incident = SomeCase.Incident(target) with { Id = $"inc-{_incidents++}" };
        Note($"incident about {target.Id}");
        Program.Decide(FactsOf(incident), NameOf(mode));
    }

    /// <summary>An incident that has an action turns out to involve emergency access.</summary>
    public void Emergency()
    {
        if (Program.IsDeciding || Pick(stored => ActionMachine.IsOpen(stored.Action.State)) is not { } stored)
            return;
        Note($"emergency {stored.Action.IncidentId}");
        var incident =
            SomeCase.Incident(stored.Action.Target) with { Id = stored.Action.IncidentId, Version = 2, IsBreakGlass = true };
        Program.Decide(FactsOf(incident), NameOf(PlaybookMode.Automatic));
    }

    /// <summary>A person approves, perhaps late, perhaps twice, perhaps with a sign-in of yesterday.</summary>
    public void Approve()
    {
        if (Pick(stored => stored.Action.State == ActionState.Proposed) is not { } proposal)
            return;
        var (person, signedInAt) = SomeoneSignedIn();
        Note($"{person} approves {proposal.Action.Target.Id}");
        Program.Approve(proposal, person, signedInAt);
        if (Choices.Pick(4) == 0)
            Program.Approve(proposal, person.ToUpperInvariant() + " ", signedInAt);
    }

    public void Undo()
    {
        if (Pick(stored => ActionMachine.IsInForce(stored.Action.State)) is not { } stored)
            return;
        var (person, signedInAt) = SomeoneSignedIn();
        Note($"{person} undoes {stored.Action.Target.Id}");
        Program.Undo(stored, person, signedInAt);
    }

    /// <summary>Somebody keeps a containment longer, now and then for longer than may be; what one asked for, another may join.</summary>
    public void Renew()
    {
        if (Pick(stored => ActionMachine.IsInForce(stored.Action.State)) is not { } stored)
            return;
        var (person, signedInAt) = SomeoneSignedIn();
        var asked = Oracle.Statements.LastOrDefault(
            said => said.Action.Key == stored.Action.Key && said.RenewedUntil is not null);
        var later = Clock.GetUtcNow() + TimeSpan.FromMinutes(30 + Choices.Pick(110));
        var until = asked is not null && Choices.Pick(3) > 0 ? asked.RenewedUntil!.Value
            : DateTimeOffset.FromUnixTimeSeconds(later.ToUnixTimeSeconds());
        Note($"{person} keeps {stored.Action.Target.Id} until {until:HH:mm:ss}");
        Program.Renew(stored, person, signedInAt, until);
    }

    /// <summary>Somebody ends a task, now and then one that another person has just ended.</summary>
    public void Conclude()
    {
        var person = SimulatedPopulation.People[Choices.Pick(SimulatedPopulation.People.Length)];
        var tasks = Oracle.TasksOwed;
        if (tasks.Count == 0)
            return;
        var task = tasks[Choices.Pick(tasks.Count)];
        Note($"{person} ends {task.Id}");
        Program.Conclude(task, Choices.Pick(2) == 0 ? CaseTaskOutcome.Done : CaseTaskOutcome.Dropped, person);
    }

    /// <summary>Somebody gives a playbook more or less power.</summary>
    public void ChangeMode()
    {
        var (person, signedInAt) = SomeoneSignedIn();
        var playbook = Playbooks.Playbooks[Choices.Pick(Playbooks.Playbooks.Count)].Name;
        var to = (PlaybookMode)Choices.Pick(4);
        Note($"{person} wants {playbook} to be {to}");
        Program.ChangeMode(playbook, to, person, signedInAt);
    }

    /// <summary>One named person says one word about the first action it can be about.</summary>
    public void Give(Word word, string person)
    {
        DateTimeOffset signedInAt = Clock.GetUtcNow() - TimeSpan.FromMinutes(1);
        if (word == Word.Renew)
        {
            if (Pick(stored => ActionMachine.IsInForce(stored.Action.State)) is { } kept)
                Program.Renew(kept, person, signedInAt, SomeCase.At.AddHours(2));
        }
        else if (word == Word.Undo)
        {
            if (Pick(stored => ActionMachine.IsInForce(stored.Action.State)) is { } contained)
                Program.Undo(contained, person, signedInAt);
        }
        else if (Pick(stored => stored.Action.State == ActionState.Proposed) is { } proposal)
        {
            if (word == Word.Approve)
                Program.Approve(proposal, person, signedInAt);
            else
                Program.Refuse(proposal, person);
        }
    }

    /// <summary>The oldest call takes effect and is not answered yet.</summary>
    public void HalfStep()
    {
        if (Program.CallCount > 0)
            Program.Advance(0);
    }

    public void Refuse()
    {
        if (Pick(stored => stored.Action.State == ActionState.Proposed) is { } proposal)
            Program.Refuse(proposal, "cyd");
    }

    public void Crash()
    {
        Note("crash");
        Crashes++;
        Program.Die(Ledger, Choices);
        Oracle.Died();
        if (Breakage == Breakage.KeepsTimersInMemory && Storage is MemoryStorage memory)
            memory.ForgetTimers();
        if (Breakage == Breakage.KeepsTasksInMemory && Storage is MemoryStorage forgetful)
            forgetful.ForgetTasks();
        Restart();
    }

    /// <summary>The consortium takes a validator out or lets one in.</summary>
    public void ChangeValidators()
    {
        // While an order is on its way, only the ledger itself can hold it against the set of that moment; the contract does.
        if (Ledger.InFlight > 0 || Program.CallCount > 0 || Storage.All
            .Any(stored => stored.Action.State == ActionState.Submitted))
            return;
        var id = SimulatedPopulation.Node(1 + Choices.Pick(6)).Id;
        if (!Ledger.Validators.Remove(id))
            Ledger.Validators.Add(id);
        Note($"{Ledger.Validators.Count} validators");
    }

    public void Pass(TimeSpan time) => Clock.Advance(time);

    /// <summary>Lets the oldest call happen and be answered, starts what is due, or lets time pass until something is.</summary>
    public bool Proceed()
    {
        if (Program.CallCount > 0)
        {
            Note(Program.Finish(0));
            return true;
        }
        var told = Policy.Notices.Values.Min(item => item.Notice.State == NoticeState.Waiting ? item.DueAt : null);
        var acted = Storage.NextDue();
        if ((told is null || acted < told ? acted : told) is not { } due)
            return false;
        if (due > Clock.GetUtcNow())
            Clock.Advance(due - Clock.GetUtcNow());
        if (due == told)
            Program.Tell();
        else
            Program.Drain();
        return true;
    }

    /// <summary>The faults end, the last process is a fresh one, and everything comes to its end.</summary>
    public void Settle()
    {
        Ledger.IsDown = false;
        Ledger.FaultOneIn = 0;
        Crash();
        var steps = 0;
        while (steps++ < SettleStepsMax && (Proceed() || Ledger.InFlight > 0))
        {
            // What is still on its way lands at some time, early or long after everyone has given it up.
            if (Ledger.InFlight > 0 && Choices.Pick(40) == 0)
                Ledger.LandOne();
            if (Program.CallCount == 0 && Storage.NextDue() is null)
            {
                Clock.Advance(TimeSpan.FromMinutes(10));
                Ledger.LandOne();
            }
        }
        if (steps >= SettleStepsMax)
            Oracle.Violations.Add("It does not come to an end.");
        Oracle.Violations.AddRange(Program.Faults());
        Oracle.AtEnd(Storage, Ledger.Effects);
        Oracle.AtEnd(Policy);
        // Both storages answer at once.
        var tasks = Storage.Tasks.TasksAsync(new CaseTaskFilter(), int.MaxValue, CancellationToken.None);
        Oracle.AtEnd(tasks.AsTask().GetAwaiter().GetResult());
    }

    public void Note(string what) =>
        _trace?.Add(string.Create(CultureInfo.InvariantCulture, $"{Clock.GetUtcNow():HH:mm:ss.fff} {what}"));

    public void Dispose()
    {
        Program.Dispose();
        Storage.Dispose();
    }

    private void Restart()
    {
        Oracle.Violations.AddRange(Program.Faults());
        Program.Dispose();
        Program = new SimulatedProgram(this);
    }

    private (string Person, DateTimeOffset? SignedInAt) SomeoneSignedIn()
    {
        var person = SimulatedPopulation.People[Choices.Pick(SimulatedPopulation.People.Length)];
        DateTimeOffset? signedInAt = Choices.Pick(6) switch
        {
            4 => Clock.GetUtcNow() - TimeSpan.FromHours(9),
            5 => null,
            _ => Clock.GetUtcNow() - TimeSpan.FromMinutes(1),
        };
        return (person, signedInAt);
    }

    private StoredAction? Pick(Func<StoredAction, bool> which)
    {
        var found = Storage.All.Where(which).ToList();
        return found.Count == 0 ? null : found[Choices.Pick(found.Count)];
    }

    private static IncidentFacts FactsOf(Detection.Correlation.Incident incident) => SomeCase.Facts(incident) with
    {
        Profiles = new Dictionary<EntityRef, EntityProfile>
        {
            [incident.Principal] =
                new(SimulatedPopulation.OrganizationOf(incident.Principal), SimulatedPopulation.RoleOf(incident.Principal)),
        },
    };

    /// <summary>How the names of playbooks of a mode of the files begin.</summary>
    private static string NameOf(PlaybookMode mode) => mode == PlaybookMode.Automatic ? "automatic-" : "approve-";

    private static Playbook PlaybookOf(PlaybookMode mode, ActionKind kind) => SomeCase.Playbook(mode, kind) with
    {
        Actions = [new PlaybookAction(kind, TimeSpan.FromMinutes(110 - (20 * (int)kind)))],
        Notifies = kind == ActionKind.RevokeGrant ? [] : [SimulatedChannel.ChannelName],
        Tasks = kind == ActionKind.SuspendActor ? [new PlaybookTask("Call the ward.", TimeSpan.FromHours(1))] : [],
        StepUpFor = kind == ActionKind.SuspendActor ? TimeSpan.FromMinutes(30) : null,
    };
}
