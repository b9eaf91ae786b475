using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;

namespace SentinelHealth.Detection.Ordering;

/// <summary>
/// Scores every event at once and yet, in the end, as if all had arrived in the order of their times: when an event arrives that
/// belongs before others already scored, the engine goes back to a state kept from before it and scores those again.
/// </summary>
/// <remarks>
/// After each <see cref="Settle"/> the engine's state is that of all events taken in so far in the order of <see cref="EventRank"/>,
/// a function of the log alone (I5): the same whatever the arrival order within the allowed lateness, the batches and the restarts.
/// In order it costs one state in <see cref="OrderedScoringOptions.CheckpointEveryEvents"/> events; out of order, once a batch,
/// reading a state and scoring again what came after it. Bounded: at <see cref="OrderedScoringOptions.EventsHeldMax"/> the oldest are settled early.
/// Not thread-safe.
/// </remarks>
public sealed partial class OrderedScoring
{
    /// <summary>Tag of alerts raised by an event that came later than allowed.</summary>
    public const string LateTag = AlertMarks.LateTag;

    /// <summary>Tag of alerts and incidents that an event which arrived later showed to be unfounded.</summary>
    public const string WithdrawnTag = AlertMarks.WithdrawnTag;

    /// <summary>
    /// States kept at most, and of large ones: the oldest is the one below everything held, the newest moves along, and one between them is
    /// where the oldest goes to at the bound.
    /// </summary>
    private const int CheckpointsMax = 5, CheckpointsMin = 3;

    /// <summary>Settled versions of alerts and incidents remembered, in case what was said after them is taken back.</summary>
    private const int StandingMax = 4_096;

    /// <summary>
    /// Events worth a state on the way through a correction: what keeping one costs, an event for so many written bytes, and about so many for the
    /// pages that are copied after it.
    /// </summary>
    private const int CheckpointWorthEventsMin = 50, CheckpointBytesPerEvent = 6_000;

    /// <summary>How far back corrections go is forgotten by this part with each, and the next is expected to go twice as far at most.</summary>
    private const double ReachKept = 0.9, ReachMargin = 2;

    private readonly Func<Stream?, IDetectionEngine> _factory;
    private readonly IEventDecoder _decoder;
    private readonly OrderedScoringOptions _options;
    private readonly SentinelEvent _event = new();
    private readonly SortedDictionary<int, PartitionWatermark> _watermarks = [];
    private readonly Dictionary<int, long> _readOffsets = [];
    private readonly List<HeldEvent> _held = [];
    private readonly List<HeldEvent> _arrived = [];
    private readonly List<Checkpoint> _checkpoints = [];
    private readonly List<Telling> _told = [];
    private readonly StandingVersions _standing = new(StandingMax);
    private int _sinceCheckpoint;

    /// <summary>How far behind the newest event corrections begin, lately: milliseconds of event time.</summary>
    private double _reachMs;

    /// <summary>Starts cold.</summary>
    /// <param name="factory">Makes an engine, from a saved state when one is given.</param>
    /// <param name="decoder">Reads events again; used by the calling thread alone.</param>
    /// <param name="options">The bounds.</param>
    public OrderedScoring(Func<Stream?, IDetectionEngine> factory, IEventDecoder decoder, OrderedScoringOptions options)
    {
        ArgumentNullException.ThrowIfNull(factory);
        (_factory, _decoder, _options) = (factory, decoder, options);
        Engine = factory(null);
        _checkpoints.Add(new(EventRank.First, SavedState.Of(Engine.Save), 0));
    }

    /// <summary>The engine as of the last settling. Replaced by a correction.</summary>
    public IDetectionEngine Engine { get; private set; }

    /// <summary>Events that came later than allowed since this process started; they were scored all the same.</summary>
    public long LateCount { get; private set; }

    /// <summary>Events whose time was ahead of their receipt since this process started; they were scored all the same.</summary>
    public long AheadCount { get; private set; }

    /// <summary>Times the order was put right since this process started.</summary>
    public long CorrectionCount { get; private set; }

    /// <summary>Events held to be scored again if need be.</summary>
    public int HeldCount => _held.Count;

    /// <summary>Event time before which everything is settled in every partition; null before the first event.</summary>
    public DateTimeOffset? Watermark => _watermarks.Count == 0 || SettledMs == long.MinValue
        ? null : DateTimeOffset.FromUnixTimeMilliseconds(SettledMs);

    /// <summary>Whether the next settling has to go back.</summary>
    public bool NeedsCorrection => _arrived.Count > 0 && _arrived.Min(arrived => arrived.Rank) < LastRank;

