using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Approvals;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Notifications;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Testing.Simulated;

/// <summary>The response core as it runs in production, in a process that can die: real policy, executor and responder.</summary>
internal sealed class SimulatedProgram : IDisposable
{
    private const int TasksMax = 64;
    private static readonly ResponseMetrics Metrics = new();

    private readonly SimulatedProcess _process = new();
    private readonly ResponseOracle _oracle;
    private readonly StorageDoor _store;
    private readonly LedgerDoor _ledger;
    private readonly ManualClock _clock;
    private readonly ResponseOptions _options;
    private readonly PolicyDoor _policy;
    private readonly NoticeDispatcher _dispatcher;
    private readonly PlaybookShelf _shelf;
    private readonly PlaybookDesk _desk;
    private readonly TaskDesk _taskDesk;
    private readonly ActionExecutor _executor;
    private readonly List<Task> _tasks = [];
    private Responder? _responder;
    private Task? _draining;
    private Task? _telling;
    private Task? _deciding;

    public SimulatedProgram(ResponseWorld world)
    {
        (_oracle, _clock) = (world.Oracle, world.Clock);
        _options = world.Breakage switch
        {
            Breakage.ForgetsWhatIsProtected =>
                world.Options with { ProtectedEntities = [], ProtectedPrefixes = [], ProtectedRoles = [] },
            Breakage.ForgetsMaintenance => world.Options with { MaintenanceWindows = [] },
            _ => world.Options,
        };
        _store = new StorageDoor(_process, world.Storage, world.Policy, _oracle, world.Breakage);
        _policy = new PolicyDoor(_process, world.Policy, _oracle);
        var channel = new SimulatedChannel(_process, world.Ledger, world.Choices, _oracle);
        _dispatcher = new NoticeDispatcher(_policy, [channel], _clock, NullLogger<NoticeDispatcher>.Instance);
        // The shelf is read before anything else, as at a start of the product.
        _shelf = new PlaybookShelf(world.Playbooks, world.Breakage == Breakage.ForgetsModes ? [] : world.Policy.Changes);
        _desk = new PlaybookDesk(_shelf, _policy, _options, _clock);
        _taskDesk = new TaskDesk(new TaskDoor(_process, world.Storage, world.Breakage), _clock);
        _ledger = new LedgerDoor(_process, world.Ledger, _oracle, world.Breakage);
        var services = new ActionServices(_store, _ledger, _clock, Metrics);
        _executor = new ActionExecutor(services, _options, NullLogger<ActionExecutor>.Instance);
        Start(async () => _responder = await Responder.CreateAsync(
            services, _options, _executor, NullLogger<Responder>.Instance, CancellationToken.None));
    }

    public void Dispose()
    {
        _executor.Dispose();
        _desk.Dispose();
    }

    public bool IsDeciding => _deciding is { IsCompleted: false };

    public bool IsDraining => _draining is { IsCompleted: false };

    public int CallCount => _process.Calls.Count;

    /// <summary>The executor looks at what is due, unless it does already.</summary>
    public void Drain()
    {
        if (!IsDraining)
            _draining = Start(() => _executor.DrainAsync(CancellationToken.None));
    }

    /// <summary>The dispatcher looks at what is to be told, unless it does already.</summary>
    public void Tell()
    {
        if (_telling is not { IsCompleted: false })
            _telling = Start(() => _dispatcher.DispatchAsync(CancellationToken.None));
    }

    /// <summary>A person says how far a playbook may go.</summary>
    public void ChangeMode(string playbook, PlaybookMode to, string person, DateTimeOffset? signedInAt)
    {
        _oracle.ModeWanted(person, playbook, to, IsFresh(signedInAt, _clock.GetUtcNow()));
        Order(async () =>
        {
            await _desk.ChangeModeAsync(playbook, to, new Approver(person, signedInAt), "A drill.", CancellationToken.None);
            _oracle.SettleModes();
        });
    }

    /// <summary>A person ends a task.</summary>
    public void Conclude(CaseTask task, CaseTaskOutcome outcome, string person)
    {
        var word = _oracle.TaskEnded(task.Id, person, outcome);
        Order(async () =>
        {
            var answer = await _taskDesk.ConcludeAsync(task.Id, outcome, person, "A drill.", CancellationToken.None);
            word.WasAccepted = answer.IsAccepted;
        });
    }

    /// <summary>Lets one call take effect and be answered.</summary>
    public string Finish(int index)
    {
        var call = _process.Calls[index];
        if (!call.HasTakenEffect)
            call.TakeEffect();
        return Answer(call);
    }

    /// <summary>Lets one call take effect, or be answered when it has.</summary>
    public string Advance(int index)
    {
        var call = _process.Calls[index];
        if (call.HasTakenEffect)
            return Answer(call);
        call.TakeEffect();
        return call.Name + " happens";
    }

    /// <summary>The process is gone; orders that had left it may arrive all the same.</summary>
    public void Die(SimulatedLedger ledger, IChoices choices)
    {
        foreach (var delivery in _ledger.Leaving.Values)
        {
            if (choices.Pick(2) == 0)
                ledger.Strand(delivery);
        }
        _process.Die();
    }

