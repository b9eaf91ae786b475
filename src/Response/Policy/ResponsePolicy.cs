using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Policy;

/// <summary>What to do about an incident. Pure: the same facts, playbooks, state, options and time give the same decision (I5).</summary>
public static class ResponsePolicy
{
    /// <summary>Decides. O(playbooks + containments), plus the evidence's bytes when there is something to do.</summary>
    public static Decision Decide(
        IncidentFacts facts, PlaybookSet playbooks, ResponseState state, ResponseOptions options, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(playbooks);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(options);
        var deciding = new Deciding(facts, options, now) { State = state };
        foreach (var playbook in playbooks.For(facts.Incident))
        {
            foreach (var action in playbook.Actions)
                deciding.Consider(playbook, action);
            deciding.Tell(playbook);
        }
        return deciding.Conclude();
    }

    /// <summary>
    /// Whom an action is about: the incident's principal when it is of the right type, otherwise the only entity that is.
    /// Null when there is none; ambiguous when there are several, because guessing contains the wrong one.
    /// </summary>
    internal static (EntityRef? Target, bool IsAmbiguous) TargetOf(ActionKind kind, Incident incident)
    {
        var type = kind switch
        {
            ActionKind.QuarantineNode => EntityType.Node,
            ActionKind.RevokeGrant => EntityType.Grant,
            ActionKind.SuspendActor => EntityType.Actor,
            ActionKind.PauseContract => EntityType.Contract,
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        if (incident.Principal.Type == type)
            return (incident.Principal, false);
        var found = incident.Entities.Where(entity => entity.Type == type).Distinct().Take(2).ToList();
        return found.Count == 1 ? (found[0], false) : (null, found.Count > 1);
    }

    /// <summary>One decision in the making.</summary>
    private sealed class Deciding(IncidentFacts facts, ResponseOptions options, DateTimeOffset now)
    {
        private readonly List<PlannedAction> _actions = [];
        private readonly List<PlannedAction> _proposals = [];
        private readonly List<GuardrailRefusal> _refusals = [];
        private readonly HashSet<string> _settled = new(StringComparer.Ordinal);
        private readonly List<PlannedNotice> _notices = [];
        private readonly List<CaseTask> _tasks = [];
        private readonly List<StepUpDemand> _stepUps = [];
        private DecisionEvidence? _evidence;

        public required ResponseState State { get; set; }

        private Incident Incident => facts.Incident;

        public void Consider(Playbook playbook, PlaybookAction wanted)
        {
            var (target, isAmbiguous) = TargetOf(wanted.Kind, Incident);
            if (isAmbiguous)
                Refuse(wanted.Kind, Incident.Principal, new(Guardrails.AmbiguousTarget, "Several entities could be meant; people must choose."));
            if (target is not { } known)
                return;
            var key = ActionKey.Of(Incident.Id, wanted.Kind, known);
            if (_settled.Contains(key) || IsDone(key, playbook.Mode))
                return;
            var profile = facts.Profiles.GetValueOrDefault(known) ?? EntityProfile.Unknown;
            var candidate = new Candidate(
                (key, wanted.Kind, known, wanted.Ttl), profile.Organization, profile.Role, OrderOrigin.Policy,
                Incident.IsBreakGlass);
            Settle(playbook, candidate);
        }

        /// <summary>What changes nothing on the ledger: notices, tasks and a stronger sign-in. A playbook that observes does none of it.</summary>
        public void Tell(Playbook playbook)
        {
            if (playbook.Mode == PlaybookMode.Observe)
                return;
            _notices.AddRange(playbook.Notifies.Select(channel => PlannedNotice.Of(Incident, playbook.Name, channel, now)));
            _tasks.AddRange(playbook.Tasks.Select(task => TaskOf(playbook, task)));
            // Emergency access is never hindered, and a dry run hinders nobody.
            if (playbook is { StepUpFor: { } time, Mode: PlaybookMode.Automatic } && !Incident.IsBreakGlass && !options.IsDryRun
                && !State.IsKillSwitchOn && TargetOf(ActionKind.SuspendActor, Incident).Target is { } actor)
                _stepUps.Add(new StepUpDemand(
                    actor.Id, now + (time < options.TtlMax ? time : options.TtlMax), Incident.Id, playbook.Name, now));
        }

        private CaseTask TaskOf(Playbook playbook, PlaybookTask task) => new()
        {
            Id = $"task:{playbook.Name}:{Incident.Id}:{playbook.Tasks.Index().First(item => item.Item == task).Index}",
            IncidentId = Incident.Id,
            Kind = CaseTaskKind.Task,
            Title = task.Title,
            RequestedBy = "policy:" + playbook.Name,
            RequestedAt = now,
            DueAt = now + task.Within,
        };

        public Decision Conclude()
        {
            var review = Incident.IsBreakGlass
                ? new ReviewRequest(Incident.Id, now, now + options.ReviewWithin, "Emergency (break-glass) access must be reviewed afterwards.")
                : null;
            return new Decision(_actions, _proposals, _refusals, review, _evidence)
            {
                Notices = _notices,
                Tasks = _tasks,
                StepUps = _stepUps,
            };
        }

        /// <summary>A key is decided once; only a waiting proposal may be taken further, by a stronger mode.</summary>
        private bool IsDone(string key, PlaybookMode mode) =>
            facts.Existing.TryGetValue(key, out var existing)
                && (existing.State != ActionState.Proposed || mode <= existing.Mode);

        private void Settle(Playbook playbook, Candidate candidate)
        {
            var isAutomatic = playbook.Mode == PlaybookMode.Automatic;
            var objection = isAutomatic
                ? Guardrails.ObjectionTo(candidate, State, options, now)
                : Guardrails.StandingObjectionTo(candidate, State, options);
            if (objection is { } said)
            {
                Refuse(candidate.Action.Kind, candidate.Action.Target, said);
                return;
            }
            _settled.Add(candidate.Action.Key);
            var planned = Plan(playbook, candidate, isAutomatic ? ActionState.Approved : ActionState.Proposed);
            if (!isAutomatic)
            {
                _proposals.Add(planned);
                return;
            }
            _actions.Add(planned);
            State = State.With([planned]);
        }

        private PlannedAction Plan(Playbook playbook, Candidate candidate, ActionState state)
        {
            _evidence ??= DecisionEvidence.Of(Incident, facts.Alerts);
            var action = new ContainmentAction
            {
                Key = candidate.Action.Key,
                Kind = candidate.Action.Kind,
                Target = candidate.Action.Target,
                Ttl = candidate.Action.Ttl,
                IncidentId = Incident.Id,
                EvidenceHash = _evidence.Hash,
                Playbook = playbook.Name,
                Reason = $"{Incident.Title} ({Incident.Severity.ToString().ToLowerInvariant()}; {string.Join(", ", Incident.Sources)}).",
                State = state,
                DecidedAt = now,
                ChangedAt = now,
            };
            return new PlannedAction(action, playbook.Mode, candidate.Organization, candidate.Role)
            {
                OrganizationSize = State.Organizations.GetValueOrDefault(candidate.Organization),
                ApproversMin = options.ApproversMin(candidate.Action.Kind),
            };
        }

        private void Refuse(ActionKind kind, EntityRef target, Objection objection)
        {
            var refusal = new GuardrailRefusal(now, Incident.Id, kind, target, objection.Guardrail, objection.Detail);
            if (!_refusals.Contains(refusal))
                _refusals.Add(refusal);
        }
    }
}