    /// <summary>Told each event's final score once nothing can come before it any more.</summary>
    internal Action<HeldEvent>? BecameFinal { get; set; }

    /// <summary>The events held, in order.</summary>
    internal IReadOnlyList<HeldEvent> Held => _held;

    /// <summary>
    /// Events between states. Scoring an event takes the same time whatever the state, writing the state takes as long as it is large: so a
    /// state that is twice its share of the memory is written half as often, but at least twice before the bound of what is held.
    /// </summary>
    private int CheckpointSpacing => (int)Math.Clamp(
        _options.CheckpointEveryEvents * Math.Max(1, (double)StateBytes * CheckpointsMax / _options.CheckpointBytesMax),
        _options.CheckpointEveryEvents, Math.Max(_options.CheckpointEveryEvents, _options.EventsHeldMax / 2));

    private long StateBytes => _checkpoints[^1].State.Length;

    private long CheckpointWorthEvents => Math.Min(
        _options.CheckpointEveryEvents / 4,
        Math.Max(CheckpointWorthEventsMin, _checkpoints[^1].State.WrittenBytes / CheckpointBytesPerEvent));

    private int CheckpointCountMax =>
        (int)Math.Clamp(_options.CheckpointBytesMax / Math.Max(1, StateBytes), CheckpointsMin, CheckpointsMax);

    private long SettledMs => _watermarks.Count == 0 ? long.MinValue : _watermarks.Values.Min(watermark => watermark.Ms);

    private EventRank LastRank => _held.Count > 0 ? _held[^1].Rank : _checkpoints[0].Boundary;

    /// <summary>Takes an event in; it is scored by the next <see cref="Settle"/>.</summary>
    /// <param name="place">Partition and offset of the entry it came in.</param>
    /// <param name="receivedAt">When the entry became durable.</param>
    /// <param name="decoded">The event; only its memory of the record is kept.</param>
    /// <param name="isWitnessed">Whether another partition scores it, and this one only learns what it says about the network.</param>
    /// <returns>How its time fits that moment.</returns>
    public EventTiming Add(
        (int Partition, long Offset) place, DateTimeOffset receivedAt, SentinelEvent decoded, bool isWitnessed = false)
    {
        ArgumentNullException.ThrowIfNull(decoded);
        _readOffsets[place.Partition] = place.Offset;
        var (rank, timing) = RankOf(place, receivedAt.ToUnixTimeMilliseconds(), decoded);
        // Below the oldest state kept nothing can be put right: a new partition's past, or what the bound has settled early.
        var oldest = _checkpoints[0].Boundary.AtMs;
        if (rank.AtMs <= oldest && oldest != long.MinValue)
            (rank, timing) = (rank with { AtMs = oldest + 1, Ledger = default, IdKey = 0 }, EventTiming.Late);
        LateCount += timing == EventTiming.Late && !isWitnessed ? 1 : 0;
        AheadCount += timing == EventTiming.Ahead && !isWitnessed ? 1 : 0;
        _arrived.Add(new HeldEvent(rank, decoded.Raw, timing) { IsWitnessed = isWitnessed });
        return timing;
    }

    private (EventRank Rank, EventTiming Timing) RankOf(
        (int Partition, long Offset) place, long receivedMs, SentinelEvent decoded)
    {
        var watermark = WatermarkOf(place.Partition);
        var occurredMs = decoded.OccurredAt.ToUnixTimeMilliseconds();
        // Among themselves such events keep the log's order, so that a sender whose clock is wrong causes no corrections.
        if (occurredMs - receivedMs > _options.ClockSkewMax.TotalMilliseconds)
            return (OfLog(Math.Max(receivedMs, watermark.Ms)), EventTiming.Ahead);
        var rankedMs = watermark.Observe(occurredMs, out var isLate);
        // What comes too late for its place keeps the log's order, so that one sender's events stay in theirs.
        return isLate
            ? (OfLog(rankedMs), EventTiming.Late)
            : (new EventRank(rankedMs, LedgerPlace.Of(decoded), decoded.Key(TextField.Id), place.Partition, place.Offset),
                EventTiming.InTime);

        EventRank OfLog(long atMs) => new(atMs, default, 0, place.Partition, place.Offset);
    }

    /// <summary>Notes an entry that is no event, so that it is not read again after a restart.</summary>
    public void Skip((int Partition, long Offset) place) => _readOffsets[place.Partition] = place.Offset;

    /// <summary>A partition went to another process: it holds nothing back here any more.</summary>
    public void Forget(int partition)
    {
        _watermarks.Remove(partition);
        _readOffsets.Remove(partition);
    }