    /// <summary>Decides about an incident as the pump does: reads, decides, commits.</summary>
    public void Decide(IncidentFacts facts, string playbooks)
    {
        if (!IsDeciding)
            _deciding = Start(() => DecideAsync(facts, new PlaybookSet(
                _shelf.Current.Playbooks.Where(playbook => playbook.Name.StartsWith(playbooks, StringComparison.Ordinal)))));
    }

    public void Approve(StoredAction proposal, string person, DateTimeOffset? signedInAt)
    {
        var said = Say(proposal, person, signedInAt, isReversal: false);
        Order(async () =>
        {
            var outcome =
                await _responder!.ApproveAsync(proposal.Action.Key, new Approver(person, signedInAt), CancellationToken.None);
            (said.WasRefused, said.AnsweredAt) = (!outcome.IsAccepted, _clock.GetUtcNow());
        });
    }

    public void Undo(StoredAction action, string person, DateTimeOffset? signedInAt)
    {
        Say(action, person, signedInAt, isReversal: true);
        Order(() => _responder!.UndoAsync(action.Action.Key, new Approver(person, signedInAt), "A drill.",
            CancellationToken.None));
    }

    public void Renew(StoredAction action, string person, DateTimeOffset? signedInAt, DateTimeOffset until)
    {
        Say(action, person, signedInAt, isReversal: false, until);
        Order(() => _responder!.RenewAsync(
            action.Action.Key, new Approver(person, signedInAt), until, "A drill.", CancellationToken.None));
    }

    public void Refuse(StoredAction proposal, string person) =>
        Order(() => _responder!.RefuseAsync(proposal.Action.Key, person, "A drill.", CancellationToken.None));

    public void Turn(KillSwitch position) => Order(() => _responder!.SetKillSwitchAsync(position, "ada", CancellationToken.None));

    /// <summary>What went wrong in the program itself.</summary>
    public IEnumerable<string> Faults() =>
        _tasks.Where(task => task.IsFaulted).Select(task => $"The program failed: {task.Exception!.InnerException}");

    private async Task DecideAsync(IncidentFacts facts, PlaybookSet playbooks)
    {
        var now = _clock.GetUtcNow();
        var isEmergency = facts.Incident.IsBreakGlass;
        var modes = _oracle.Modes;
        var existing = new Dictionary<string, ExistingAction>(StringComparer.Ordinal);
        foreach (var kind in Enum.GetValues<ActionKind>())
        {
            var key = ActionKey.Of(facts.Incident.Id, kind, facts.Incident.Principal);
            if (await _store.StoredActionAsync(key, CancellationToken.None) is { } stored)
                existing[key] = new ExistingAction(stored.Action.State, stored.Mode);
        }
        var state = new ResponseState
        {
            IsKillSwitchOn = await _store.IsKillSwitchOnAsync(CancellationToken.None),
            Containments = await _store.ContainmentsAsync(now - _options.Window, CancellationToken.None),
            Validators = await ValidatorsAsync(),
            Organizations = facts.Profiles.Values.Select(profile => profile.Organization).Distinct()
                .ToDictionary(name => name, SimulatedPopulation.SizeOf),
        };
        var decision = ResponsePolicy.Decide(facts with { Existing = existing }, playbooks, state, _options, now);
        await _store.CommitAsync(new CaseCommit
        {
            ScoredOffsets = new Dictionary<int, long>(),
            Incidents = isEmergency ? [facts.Incident] : [],
            Actions = [.. decision.Actions, .. decision.Proposals],
            Refusals = decision.Refusals,
            Notices = decision.Notices,
            Tasks = decision.Tasks,
            StepUps = decision.StepUps,
        }, modes);
    }

    private async Task<ValidatorSet?> ValidatorsAsync()
    {
        try
        {
            return await _ledger.GetValidatorsAsync(CancellationToken.None);
        }
        catch (LedgerUnavailableException)
        {
            // As the pump does: the executor asks again before it sends.
            return null;
        }
    }

    private bool IsFresh(DateTimeOffset? signedInAt, DateTimeOffset now) =>
        signedInAt is { } at && now - at <= _options.StepUpWithin;

    private Statement Say(
        StoredAction about, string person, DateTimeOffset? signedInAt, bool isReversal, DateTimeOffset? until = null)
    {
        var now = _clock.GetUtcNow();
        var said = new Statement(person.Trim().ToLowerInvariant(), about.Action, now, isReversal, IsFresh(signedInAt, now))
        {
            RenewedUntil = until,
        };
        _oracle.Statements.Add(said);
        return said;
    }

    private void Order(Func<Task> order)
    {
        if (_responder is not null && _tasks.Count(task => !task.IsCompleted) < TasksMax)
            Start(order);
    }

    private string Answer(SimulatedCall call)
    {
        _process.Calls.Remove(call);
        call.Answer();
        _process.RunReady();
        return call.Name;
    }

    private Task Start(Func<Task> work)
    {
        var task = _process.Start(work);
        _tasks.Add(task);
        return task;
    }
}
