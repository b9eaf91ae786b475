using SentinelHealth.Detection;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Backtesting;

/// <summary>The period in which a backtest's policy is in force.</summary>
/// <param name="From">Its beginning; null is the beginning of the events.</param>
/// <param name="Until">Its end, not part of it; null is the end of the events.</param>
public readonly record struct BacktestPeriod(DateTimeOffset? From, DateTimeOffset? Until)
{
    internal bool Holds(DateTimeOffset at) => !(at < From) && !(at >= Until);
}

/// <summary>
/// What a policy would have done to the past, and what that would have cost: the same decisions as in production, in event time,
/// with every containment taken to reach the ledger at once and to end at its time.
/// </summary>
/// <remarks>
/// Pure and deterministic; feed it every event in the order in which the engine scored them. What follows from a containment (an
/// attack that would have stopped) is not simulated: the events stay as they were. Bounded: at most 200,000 lines are kept, further ones are
/// only counted. O(containments in force) an event.
/// </remarks>
public sealed class ResponseBacktest(
    PlaybookSet playbooks, ResponseOptions options, IReadOnlyList<string> validators, BacktestPeriod period)
{
    /// <summary>Lines kept at most.</summary>
    public const int LinesMax = 200_000;

    private readonly EntityDirectory _directory = new(100_000, TimeSpan.FromDays(1));
    private readonly List<Held> _lines = [];
    private readonly List<Held> _inForce = [];
    private readonly List<Containment> _containments = [];
    private readonly Dictionary<string, ExistingAction> _existing = new(StringComparer.Ordinal);
    private readonly HashSet<(string, ActionKind, EntityRef, string)> _refused = [];
    private readonly HashSet<string> _reviews = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _refusals = new(StringComparer.Ordinal);
    private long _events;

    /// <summary>Takes one event and what the engine made of it.</summary>
    public void Take(SentinelEvent observed, EventVerdict verdict)
    {
        ArgumentNullException.ThrowIfNull(observed);
        var now = observed.OccurredAt;
        _events++;
        _directory.Observe(observed);
        Release(now);
        Charge(observed, verdict.Alerts.Count > 0);
        if (!period.Holds(now))
            return;
        foreach (var incident in verdict.Incidents)
            Decide(incident, verdict.Alerts, now);
    }

    /// <summary>Ends the run.</summary>
    public BacktestReport Conclude()
    {
        var lines = _lines.Select(held => held.Line).ToList();
        var actions = lines.Where(line => line.Kind == BacktestKind.Action).ToList();
        return new BacktestReport(lines, new BacktestSummary
        {
            Events = _events,
            Actions = actions.Count,
            Proposals = lines.Count(line => line.Kind == BacktestKind.Proposal),
            Refusals = _refusals,
            Reviews = _reviews.Count,
            ContainedSeconds = actions.Sum(line => (long)(line.Until!.Value - line.At).TotalSeconds),
            BlockedEvents = actions.Sum(line => line.BlockedEvents),
            BlockedLegitimate = actions.Sum(line => line.BlockedLegitimate),
        });
    }

    private void Decide(Incident incident, IReadOnlyList<Alert> alerts, DateTimeOffset now)
    {
        var profiles = incident.Entities.Append(incident.Principal).Distinct()
            .ToDictionary(entity => entity, _directory.ProfileOf);
        var facts = new IncidentFacts { Incident = incident, Alerts = alerts, Profiles = profiles, Existing = _existing };
        var state = new ResponseState
        {
            Containments = [.. _containments],
            Validators = new ValidatorSet(validators, [.. _inForce.Where(held => held.Line.Action == ActionKind.QuarantineNode)
                .Select(held => held.Line.Target!.Value.Id).Where(validators.Contains)]),
            Organizations = profiles.Values.Select(profile => profile.Organization).Distinct(StringComparer.Ordinal)
                .ToDictionary(name => name, _directory.SizeOf),
        };
        var decision = ResponsePolicy.Decide(facts, playbooks, state, options, now);
        foreach (var planned in decision.Actions)
            Contain(planned, now);
        foreach (var planned in decision.Proposals)
            Keep(LineOf(BacktestKind.Proposal, planned, now));
        foreach (var refusal in decision.Refusals)
            Refuse(refusal);
        if (decision.Review is { } review && _reviews.Add(incident.Id))
            Keep(new BacktestLine { Kind = BacktestKind.Review, At = now, IncidentId = incident.Id, Detail = review.Reason });
    }

    private void Contain(PlannedAction planned, DateTimeOffset now)
    {
        var held = Keep(LineOf(BacktestKind.Action, planned, now) with { Until = now + planned.Action.Ttl });
        _inForce.Add(held);
        _containments.Add(new Containment(
            planned.Action.Key, planned.Action.Kind, planned.Action.Target, planned.Organization, now, EndedAt: null));
    }

    private void Refuse(GuardrailRefusal refusal)
    {
        // Each version of an incident asks again; one refusal of one thing is one line.
        if (!_refused.Add((refusal.IncidentId, refusal.Kind, refusal.Target, refusal.Guardrail)))
            return;
        _refusals[refusal.Guardrail] = _refusals.GetValueOrDefault(refusal.Guardrail) + 1;
        Keep(new BacktestLine
        {
            Kind = BacktestKind.Refusal,
            At = refusal.At,
            IncidentId = refusal.IncidentId,
            Action = refusal.Kind,
            Target = refusal.Target,
            Guardrail = refusal.Guardrail,
            Detail = refusal.Detail,
        });
    }

    private BacktestLine LineOf(BacktestKind kind, PlannedAction planned, DateTimeOffset now)
    {
        _existing[planned.Action.Key] = new ExistingAction(planned.Action.State, planned.Mode);
        return new BacktestLine
        {
            Kind = kind,
            At = now,
            IncidentId = planned.Action.IncidentId,
            Action = planned.Action.Kind,
            Target = planned.Action.Target,
            Organization = planned.Organization,
            Playbook = planned.Action.Playbook,
            Mode = planned.Mode,
        };
    }

    private Held Keep(BacktestLine line)
    {
        var held = new Held(line);
        if (_lines.Count < LinesMax)
            _lines.Add(held);
        return held;
    }

    /// <summary>Ends what is over, and forgets what neither window nor cooldown asks about any more.</summary>
    private void Release(DateTimeOffset now)
    {
        if (_inForce.RemoveAll(held => held.Line.Until <= now) > 0)
        {
            for (var i = 0; i < _containments.Count; i++)
            {
                if (_containments[i].EndedAt is null && _inForce.All(held => !IsOf(held.Line, _containments[i])))
                    _containments[i] = _containments[i] with { EndedAt = now };
            }
        }
        var oldest = now - (options.Window > options.Cooldown ? options.Window : options.Cooldown);
        _containments.RemoveAll(containment => containment.EndedAt < oldest && containment.StartedAt < oldest);
    }

    /// <summary>What the containments in force do to an event.</summary>
    private void Charge(SentinelEvent observed, bool isAlerted)
    {
        foreach (var held in _inForce)
        {
            if (!IsAbout(held.Line, observed))
                continue;
            held.Line = observed.Is(TextField.Purpose, "BTG"u8)
                ? held.Line with { PassedEmergencies = held.Line.PassedEmergencies + 1 }
                : held.Line with
                {
                    BlockedEvents = held.Line.BlockedEvents + 1,
                    BlockedLegitimate = held.Line.BlockedLegitimate + (isAlerted ? 0 : 1),
                };
        }
    }

    private static bool IsAbout(BacktestLine line, SentinelEvent observed)
    {
        var field = line.Action switch
        {
            ActionKind.QuarantineNode => TextField.Node,
            ActionKind.RevokeGrant => TextField.GrantId,
            ActionKind.PauseContract => TextField.Contract,
            _ => TextField.Actor,
        };
        return observed.Key(field) == StableHash.Of(line.Target!.Value.Id);
    }

    private static bool IsOf(BacktestLine line, Containment containment) =>
        line.Action == containment.Kind && line.Target == containment.Target;

    private sealed class Held(BacktestLine line)
    {
        public BacktestLine Line { get; set; } = line;
    }
}
