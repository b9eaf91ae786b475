using System.Globalization;
using System.Text;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Explanation;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules;

/// <summary>A node that says nothing for much longer than it ever does, by event time and its own habit.</summary>
/// <remarks>Bounded: beyond <see cref="NodesMax"/> nodes further ones are not watched for silence. O(nodes) a minute of event time.</remarks>
internal sealed class SilenceRules : IRuleSet
{
    private const int NodesMax = 4_096;
    private const long LookEveryMs = 60_000;

    private readonly SortedDictionary<ulong, Speaker> _speakers = [];
    private long _lookedAtMs = long.MinValue;

    public void Observe(SentinelEvent observed, List<RuleMatch> matches)
    {
        var atMs = observed.OccurredAt.ToUnixTimeMilliseconds();
        if (atMs - LookEveryMs >= _lookedAtMs)
        {
            _lookedAtMs = atMs;
            Look(atMs, matches);
        }
        if (observed.Is(TextField.Contract, "ConsensusLayer"u8) || observed.Is(TextField.Contract, "Monitor"u8))
            return;
        ForgetRemoved(observed);
        var key = observed.Key(TextField.Node);
        if (!_speakers.TryGetValue(key, out var speaker))
        {
            if (_speakers.Count >= NodesMax)
                return;
            _speakers.Add(key, speaker = new Speaker(observed.TextOf(TextField.Node)));
        }
        speaker.Habit.Observe(atMs);
        speaker.SetLastEvent(observed.Text(TextField.Id));
        speaker.IsTold = false;
    }

    public void Witness(SentinelEvent observed, List<RuleMatch> matches) => ForgetRemoved(observed);

    public void Save(BinaryWriter writer)
    {
        writer.Write(_lookedAtMs);
        writer.Write(_speakers.Count);
        foreach (var (key, speaker) in _speakers)
        {
            writer.Write(key);
            writer.Write(speaker.Id);
            writer.Write(speaker.LastEventId);
            writer.Write(speaker.IsTold);
            speaker.Habit.Save(writer);
        }
    }

    public void Load(BinaryReader reader)
    {
        _speakers.Clear();
        _lookedAtMs = reader.ReadInt64();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var key = reader.ReadUInt64();
            var speaker = new Speaker(reader.ReadString());
            speaker.SetLastEvent(Encoding.UTF8.GetBytes(reader.ReadString()));
            speaker.IsTold = reader.ReadBoolean();
            speaker.Habit.Load(reader);
            _speakers[key] = speaker;
        }
    }

    private void ForgetRemoved(SentinelEvent observed)
    {
        if (observed.Is(TextField.Method, "removeNode"u8) && observed.Is(TextField.Contract, "NodeRegistry"u8))
            _speakers.Remove(observed.ArgKey("nodeId"u8));
    }

    private void Look(long nowMs, List<RuleMatch> matches)
    {
        foreach (var speaker in _speakers.Values)
        {
            if (speaker.IsTold || !speaker.Habit.IsSilentAt(nowMs))
                continue;
            speaker.IsTold = true;
            matches.Add(Match(speaker, nowMs));
        }
    }

    private static RuleMatch Match(Speaker speaker, long nowMs)
    {
        var silent = Phrasing.Duration(nowMs - speaker.Habit.LastAtMs);
        var usual = Phrasing.Duration(speaker.Habit.UsualGapMsAt(nowMs));
        var missing = Math.Floor(speaker.Habit.MissingAt(nowMs)).ToString("#,0", CultureInfo.InvariantCulture);
        return new RuleMatch(
            BuiltInRules.NodeSilent, new EntityRef(EntityType.Node, speaker.Id), speaker.LastEventId,
            $"The node {speaker.Id} has said nothing for {silent}; in such hours it is never silent for longer than about {usual}, "
            + $"and at least {missing} events were to be expected.",
            $"silent for {silent}",
            $"at most about {usual} in such hours",
            []);
    }

    private sealed class Speaker(string id)
    {
        private byte[] _lastEvent = new byte[128];
        private int _lastEventLength;

        public string Id { get; } = id;

        public SilenceHabit Habit { get; } = new();

        /// <summary>Kept as it came: it is put into words only when the node has fallen silent.</summary>
        public string LastEventId => Encoding.UTF8.GetString(_lastEvent.AsSpan(0, _lastEventLength));

        public bool IsTold { get; set; }

        public void SetLastEvent(ReadOnlySpan<byte> id)
        {
            if (id.Length > _lastEvent.Length)
                Array.Resize(ref _lastEvent, id.Length);
            id.CopyTo(_lastEvent);
            _lastEventLength = id.Length;
        }
    }
}
