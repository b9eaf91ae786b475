using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Notifications;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Testing.Simulated;

/// <content>What people said about playbooks and times, and what playbooks may do besides containing.</content>
internal sealed partial class ResponseOracle
{
    private readonly Dictionary<string, PlaybookMode> _modes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PlaybookMode> _weakened = new(StringComparer.Ordinal);
    private readonly List<(string Person, string Playbook, PlaybookMode To, bool HasSignedInLately)> _modeWords = [];
    private readonly HashSet<string> _observed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Playbook> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>What each playbook may do at this moment.</summary>
    public IReadOnlyDictionary<string, PlaybookMode> Modes =>
        new Dictionary<string, PlaybookMode>(_modes, StringComparer.Ordinal);

    /// <summary>The playbooks of the files.</summary>
    public void Filed(PlaybookSet playbooks)
    {
        foreach (var playbook in playbooks.Playbooks)
        {
            _modes[playbook.Name] = playbook.Mode;
            _files[playbook.Name] = playbook;
        }
    }

    /// <summary>A person said how far a playbook may go.</summary>
    public void ModeWanted(string person, string playbook, PlaybookMode to, bool hasSignedInLately) =>
        _modeWords.Add((person, playbook, to, hasSignedInLately));

    /// <summary>It was made durable. More power counts at once; less, when the person is told.</summary>
    public void ModeChanged(PlaybookModeChange change)
    {
        var from = _weakened.GetValueOrDefault(change.Name, _modes[change.Name]);
        if (change.To > from + 1)
            Violated($"I3: {change.Name} went from {from} to {change.To} in one step.");
        if (change.To > from && !_modeWords.Exists(word => word.HasSignedInLately && word.Playbook == change.Name
            && word.To == change.To && word.Person == change.ChangedBy))
            Violated($"I3: {change.Name} became {change.To}, and nobody who had just signed in said so.");
        if (change.To > _modes[change.Name])
            _modes[change.Name] = change.To;
        _weakened[change.Name] = change.To;
    }

    /// <summary>Whoever took power away was told so, or the process that had not heard of it is gone.</summary>
    public void SettleModes()
    {
        foreach (var (playbook, mode) in _weakened)
            _modes[playbook] = mode;
        _weakened.Clear();
    }

    /// <summary>A decision was made durable.</summary>
    /// <param name="commit">What it holds.</param>
    /// <param name="modes">What each playbook might do when the decision began.</param>
    public void Decided(CaseCommit commit, IReadOnlyDictionary<string, PlaybookMode> modes)
    {
        foreach (var item in commit.Actions)
        {
            var isAutomatic = item.Mode == PlaybookMode.Automatic && item.Action.State == ActionState.Approved;
            if (isAutomatic)
                _automatic.Add(item.Action.Key);
            if (isAutomatic && modes[item.Action.Playbook] != PlaybookMode.Automatic)
                Violated($"I3: {item.Action.Playbook} acted by itself in the mode {modes[item.Action.Playbook]}.");
            if (item.Mode == PlaybookMode.Observe)
                _observed.Add(item.Action.Key);
            else
                _observed.Remove(item.Action.Key);
        }
        foreach (var notice in commit.Notices.Where(notice => modes[notice.Playbook] == PlaybookMode.Observe))
            Violated($"I3: {notice.Playbook} told {notice.Channel}, and it only observes.");
        JudgeTasks(commit, modes);
        foreach (var demand in commit.StepUps)
        {
            if (modes[demand.Playbook] != PlaybookMode.Automatic)
                Violated($"I3: {demand.Playbook} hindered {demand.Actor} in the mode {modes[demand.Playbook]}.");
            if (commit.Incidents.Any(incident => incident.Id == demand.IncidentId && incident.IsBreakGlass))
                Violated($"I3: {demand.Actor} is hindered in an emergency.");
        }
    }

    /// <summary>Somebody outside was told.</summary>
    public void Told(PlannedNotice notice) => _told.Add(notice.Id);

    /// <summary>People keep a containment longer.</summary>
    public void Renewed(SimulatedEffect effect, string by, DateTimeOffset until, DateTimeOffset at)
    {
        var needed = SimulatedPopulation.PeopleFor(effect.Order.Kind);
        var who = Statements.Where(said => said.RenewedUntil == until && said.Action.Key == effect.Order.Key && said.At <= at
            && (needed == 1 || said.HasSignedInLately)).Select(said => said.Person).Distinct().Count();
        if (who < needed)
            Violated($"I3: {effect.Order.Target} is kept longer by {by}, though {who} of {needed} people ordered it.");
        if (until > at + policy.TtlMax)
            Violated($"I3: {effect.Order.Target} is kept until {until:u}.");
    }

    /// <summary>After everything has settled: whoever was to be told was told, or it is on record why not.</summary>
    public void AtEnd(MemoryPolicyStore store)
    {
        foreach (var (notice, _) in store.Notices.Values)
        {
            if (notice.State == NoticeState.Waiting)
                Violated($"A notice about {notice.Notice.IncidentId} still waits.");
            if (notice.State == NoticeState.Sent && !_told.Contains(notice.Notice.Id))
                Violated($"A notice about {notice.Notice.IncidentId} is on record as sent, and nobody got it.");
            if (notice.State == NoticeState.Dead && notice.Detail.Length == 0)
                Violated($"A notice about {notice.Notice.IncidentId} was given up without a reason.");
        }
    }

    /// <summary>An order lives as long as it may; what was covered all that time should not have been sent.</summary>
    private void RequireNoMaintenance(LedgerOrder order, DateTimeOffset at)
    {
        foreach (var window in policy.MaintenanceWindows)
        {
            var isCovered = window.Targets.Any(
                pattern => order.Target.Id.StartsWith(pattern.TrimEnd('*'), StringComparison.Ordinal));
            if (isCovered && window.From <= at - policy.OrderLifetime && at < window.Until)
                Violated($"I3: automation contained {order.Target} under maintenance.");
        }
    }
}
