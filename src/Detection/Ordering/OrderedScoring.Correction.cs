using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;

namespace SentinelHealth.Detection.Ordering;

/// <content>Going back: what to score again, and what is to be said differently afterwards.</content>
public sealed partial class OrderedScoring
{
    /// <summary>Puts what arrived into its place and scores everything after it again.</summary>
    private OrderedVerdict Correct()
    {
        CorrectionCount++;
        var first = _arrived[0].Rank;
        _reachMs = Math.Max(ReachKept * _reachMs, LastRank.AtMs - first.AtMs);
        var newestMs = Math.Max(LastRank.AtMs, _arrived[^1].Rank.AtMs);
        var from = _checkpoints.FindLastIndex(checkpoint => checkpoint.Boundary < first);
        var boundary = _checkpoints[from].Boundary;
        _checkpoints.RemoveRange(from + 1, _checkpoints.Count - from - 1);
        using (var state = _checkpoints[from].State.OpenRead())
            Engine = _factory(state);
        if (_tuning is not null)
            Engine.Tune(_tuning);
        if (_written is not null)
            Engine.Use(_written);
        var again = Merge(boundary);
        var saidBefore = TakeBack(boundary);
        _sinceCheckpoint = 0;
        var (alerts, incidents) = NothingSaid();
        var tailMs = Math.Max(SettledMs, newestMs - (long)(ReachMargin * _reachMs));
        _closedTo = _checkpoints[from].ClosedTo;
        var decided = new Queue<Closure>(_closures.Where(closure => closure.Number > _closedTo));
        foreach (var held in again)
        {
            KeepStateOnTheWay(tailMs, held.Rank.AtMs);
            CloseAgain(decided, held.Rank, incidents);
            if (Score(held) is not { } said)
                continue;
            foreach (var alert in said.Alerts)
                alerts.Put(alert);
            foreach (var incident in said.Incidents)
                incidents.Put(incident);
        }
        CloseAgain(decided, null, incidents);
        var (alertsBelow, incidentsBelow) = Said(_standing.OldestFirst.Concat(_told.Where(telling => telling.At <= boundary)));
        var isBelowWhole = !_standing.HasForgotten;
        return new OrderedVerdict(
            Changes(saidBefore.Alerts, alerts, alertsBelow, AlertMarks.Withdrawn, isBelowWhole),
            Changes(saidBefore.Incidents, incidents, incidentsBelow, AlertMarks.Withdrawn, isBelowWhole), IsRevision: true);
    }

    /// <summary>What people decided before an event is decided again before it is scored again.</summary>
    private void CloseAgain(Queue<Closure> decided, EventRank? before, Versions<Incident> incidents)
    {
        while (decided.TryPeek(out var next) && (before is not { } rank || next.At < rank))
        {
            _closedTo = decided.Dequeue().Number;
            foreach (var incident in Engine.Close(next.AlertId, next.Disposition))
                incidents.Put(incident);
        }
    }

    /// <summary>
    /// A state just before where the next correction is likely to begin, so that it has little to score again: where several sources
    /// run side by side, every batch has an event that belongs a moment before the last one of the batch before.
    /// </summary>
    private void KeepStateOnTheWay(long tailMs, long nextMs)
    {
        // Never a little later: it replaces the one before it, and what it does not reach would go back much further.
        var isAtTail = LastRank.AtMs < tailMs && nextMs >= tailMs && _sinceCheckpoint >= CheckpointWorthEvents;
        var isDue = nextMs < tailMs && _sinceCheckpoint >= CheckpointSpacing;
        if ((isAtTail || isDue) && _held.Count > 0)
            KeepState();
    }

    /// <summary>Takes the events after a place out and returns them together with what arrived, in order.</summary>
    private List<HeldEvent> Merge(EventRank boundary)
    {
        var start = IndexAfter(boundary);
        var merged = new List<HeldEvent>(_held.Count - start + _arrived.Count);
        var next = start;
        foreach (var arrived in _arrived)
        {
            while (next < _held.Count && _held[next].Rank < arrived.Rank)
                merged.Add(_held[next++]);
            merged.Add(arrived);
        }
        merged.AddRange(_held[next..]);
        _held.RemoveRange(start, _held.Count - start);
        return merged;
    }

    /// <summary>What had been said after a place, in its newest versions; it counts as unsaid from now on.</summary>
    private (Versions<Alert> Alerts, Versions<Incident> Incidents) TakeBack(EventRank boundary)
    {
        var said = Said(_told.Where(telling => telling.At > boundary));
        _told.RemoveAll(telling => telling.At > boundary);
        return said;
    }

    private static (Versions<Alert> Alerts, Versions<Incident> Incidents) Said(IEnumerable<Telling> tellings)
    {
        var (alerts, incidents) = NothingSaid();
        foreach (var telling in tellings)
        {
            if (telling.Alert is { } alert)
                alerts.Put(alert);
            if (telling.Incident is { } incident)
                incidents.Put(incident);
        }
        return (alerts, incidents);
    }

    private static (Versions<Alert> Alerts, Versions<Incident> Incidents) NothingSaid() => (
        new Versions<Alert>(alert => alert.Id, alert => alert.EventCount == 1),
        new Versions<Incident>(incident => incident.Id, incident => incident.Version == 1));

    /// <summary>
    /// What must be said now: what is new or different, and of what is no longer so either that it is withdrawn, when it began
    /// after the place that was gone back to, or how it stood there. What does not stand there began after it, unless what stood there
    /// is not known any more: then only what was seen to begin is withdrawn. The first version told need not be number one.
    /// </summary>
    private static List<T> Changes<T>(
        Versions<T> before, Versions<T> now, Versions<T> below, Func<T, T> withdraw, bool isBelowWhole) where T : class
    {
        var changes = now.Newest
            .Where(version => before.Find(version) is not { } said || !AlertMarks.IsSame(said, version)).ToList();
        foreach (var gone in before.Newest.Where(version => now.Find(version) is null))
        {
            if (below.Find(gone) is { } standing)
                changes.Add(standing);
            else if (isBelowWhole || before.HasBegun(gone))
                changes.Add(withdraw(gone));
        }
        return changes;
    }

    /// <summary>The newest version of each thing, in order of first appearance.</summary>
    private sealed class Versions<T>(Func<T, string> idOf, Func<T, bool> isFirst) where T : class
    {
        private readonly OrderedDictionary<string, T> _newest = new(StringComparer.Ordinal);
        private readonly HashSet<string> _begun = new(StringComparer.Ordinal);

        public IEnumerable<T> Newest => _newest.Values;

        public void Put(T version)
        {
            _newest[idOf(version)] = version;
            if (isFirst(version))
                _begun.Add(idOf(version));
        }

        public T? Find(T version) => _newest.GetValueOrDefault(idOf(version));

        /// <summary>Whether its first version is among these.</summary>
        public bool HasBegun(T version) => _begun.Contains(idOf(version));
    }
}
