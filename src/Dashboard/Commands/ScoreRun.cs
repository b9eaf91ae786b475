using SentinelHealth.Detection;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Detection.Ordering;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Formats.Records;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Dashboard.Commands;

/// <summary>Scores events in event time and hands the scores on in input order.</summary>
/// <remarks>
/// Any order of lines within the lateness gives the same scores. Holds at most <see cref="HeldEventsMax"/> events and
/// <see cref="WaitingScoresMax"/> scores; what would exceed that is scored earlier, never dropped (I7).
/// </remarks>
internal sealed class ScoreRun(IDetectionEngine engine, ScoreLines? lines, bool keepsCases)
{
    public const int HeldEventsMax = 1_000_000;
    public const int WaitingScoresMax = 2_000_000;
    public static readonly TimeSpan Lateness = TimeSpan.FromMinutes(10);

    private readonly NativeEventDecoder _decoder = new();
    private readonly RecordReader _reader = new(new NativeEventDecoder());
    private readonly List<RecordPart> _parts = [];
    private readonly List<string> _problems = [];
    private readonly RepeatedEvents _repeated = new();
    private readonly SentinelEvent _event = new();
    private readonly ReorderBuffer<ScoreSlot> _held = new(Lateness, HeldEventsMax);
    private readonly Queue<ScoreSlot> _waiting = new();
    private readonly Versions<Alert> _alerts = new(alert => alert.Id);
    private readonly Versions<Incident> _incidents = new(incident => incident.Id);

    /// <summary>Told of every event right after it was scored, in event order; null when nobody asks. The event is used again.</summary>
    public Action<SentinelEvent, EventVerdict>? Scored { get; init; }

    /// <summary>Events scored or held.</summary>
    public long EventCount { get; private set; }

    /// <summary>Events that came after later ones had been scored.</summary>
    public long LateCount => _held.LateCount;

    /// <summary>Events that another report of the same act had told already; only formats that report one act several times have them.</summary>
    public long RepeatCount { get; private set; }

    /// <summary>Alerts in their newest versions, in order of their first.</summary>
    public IReadOnlyCollection<Alert> Alerts => _alerts.Newest;

    /// <summary>Incidents in their newest versions, in order of their first.</summary>
    public IReadOnlyCollection<Incident> Incidents => _incidents.Newest;

    /// <summary>Takes one line of the input, a record of any format the intake knows.</summary>
    /// <returns>A sentence for each part of it that is no event; empty when all is well. Valid until the next line.</returns>
    public IReadOnlyList<string> Take(NdjsonLine line)
    {
        _problems.Clear();
        if (line.Oversized is { } oversized)
        {
            _problems.Add($"{RejectionReason.TooLarge}: The line has {oversized.Bytes} bytes.");
            return _problems;
        }
        _parts.Clear();
        // The reader's memory is used again for the next line.
        ReadOnlyMemory<byte> record = line.Payload.ToArray();
        _reader.Read(record, _event, _parts);
        foreach (var part in _parts)
        {
            if (!part.IsEvent)
                _problems.Add($"{(part.Within.Length > 0 ? part.Within + ": " : "")}{part.Rejection.Reason}: {part.Rejection.Detail}");
            // Of several events the reader holds the last one only.
            else if (_parts.Count == 1 || _decoder.TryDecode(part.Payload, _event, out _))
                Take(part.Payload, isNative: part.Payload.Equals(record));
        }
        Flush();
        return _problems;
    }

    private void Take(ReadOnlyMemory<byte> payload, bool isNative)
    {
        if (!isNative && !_repeated.TryAdd(_event.Key(TextField.Id)))
        {
            RepeatCount++;
            return;
        }
        EventCount++;
        var slot = new ScoreSlot(payload);
        if (lines is not null)
            _waiting.Enqueue(slot);
        _held.Add(slot, _event.OccurredAt, LedgerPlace.Of(_event), _event.Key(TextField.Id));
        while (_held.TryTake(out var due))
            Score(due);
        if (_waiting.Count > WaitingScoresMax)
            Drain();
    }

    /// <summary>Scores what is still held.</summary>
    public void Finish()
    {
        Drain();
        Flush();
        lines?.Complete();
        if (!keepsCases || engine is not DetectionEngine running)
            return;
        foreach (var alert in running.RunningAlerts)
            _alerts.Renew(alert);
    }

    private void Drain()
    {
        while (_held.TryDrain(out var next))
            Score(next);
    }

    private void Score(ScoreSlot slot)
    {
        // Decoded before with success; decoding twice is cheaper than keeping a decoded copy of everything held.
        _decoder.TryDecode(slot.Payload, _event, out _);
        var verdict = engine.Process(_event);
        Scored?.Invoke(_event, verdict);
        slot.Conclude(lines is null ? "" : _event.TextOf(TextField.Id), verdict.Score, verdict.PValue);
        if (!keepsCases)
            return;
        foreach (var alert in verdict.Alerts)
            _alerts.Put(alert);
        foreach (var incident in verdict.Incidents)
            _incidents.Put(incident);
    }

    private void Flush()
    {
        while (_waiting.TryPeek(out var first) && first.IsScored)
            lines!.Write(_waiting.Dequeue());
    }

    /// <summary>The newest version of each thing, in order of first appearance.</summary>
    private sealed class Versions<T>(Func<T, string> idOf)
    {
        private readonly OrderedDictionary<string, T> _newest = new(StringComparer.Ordinal);

        public IReadOnlyCollection<T> Newest => _newest.Values;

        public void Put(T version) => _newest[idOf(version)] = version;

        public void Renew(T version)
        {
            if (_newest.ContainsKey(idOf(version)))
                Put(version);
        }
    }
}

/// <summary>Which of the newest events have been seen. The log does this for the monitor; a file has no log.</summary>
internal sealed class RepeatedEvents
{
    private const int EventsMax = 1_000_000;

    private readonly HashSet<ulong> _seen = [];
    private readonly Queue<ulong> _byAge = new();

    /// <summary>Remembers an event by the key of its identifier, and forgets the oldest when there are too many.</summary>
    public bool TryAdd(ulong key)
    {
        if (!_seen.Add(key))
            return false;
        _byAge.Enqueue(key);
        if (_byAge.Count > EventsMax)
            _seen.Remove(_byAge.Dequeue());
        return true;
    }
}

/// <summary>One event between its line and its score.</summary>
internal sealed class ScoreSlot(ReadOnlyMemory<byte> payload)
{
    public ReadOnlyMemory<byte> Payload { get; private set; } = payload;

    public string Id { get; private set; } = "";

    public double Score { get; private set; }

    public double PValue { get; private set; }

    public bool IsScored { get; private set; }

    /// <summary>Keeps the score and lets go of the record.</summary>
    public void Conclude(string id, double score, double pValue) =>
        (Payload, Id, Score, PValue, IsScored) = (default, id, score, pValue, true);
}