    /// <summary>Scores what was taken in, each event in its place. Must be enumerated to its end.</summary>
    public IEnumerable<OrderedVerdict> Settle()
    {
        if (_arrived.Count == 0)
            yield break;
        _arrived.Sort(static (left, right) => left.Rank.CompareTo(right.Rank));
        if (_arrived[0].Rank < LastRank)
            yield return Correct();
        else
        {
            foreach (var arrived in _arrived)
            {
                if (Score(arrived) is { } said)
                    yield return said;
            }
            if (_sinceCheckpoint >= CheckpointSpacing)
                KeepState();
        }
        _arrived.Clear();
        LetGo();
    }

    private OrderedVerdict? Score(HeldEvent held)
    {
        // Decoded before with success; decoding again is cheaper than keeping a decoded copy of everything held.
        if (!_decoder.TryDecode(held.Payload, _event, out _))
            throw new InvalidDataException("A record that was an event is one no longer.");
        if (held.IsWitnessed)
        {
            Engine.Witness(_event);
            _held.Add(held);
            _sinceCheckpoint++;
            return null;
        }
        var verdict = Engine.Process(_event);
        (held.Score, held.PValue) = (verdict.Score, verdict.PValue);
        _held.Add(held);
        _sinceCheckpoint++;
        if (verdict.Alerts.Count == 0 && verdict.Incidents.Count == 0)
            return null;
        var alerts = held.Timing == EventTiming.InTime
            ? verdict.Alerts
            : [.. verdict.Alerts.Select(alert => AlertMarks.Mark(alert, held.Timing))];
        foreach (var alert in alerts)
            _told.Add(new Telling(held.Rank, alert, null));
        foreach (var incident in verdict.Incidents)
            _told.Add(new Telling(held.Rank, null, incident));
        return new OrderedVerdict(alerts, verdict.Incidents, IsRevision: false);
    }

    private PartitionWatermark WatermarkOf(int partition)
    {
        if (!_watermarks.TryGetValue(partition, out var watermark))
            _watermarks.Add(partition, watermark = new PartitionWatermark(_options.AllowedLateness));
        return watermark;
    }

    /// <summary>
    /// Keeps the state as it is now. The one before it goes, unless it stands a spacing after its own predecessor; of too many, the one goes
    /// that stands nearest to its predecessor. So the newest moves along with the events, and the others spread over what is held.
    /// </summary>
    private void KeepState()
    {
        if (_checkpoints.Count > 1 && EventsBefore(_checkpoints.Count - 1) < CheckpointSpacing)
            _checkpoints.RemoveAt(_checkpoints.Count - 1);
        while (_checkpoints.Count >= CheckpointCountMax)
            _checkpoints.RemoveAt(Enumerable.Range(1, _checkpoints.Count - 1).Reverse().MinBy(EventsBefore));
        _checkpoints.Add(new(LastRank, SavedState.Of(Engine.Save), _closedTo));
        _sinceCheckpoint = 0;
    }

    /// <summary>Events between a state and the one before it.</summary>
    private int EventsBefore(int checkpoint) =>
        IndexAfter(_checkpoints[checkpoint].Boundary) - IndexAfter(_checkpoints[checkpoint - 1].Boundary);

    /// <summary>Lets go of what nothing can come before any more, and at the bound of what must be let go all the same.</summary>
    private void LetGo()
    {
        // Entries that are still to be taken again belong somewhere in between.
        if (_awaited.Count > 0)
            return;
        var settledMs = SettledMs;
        var keep = _checkpoints.FindLastIndex(checkpoint => checkpoint.Boundary.AtMs < settledMs);
        if (_held.Count > _options.EventsHeldMax)
        {
            if (_checkpoints.Count == 1)
                KeepState();
            keep = Math.Max(keep, 1);
        }
        if (keep <= 0)
            return;
        _checkpoints.RemoveRange(0, keep);
        var boundary = _checkpoints[0].Boundary;
        var settled = IndexAfter(boundary);
        for (var i = 0; BecameFinal is not null && i < settled; i++)
            BecameFinal(_held[i]);
        _held.RemoveRange(0, settled);
        foreach (var telling in _told.Where(telling => telling.At <= boundary))
            _standing.Put(telling);
        _told.RemoveAll(telling => telling.At <= boundary);
        _closures.RemoveAll(closure => closure.Number <= _checkpoints[0].ClosedTo);
    }

    /// <summary>The index of the first event held that comes after a place.</summary>
    private int IndexAfter(EventRank boundary)
    {
        var (low, high) = (0, _held.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_held[middle].Rank <= boundary)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// <summary>The engine's state after all events up to a place, that one included, and after people's closures up to a number.</summary>
    private sealed record Checkpoint(EventRank Boundary, SavedState State, long ClosedTo);
}
