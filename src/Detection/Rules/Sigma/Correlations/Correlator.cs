using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules.Sigma.Correlations;

/// <summary>Runs one correlation: takes the hits of the rules below it, and evaluates its keys at the instants of hits.</summary>
/// <remarks>
/// At an instant t the hits from t less the timespan up to t count, both ends included. A key that matched at t matches again after t plus the timespan at
/// the earliest, when none of the hits at t count any more: no event is told twice. See ADR 0027.
/// </remarks>
internal sealed partial class Correlator
{
    private const int ExpiredAtOnceMax = 4;

    private readonly CorrelationContext _context;
    private readonly CorrelationMeasure _measure;
    private readonly CorrelationKeys _keys;
    private readonly HitBlocks _hits;
    private readonly TextLists _lists;
    private readonly CorrelationTexts _texts;
    private readonly List<(Correlator Parent, int Rule)> _parents = [];
    private readonly PriorityQueue<int, long> _due = new();
    private readonly int[][] _sources;
    private readonly bool _isTemporal, _isCountingDistinct;
    private readonly long _timespan;
    private readonly HashSet<ulong> _idsSeen = [];
    private ByteBuffer _ids = new();

    public Correlator(SigmaCorrelation correlation, CorrelationContext context)
    {
        (Correlation, _context) = (correlation, context);
        Slots = new CorrelationSlots(correlation);
        _texts = new CorrelationTexts(Slots);
        _measure = new CorrelationMeasure(correlation);
        _sources = new int[correlation.Rules.Count][];
        _isTemporal = correlation.Type is SigmaCorrelationType.Temporal or SigmaCorrelationType.TemporalOrdered;
        _isCountingDistinct = correlation.Type == SigmaCorrelationType.ValueCount;
        _timespan = correlation.Timespan.Ticks;
        // An ordered correlation follows its rules within an instant, too.
        Memory = new CorrelationMemory(context.Arena, isOrderedByValue: _isTemporal);
        (_keys, _hits, _lists) = (Memory.Keys, Memory.Hits, Memory.Texts);
    }

    public SigmaCorrelation Correlation { get; }

    public CorrelationSlots Slots { get; }

    /// <summary>Whether matches are for the correlations above only.</summary>
    public bool IsSilent { get; set; }

    /// <summary>What it remembers.</summary>
    public CorrelationMemory Memory { get; }

    public long MatchCount => Memory.MatchCount;

    public int KeyCount => _keys.Count;

    /// <summary>Bytes of the table of keys, without what the arena holds.</summary>
    public long KeyBytes => _keys.Bytes;

    /// <summary>States where the texts of each slot are found in the hits of a rule.</summary>
    /// <param name="rule">Place of the rule among those of the correlation.</param>
    /// <param name="sources">Fields of records; or slots of the correlation below.</param>
    public void Bind(int rule, int[] sources) => _sources[rule] = sources;

    /// <summary>Adds a correlation that is about this one.</summary>
    public void AddParent(Correlator parent, int rule) => _parents.Add((parent, rule));

    /// <summary>Takes an event that a rule matched.</summary>
    public void Offer(SigmaRecord record, int rule, long time, ReadOnlySpan<byte> ids)
    {
        _texts.Clear();
        foreach (var field in _sources[rule])
        {
            var link = record.FirstOf(field);
            while (link >= 0 && record.IsNull(record.ValueOf(link)))
                link = record.NextOf(link);
            if (link < 0)
                _texts.AddMissing();
            else
                _texts.Add(record.Text(record.ValueOf(link)));
        }
        Accept(rule, time, ids);
    }

    /// <summary>Evaluates the instants before a limit that have new hits.</summary>
    public void Advance(long limit)
    {
        while (_due.TryPeek(out var number, out var dueAt) && dueAt < limit)
        {
            _due.Dequeue();
            if (_keys[number].DueAt != dueAt)
                continue;
            ref var key = ref _keys.Change(number);
            key.DueAt = CorrelationKey.Never;
            if (key.EvaluatedAt == dueAt)
                EvaluateAt(ref key, dueAt);
            Evaluate(ref key, limit);
            if (key.Evaluated < key.End)
                Await(number, _hits.Times(key)[key.Evaluated]);
        }
    }

