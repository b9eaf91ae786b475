using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Testing.Simulated.Whole;

/// <summary>The event log as a cluster has it: partitions, gaps in offsets, duplicates that are marked or refused, and reads that lag.</summary>
internal sealed class WholeLog
{
    private readonly List<LogEntry>[] _partitions;
    private readonly int[] _visible;
    private readonly HashSet<(string, string)> _known = [];
    private readonly bool _marksDuplicates;
    private readonly IChoices _choices;
    private readonly TimeProvider _clock;
    private readonly List<(int Partition, LogEntry Entry, (string, string) Name)> _buffered = [];

    public WholeLog(IChoices choices, TimeProvider clock)
    {
        (_choices, _clock) = (choices, clock);
        _partitions = [.. Enumerable.Range(0, 1 + choices.Pick(3)).Select(_ => new List<LogEntry>())];
        _visible = new int[_partitions.Length];
        _marksDuplicates = choices.Pick(2) == 1;
    }

    /// <summary>Says that a batch is durable, and loses it in a crash.</summary>
    public bool IsHasty { get; init; }

    public IReadOnlyList<int> Partitions => [.. Enumerable.Range(0, _partitions.Length)];

    /// <summary>Everything durable, partition by partition.</summary>
    public IEnumerable<LogEntry> All => _partitions.SelectMany(entries => entries);

    public int EntryCount => _partitions.Sum(entries => entries.Count);

    public AppendResult Append(IReadOnlyList<EventEnvelope> batch)
    {
        var (appended, duplicates) = (0, 0);
        foreach (var envelope in batch)
        {
            var isKnown = _known.Contains((envelope.Source, envelope.Id))
                || _buffered.Exists(waiting => waiting.Name == (envelope.Source, envelope.Id));
            if (isKnown && !_marksDuplicates)
            {
                duplicates++;
                continue;
            }
            Append(envelope, isKnown);
            appended++;
        }
        return new AppendResult(appended, duplicates);
    }

    /// <summary>Bytes that a producer wrote past the intake: no event.</summary>
    public void AppendRaw(byte[] payload) =>
        Store(_choices.Pick(_partitions.Length), new EventEnvelope("foreign", "raw", payload), isDuplicate: false);

    public IReadOnlyList<LogEntry> Read(int partition, long after, int entriesMax) =>
        [.. _partitions[partition].Take(_visible[partition]).Where(entry => entry.Offset > after).Take(entriesMax)];

    public long EndOf(int partition) => _partitions[partition].Count == 0 ? -1 : _partitions[partition][^1].Offset;

    /// <summary>Readers get to see some more of a partition.</summary>
    public void Reveal()
    {
        Flush();
        var partition = _choices.Pick(_partitions.Length);
        _visible[partition] = Math.Min(_partitions[partition].Count, _visible[partition] + 1 + _choices.Pick(120));
    }

    public void RevealAll()
    {
        Flush();
        for (var partition = 0; partition < _partitions.Length; partition++)
            _visible[partition] = _partitions[partition].Count;
    }

    /// <summary>The machine lost its power: what was only said to be durable is gone.</summary>
    public void Crash() => _buffered.Clear();

    private void Append(EventEnvelope envelope, bool isDuplicate)
    {
        var key = envelope.OrderKey == 0 ? (ulong)envelope.Id.Length : envelope.OrderKey;
        var partition = (int)(key % (ulong)_partitions.Length);
        if (IsHasty)
            _buffered.Add((partition, EntryOf(partition, envelope, isDuplicate), (envelope.Source, envelope.Id)));
        else
            Store(partition, envelope, isDuplicate);
    }

    private void Flush()
    {
        foreach (var (partition, entry, name) in _buffered)
        {
            _partitions[partition].Add(entry with { Offset = EndOf(partition) + 1 });
            _known.Add(name);
        }
        _buffered.Clear();
    }

    private void Store(int partition, EventEnvelope envelope, bool isDuplicate)
    {
        _partitions[partition].Add(EntryOf(partition, envelope, isDuplicate));
        _known.Add((envelope.Source, envelope.Id));
    }

    private LogEntry EntryOf(int partition, EventEnvelope envelope, bool isDuplicate) => new(
        partition, EndOf(partition) + 1 + (_choices.Happens(20) ? 1 : 0), envelope.Source, _clock.GetUtcNow(),
        envelope.Payload.ToArray())
    {
        IsDuplicate = isDuplicate,
    };
}

/// <summary>A process's door to the log: calls fail, fall short, or are its last.</summary>
internal sealed class WholeLogDoor(WholeLog log, Lifeline life, IChoices choices, int faultOneIn) : IEventLog
{
    private readonly HashSet<int> _resumed = [];

    public WholeBreakage Breakage { get; init; }

    /// <summary>Where the program's reading should begin, for the variants that begin elsewhere.</summary>
    public Func<int, long> LastCommitted { get; init; } = _ => -1;

    public IReadOnlyList<int> Partitions => log.Partitions;

    public ValueTask<AppendResult> AppendAsync(IReadOnlyList<EventEnvelope> batch, CancellationToken cancel)
    {
        life.At("before the log took a batch");
        if (choices.Happens(faultOneIn))
            throw new IOException("The log does not answer.");
        var result = log.Append(batch);
        life.At("after the log took a batch");
        return new(result);
    }

    public ValueTask<IReadOnlyList<LogEntry>> ReadAsync(int partition, long afterOffset, int entriesMax, CancellationToken cancel)
    {
        life.At("reading the log");
        if (choices.Happens(faultOneIn))
            throw new IOException("The log does not answer.");
        var after = Breakage switch
        {
            WholeBreakage.SkipsAnEntryAfterRestart when IsResuming(partition, afterOffset) => afterOffset + 1,
            WholeBreakage.RepeatsAnEntryAfterRestart when IsResuming(partition, afterOffset) => afterOffset - 2,
            _ => afterOffset,
        };
        var entries = log.Read(partition, after, choices.Happens(6) ? 1 + choices.Pick(entriesMax) : entriesMax);
        return new(Breakage == WholeBreakage.ForgetsDuplicates
            ? [.. entries.Select(entry => entry with { IsDuplicate = false })] : entries);
    }

    /// <summary>Whether this is where a new life goes on, for the first time in it.</summary>
    private bool IsResuming(int partition, long afterOffset) =>
        afterOffset >= 0 && afterOffset == LastCommitted(partition) && _resumed.Add(partition);

    public ValueTask WaitForEntriesAsync(int partition, long afterOffset, CancellationToken cancel) =>
        throw new NotSupportedException("The simulation looks for itself.");

    public ValueTask<long> EndOffsetAsync(int partition, CancellationToken cancel) => new(log.EndOf(partition));
}
