using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules.Sigma.Correlations;

/// <summary>Evaluation of keys at the instants of their hits.</summary>
internal sealed partial class Correlator
{
    /// <summary>Evaluates every instant before a limit, one after the other.</summary>
    private void Evaluate(ref CorrelationKey key, long limit)
    {
        while (key.Evaluated < key.End && _hits.Times(key)[key.Evaluated] is var instant && instant < limit)
        {
            while (key.Evaluated < key.End && _hits.Times(key)[key.Evaluated] == instant)
                Include(ref key, key.Evaluated);
            EvaluateAt(ref key, instant);
        }
    }

    private void EvaluateAt(ref CorrelationKey key, long instant)
    {
        key.EvaluatedAt = instant;
        while (_hits.Times(key)[key.First] < instant - _timespan)
            Forget(ref key, key.First);
        var count = key.Evaluated - key.First;
        var window = new HitWindow(
            _hits.Times(key).Slice(key.First, count), _hits.Values(key).Slice(key.First, count), key.Distinct);
        if (!_measure.Holds(window, out var measure))
            return;
        var isNew = key.MatchedAt == CorrelationKey.Never || instant - key.MatchedAt > _timespan;
        if (isNew)
        {
            key.MatchedAt = instant;
            Memory.MatchCount++;
        }
        Tell(ref key, instant, isNew, measure);
    }

    private void Tell(ref CorrelationKey key, long instant, bool isNew, double measure)
    {
        if (!isNew && !_parents.Exists(link => link.Parent._measure.IsIdempotent))
            return;
        CollectIds(key);
        if (isNew && !IsSilent)
            _context.Matches.Add(MatchOf(key, instant, measure));
        foreach (var (parent, rule) in _parents)
        {
            if (isNew || parent._measure.IsIdempotent)
                parent.OfferFrom(this, ref key, rule, instant);
        }
    }

    /// <summary>Counts a hit among those evaluated: the first that waits, or a late one between those that do not.</summary>
    private void Include(ref CorrelationKey key, int place)
    {
        key.Evaluated++;
        var values = _hits.Values(key);
        // Of hits of one rule in a row the newest stands for all, so that a flood of one rule cannot push out what the others saw.
        if (_isTemporal && place > key.First && values[place - 1] == values[place])
            Forget(ref key, place - 1);
        else if (_isCountingDistinct && !IsElsewhere(key, place))
            key.Distinct++;
    }

    /// <summary>Removes a hit, whether it is evaluated or waits.</summary>
    private void Forget(ref CorrelationKey key, int place)
    {
        var isEvaluated = place < key.Evaluated;
        if (isEvaluated && _isCountingDistinct && !IsElsewhere(key, place))
            key.Distinct--;
        var first = key.First;
        _hits.RemoveAt(ref key, place);
        // The first goes by moving on; behind any other one the rest moves up.
        if (isEvaluated && place != first)
            key.Evaluated--;
        key.Evaluated = Math.Max(key.Evaluated, key.First);
    }

    /// <summary>Whether another evaluated hit has the same value.</summary>
    private bool IsElsewhere(in CorrelationKey key, int place)
    {
        var values = _hits.Values(key);
        var value = values[place];
        return values[key.First..place].Contains(value) || values[(place + 1)..key.Evaluated].Contains(value);
    }

    /// <summary>Lists the identifiers of the newest events that count, oldest first, each once.</summary>
    private void CollectIds(in CorrelationKey key)
    {
        var first = key.Evaluated;
        _idsSeen.Clear();
        while (first > key.First && _idsSeen.Count < _context.Options.MatchEventsMax)
            AddIds(key, --first, isWriting: false);
        _idsSeen.Clear();
        _ids.Clear();
        for (var hit = first; hit < key.Evaluated; hit++)
            AddIds(key, hit, isWriting: true);
    }

    private void AddIds(in CorrelationKey key, int hit, bool isWriting)
    {
        var ids = _lists[_hits.IdsOf(key, hit)];
        while (TextLists.TryTake(ref ids, out var id))
        {
            var isNew = _idsSeen.Count < _context.Options.MatchEventsMax && _idsSeen.Add(StableHash.Of(id));
            if (isNew && isWriting)
                TextLists.Append(ref _ids, id);
        }
    }

    private SigmaMatch MatchOf(in CorrelationKey key, long instant, double measure)
    {
        var group = TextLists.Decode(_lists[key.Group]);
        return new SigmaMatch
        {
            Rule = Correlation,
            At = new DateTimeOffset(instant, TimeSpan.Zero),
            Group = [.. Correlation.GroupBy.Zip(group, KeyValuePair.Create)],
            EventIds = TextLists.Decode(_ids.Written),
            Measure = measure,
        };
    }
}