    /// <summary>Takes a match of a correlation below: the newest hit of its key stands for it, and the key's texts.</summary>
    private void OfferFrom(Correlator below, ref CorrelationKey key, int rule, long time)
    {
        _texts.Clear();
        var group = below._lists[key.Group];
        var carried = below._lists[below._hits.CarriedOf(key, key.Evaluated - 1)];
        foreach (var slot in _sources[rule])
        {
            var text = slot < below.Slots.GroupCount
                ? TextLists.At(group, slot)
                : TextLists.At(carried, slot - below.Slots.GroupCount - below.Slots.ValueCount);
            if (text.IsEmpty && slot >= below.Slots.GroupCount)
                _texts.AddMissing();
            else
                _texts.Add(text);
        }
        Accept(rule, time, below._ids.Written);
    }

    private void Accept(int rule, long time, ReadOnlySpan<byte> ids)
    {
        if (!_texts.IsComplete || !TryValue(rule, ids, out var value))
            return;
        var number = KeyFor(_texts.GroupHash);
        ref var key = ref _keys.Change(number);
        key.TouchedAt = _context.Clock;
        if (key.EvaluatedAt != CorrelationKey.Never && time < key.EvaluatedAt)
        {
            _context.LateHits++;
            if (time < key.EvaluatedAt - _timespan)
                return;
        }
        if (TryInsert(ref key, time, value, ids) && time >= key.EvaluatedAt)
            Await(number, time);
    }

    private bool TryValue(int rule, ReadOnlySpan<byte> ids, out long value)
    {
        value = rule;
        switch (Correlation)
        {
            case { Type: SigmaCorrelationType.Temporal or SigmaCorrelationType.TemporalOrdered }:
                return true;
            case { Type: SigmaCorrelationType.EventCount }:
                // An event that two of the rules match is one event.
                value = (long)StableHash.Of(ids);
                return true;
            case { Type: SigmaCorrelationType.ValueCount } or { Type: SigmaCorrelationType.ValuePercentile, Percentile: null }:
                value = (long)_texts.ValueHash;
                return true;
            default:
                var isNumber = _texts.TryNumber(out var number);
                value = BitConverter.DoubleToInt64Bits(number);
                return isNumber;
        }
    }

    private int KeyFor(ulong hash)
    {
        Expire();
        var number = _keys.Find(hash);
        if (number != CorrelationKeys.None)
        {
            _keys.Touch(number);
            return number;
        }
        if (_keys.Count >= _context.Options.KeysMax)
        {
            _context.EvictedKeys++;
            Remove(_keys.Oldest);
        }
        number = _keys.Add(hash);
        _keys.Change(number).Group = _lists.Add(_texts.GroupList());
        return number;
    }

    /// <summary>Lets go of keys that have been quiet so long that none of their hits can count again; a few at a time.</summary>
    private void Expire()
    {
        for (var count = 0; count < ExpiredAtOnceMax && _keys.Oldest != CorrelationKeys.None; count++)
        {
            if (_keys[_keys.Oldest].TouchedAt >= _context.SettledUntil - _timespan)
                return;
            Remove(_keys.Oldest);
        }
    }

    private void Remove(int number)
    {
        ref var key = ref _keys.Change(number);
        Evaluate(ref key, long.MaxValue);
        _hits.Free(ref key);
        key.DueAt = CorrelationKey.Never;
        _keys.Remove(number);
    }

    private bool TryInsert(ref CorrelationKey key, long time, long value, ReadOnlySpan<byte> ids)
    {
        var place = _hits.PlaceOf(key, time, value, ids);
        if (_hits.IsRepeated(key, place, time, value, ids))
            return false;
        if (key.End - key.First >= _context.Options.KeyEventsMax)
        {
            _context.DroppedHits++;
            Forget(ref key, key.First);
            place = Math.Max(place, key.First);
        }
        place -= _hits.MakeRoom(ref key);
        var hit = new Hit(time, value, _lists.Add(ids), _lists.Add(_texts.CarriedList()));
        _hits.Insert(ref key, place, hit);
        if (time <= key.EvaluatedAt)
            Include(ref key, place);
        return true;
    }

    /// <summary>Has a key evaluated at an instant, once nothing comes before.</summary>
    private void Await(int number, long instant)
    {
        ref readonly var key = ref _keys[number];
        if (key.DueAt != CorrelationKey.Never && key.DueAt <= instant)
            return;
        _keys.Change(number).DueAt = instant;
        _due.Enqueue(number, instant);
    }
}
