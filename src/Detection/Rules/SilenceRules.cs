using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Explanation;
using SentinelHealth.Detection.Snapshots;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules;

/// <summary>A node that says nothing for much longer than it ever does, by event time and its own habit.</summary>
/// <remarks>
/// Bounded: beyond <see cref="NodesMax"/> nodes further ones are not watched for silence. O(nodes) a minute of event time. A state that is kept
/// in memory takes the speakers as they are; whoever speaks after that is copied first, without the hours of its habit.
/// </remarks>
internal sealed class SilenceRules : IRuleSet
{
    private const int NodesMax = 4_096;
    private const long LookEveryMs = 60_000;

    private ImmutableSortedDictionary<ulong, Speaker>.Builder _speakers =
        ImmutableSortedDictionary<ulong, Speaker>.Empty.ToBuilder();

    /// <summary>Whose speakers may be changed: another one each time a kept state has taken them.</summary>
    private object _owner = new();
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
            _speakers.Add(key, speaker = new Speaker(observed.TextOf(TextField.Node), new SilenceHabit(), _owner));
        }
        speaker = Own(key, speaker);
        speaker.Habit.Observe(atMs);
        speaker.SetLastEvent(observed.Text(TextField.Id));
        speaker.IsTold = false;
    }

    public void Witness(SentinelEvent observed, List<RuleMatch> matches) => ForgetRemoved(observed);

    public void Save(BinaryWriter writer)
    {
        writer.Write(_lookedAtMs);
        var kept = new KeptSpeakers(_speakers.ToImmutable());
        if (writer.BaseStream is not ITableKeeper keeper)
        {
            kept.Save(writer);
            return;
        }
        _owner = new object();
        keeper.Keep(kept);
    }

    public void Load(BinaryReader reader)
    {
        _lookedAtMs = reader.ReadInt64();
        _owner = new object();
        if (KeptTable.TryTake<KeptSpeakers>(reader, "Speakers were", out var kept))
        {
            _speakers = kept.ToBuilder();
            return;
        }
        _speakers.Clear();
        for (var left = reader.ReadInt32(); left > 0; left--)
            _speakers[reader.ReadUInt64()] = Speaker.Load(reader, _owner);
    }

    /// <summary>The speaker to be changed: itself, or what goes on in its place if a kept state has it.</summary>
    private Speaker Own(ulong key, Speaker speaker) =>
        speaker.Owner == _owner ? speaker : _speakers[key] = speaker.GoOn(_owner);

    private void ForgetRemoved(SentinelEvent observed)
    {
        if (observed.Is(TextField.Method, "removeNode"u8) && observed.Is(TextField.Contract, "NodeRegistry"u8))
            _speakers.Remove(observed.ArgKey("nodeId"u8));
    }

    private void Look(long nowMs, List<RuleMatch> matches)
    {
        List<(ulong Key, Speaker Speaker)>? silent = null;
        foreach (var (key, speaker) in _speakers)
        {
            if (!speaker.IsTold && speaker.Habit.IsSilentAt(nowMs))
                (silent ??= []).Add((key, speaker));
        }
        foreach (var (key, speaker) in silent ?? [])
        {
            Own(key, speaker).IsTold = true;
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

    private sealed class Speaker(string id, SilenceHabit habit, object owner)
    {
        private const int UsualIdBytes = 128;
        private byte[] _lastEvent = [];
        private int _lastEventLength;

        public string Id { get; } = id;

        public SilenceHabit Habit { get; } = habit;

        /// <summary>Who may change it; a kept state has it if that is nobody any more.</summary>
        public object Owner { get; } = owner;

        /// <summary>Kept as it came: it is put into words only when the node has fallen silent.</summary>
        public string LastEventId => Encoding.UTF8.GetString(_lastEvent.AsSpan(0, _lastEventLength));

        public bool IsTold { get; set; }

        public int SavedBytes => sizeof(ulong) + SavedText.BytesOf(Id) + SavedText.BytesOf(LastEventId) + sizeof(bool)
            + SilenceHabit.SavedBytes;

        public void SetLastEvent(ReadOnlySpan<byte> id)
        {
            if (id.Length > _lastEvent.Length)
                _lastEvent = new byte[Math.Max(UsualIdBytes, id.Length)];
            id.CopyTo(_lastEvent);
            _lastEventLength = id.Length;
        }

        /// <summary>The same speaker, to be changed by somebody else.</summary>
        public Speaker GoOn(object owner)
        {
            var speaker = new Speaker(Id, Habit.GoOn(), owner) { IsTold = IsTold };
            speaker.SetLastEvent(_lastEvent.AsSpan(0, _lastEventLength));
            return speaker;
        }

        public void Save(BinaryWriter writer)
        {
            writer.Write(Id);
            writer.Write(LastEventId);
            writer.Write(IsTold);
            Habit.Save(writer);
        }

        public static Speaker Load(BinaryReader reader, object owner)
        {
            var speaker = new Speaker(reader.ReadString(), new SilenceHabit(), owner);
            speaker.SetLastEvent(Encoding.UTF8.GetBytes(reader.ReadString()));
            speaker.IsTold = reader.ReadBoolean();
            speaker.Habit.Load(reader);
            return speaker;
        }
    }

    /// <summary>The speakers at a moment, in the order of their keys. Nobody changes them any more.</summary>
    private sealed class KeptSpeakers(ImmutableSortedDictionary<ulong, Speaker> speakers) : IKeptTable
    {
        public long SavedBytes => sizeof(int) + speakers.Sum(pair => (long)pair.Value.SavedBytes);

        public ImmutableSortedDictionary<ulong, Speaker>.Builder ToBuilder() => speakers.ToBuilder();

        public void Save(BinaryWriter writer)
        {
            writer.Write(speakers.Count);
            foreach (var (key, speaker) in speakers)
            {
                writer.Write(key);
                speaker.Save(writer);
            }
        }
    }
}
