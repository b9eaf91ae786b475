using SentinelHealth.Ingest.Events;
using SentinelHealth.Response.Queries;

namespace SentinelHealth.Response.Hunting;

/// <summary>One search under way: what was found so far.</summary>
internal sealed class HuntRun(QueryNode query, HuntRequest request, IEventDecoder decoder)
{
    private readonly Func<SentinelEvent, bool> _fits = EventFields.Reader.Compile(query);
    private readonly SentinelEvent _observed = new();
    private readonly SortedSet<HuntHit> _newest = new(HuntHit.NewestFirst);
    private readonly long[] _bars = new long[request.Bars];
    private long _count, _lookedAt, _from, _to;
    private bool _isMore;

    /// <summary>Part that is done, 0 to 1.</summary>
    public double Progress { get; set; }

    /// <summary>Decides what the bars span: what the query names, within what there is.</summary>
    public void Begin(long fromMs, long toMs, long firstMs, long lastMs, IEnumerable<ReadOnlyMemory<byte>> loose)
    {
        foreach (var record in loose)
        {
            if (!decoder.TryDecode(record, _observed, out _))
                continue;
            var at = _observed.OccurredAt.ToUnixTimeMilliseconds();
            (firstMs, lastMs) = (Math.Min(firstMs, at), Math.Max(lastMs, at));
        }
        (_from, _to) = HuntScope.Within((fromMs, toMs), (firstMs, lastMs));
    }

    /// <summary>The latest instant worth a look: a later page need not open what is newer, unless somebody counts.</summary>
    public long Latest(long toMs) => request is { After: { } after, Bars: 0 } ? Math.Min(toMs, after.AtMs) : toMs;

    /// <summary>Looks at records.</summary>
    public void Look(IEnumerable<ReadOnlyMemory<byte>> records)
    {
        foreach (var record in records)
        {
            _lookedAt++;
            if (decoder.TryDecode(record, _observed, out _) && _fits(_observed))
                Found(record);
        }
    }

    /// <summary>What was found so far.</summary>
    public HuntAnswer Answer() => new()
    {
        Hits = [.. _newest],
        Count = _count,
        LookedAtCount = _lookedAt,
        Progress = Progress,
        Bars = [.. _bars],
        Span = (DateTimeOffset.FromUnixTimeMilliseconds(_from), DateTimeOffset.FromUnixTimeMilliseconds(_to)),
        Next = _isMore && _newest.Max is { Record.Length: > 0 } last
            ? new HuntCursor(last.At.ToUnixTimeMilliseconds(), last.IdKey) : null,
    };

    private void Found(ReadOnlyMemory<byte> record)
    {
        _count++;
        var at = _observed.OccurredAt.ToUnixTimeMilliseconds();
        if (_bars.Length > 0)
            _bars[(int)Math.Clamp((at - _from) * _bars.Length / Math.Max(1, _to - _from + 1), 0, _bars.Length - 1)]++;
        var hit = new HuntHit(_observed.OccurredAt, _observed.Key(TextField.Id), record);
        if (request.After is { } after
            && IsUpTo(hit, new HuntHit(DateTimeOffset.FromUnixTimeMilliseconds(after.AtMs), after.IdKey, default)))
            return;
        if (_newest.Count == request.HitsMax && IsUpTo(_newest.Max, hit))
        {
            _isMore = true;
            return;
        }
        // A block's memory must not stay for one record of it.
        if (!_newest.Add(hit with { Record = record.ToArray() }) || _newest.Count <= request.HitsMax)
            return;
        _newest.Remove(_newest.Max);
        _isMore = true;
    }

    private static bool IsUpTo(HuntHit hit, HuntHit other) => HuntHit.NewestFirst.Compare(hit, other) <= 0;
}
