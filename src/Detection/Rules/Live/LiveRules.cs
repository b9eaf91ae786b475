using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Rules.Sigma;
using SentinelHealth.Detection.Rules.Sigma.Correlations;
using SentinelHealth.Detection.Snapshots;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules.Live;

/// <summary>The written rules of one engine: every event is offered to those that run, and what matches is counted and told.</summary>
/// <remarks>One owner thread. An event that no rule is about allocates nothing.</remarks>
internal sealed class LiveRules
{
    private const int CountsMax = 20_000;

    private readonly Dictionary<string, RuleCount> _counts = new(StringComparer.Ordinal);
    private readonly List<SigmaMatch> _found = [];
    private SigmaEngine? _engine;
    private EventRecord? _record;

    /// <summary>The rules in use.</summary>
    public StagedRules Rules { get; private set; } = StagedRules.Empty;

    /// <summary>How often each rule matched, by name.</summary>
    public IReadOnlyDictionary<string, RuleCount> Counts => _counts;

    /// <summary>What correlations hold and had to leave out; null without rules.</summary>
    public SigmaEngineStatus? Status => _engine?.Status;

    /// <summary>Takes other rules into use. What correlations remember stays where they are the same.</summary>
    public void Use(StagedRules written)
    {
        if (ReferenceEquals(written, Rules))
            return;
        using var state = new MemoryStream();
        SaveState(state);
        (Rules, _engine, _record) = (written, null, null);
        if (written.Running.Rules.Count + written.Running.Correlations.Count == 0)
            return;
        _engine = written.TakeEngine();
        _record = new EventRecord(_engine.NewRecord(SigmaFieldMap.Sentinel));
        state.Position = 0;
        LoadState(state);
    }

    /// <summary>Offers an event to the rules and adds what is to be told.</summary>
    public void Observe(SentinelEvent observed, List<RuleMatch> matches)
    {
        if (_engine is null)
            return;
        _engine.Observe(_record!.Fill(observed), observed.OccurredAt, observed.Text(TextField.Id), _found);
        foreach (var found in _found)
        {
            if (Rules.Of(found.Rule) is not { } rule)
                continue;
            Count(rule.Name, found.At);
            if (rule.Definition.Severity > Severity.Informational)
                matches.Add(MatchTelling.Of(observed, rule, found));
        }
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(_counts.Count);
        foreach (var (name, count) in _counts.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.Write(name);
            writer.Write(count.MatchCount);
            writer.Write(count.LastAt.UtcTicks);
        }
        writer.Write(checked((int)(_engine?.SavedBytes ?? 0)));
        if (_engine is not null && writer.BaseStream is ITableKeeper keeper)
            keeper.Keep(_engine.Keep());
        else
            _engine?.Save(writer);
    }

    /// <summary>Reads what <see cref="Save"/> wrote, whatever rules were in use then.</summary>
    public void Load(BinaryReader reader)
    {
        _counts.Clear();
        var count = reader.ReadInt32();
        if (count is < 0 or > CountsMax)
            throw new InvalidDataException($"{count} counts of rules are over the bound of {CountsMax}.");
        for (var i = 0; i < count; i++)
        {
            var name = reader.ReadString();
            _counts[name] = new RuleCount(reader.ReadInt64(), new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero));
        }
        var length = reader.ReadInt32();
        if (length > 0 && KeptTable.TryTake<CorrelationsState>(reader, "What correlations remember was", out var kept))
        {
            _engine?.TakeOver(kept);
            return;
        }
        using var state = new MemoryStream(reader.ReadBytes(length), writable: false);
        LoadState(state);
    }

    private void SaveState(MemoryStream state)
    {
        using var writer = new BinaryWriter(state, System.Text.Encoding.UTF8, leaveOpen: true);
        _engine?.Save(writer);
    }

    private void LoadState(MemoryStream state)
    {
        if (state.Length == 0 || _engine is null)
            return;
        using var reader = new BinaryReader(state, System.Text.Encoding.UTF8, leaveOpen: true);
        _engine.Load(reader);
    }

    private void Count(string name, DateTimeOffset at)
    {
        if (_counts.TryGetValue(name, out var count))
            _counts[name] = new RuleCount(count.MatchCount + 1, at > count.LastAt ? at : count.LastAt);
        else if (_counts.Count < CountsMax)
            _counts[name] = new RuleCount(1, at);
    }
}
