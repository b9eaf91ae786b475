using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Features;

/// <summary>With whom an actor is compared: its role in its organization, or, while that says too little, the group most like it.</summary>
/// <remarks>
/// The declared group is the actor's role in its organization. While it has under 200 events, the group of the same role elsewhere whose
/// activities are most like it stands in; an actor without a role is compared with whatever group its own activities are most like, from
/// ten events on. Likeness is the cosine of how often each activity occurs, in 32 places by hash. Only judging uses a stand-in:
/// learning always goes to the declared group, so that it stands on its own soon. O(groups) for those who need a stand-in, O(1) for
/// others; at most 4,096 groups and 4,096 actors without a role, 150 bytes each.
/// </remarks>
internal sealed class PeerGroups
{
    private const int GroupsMax = 4_096;
    private const int ActorsMax = 4_096;
    private const float GroupEventsMin = 200;
    private const float ActorEventsMin = 10;
    private const double LikenessMin = 0.5;
    private const int CandidatesMax = 256;

    private readonly BoundedMap<ActivityMix> _groups = new(GroupsMax);
    private readonly BoundedMap<ActivityMix> _actors = new(ActorsMax);
    private readonly List<(ulong Group, ulong Role)> _settled = [];

    public long SizeBytes => _groups.SizeBytes + _actors.SizeBytes;

    /// <summary>The declared group: the role in the organization.</summary>
    public static ulong Declared(SentinelEvent observed) =>
        StableHash.Combine(observed.Key(TextField.ActorRole), observed.Key(TextField.Organization));

    /// <summary>The group to judge by. Nothing changes.</summary>
    public ulong Of(SentinelEvent observed, ulong declared)
    {
        var role = observed.Key(TextField.ActorRole);
        ref readonly var group = ref _groups.Find(declared);
        if (role != 0 && !Unsafe.IsNullRef(in group) && group.Events >= GroupEventsMin)
            return declared;
        ref readonly var own = ref role != 0 ? ref group : ref _actors.Find(observed.Key(TextField.Actor));
        var hasMix = !Unsafe.IsNullRef(in own) && own.Events >= ActorEventsMin;
        if (!hasMix && role == 0)
            return declared;
        var (nearest, likeness) = (declared, role != 0 ? -1 : LikenessMin);
        foreach (var (candidate, candidateRole) in _settled)
        {
            if (role != 0 && candidateRole != role)
                continue;
            ref readonly var other = ref _groups.Find(candidate);
            var alike = Unsafe.IsNullRef(in other) ? -2 : hasMix ? own.Likeness(other) : 0;
            if (alike > likeness)
                (nearest, likeness) = (candidate, alike);
        }
        return nearest;
    }

    /// <summary>Counts an event in the declared group, and in its actor's own mix when there is no role to go by.</summary>
    public void Learn(SentinelEvent observed, ulong declared, ulong activity, float trust)
    {
        var atMs = observed.OccurredAt.ToUnixTimeMilliseconds();
        var role = observed.Key(TextField.ActorRole);
        if (role == 0)
        {
            if (observed.Has(TextField.Actor))
                _actors.Touch(observed.Key(TextField.Actor), atMs, out _).Count(activity, trust);
            return;
        }
        ref var group = ref _groups.Touch(declared, atMs, out _);
        var before = group.Events;
        group.Count(activity, trust);
        if (before < GroupEventsMin && group.Events >= GroupEventsMin && _settled.Count < CandidatesMax
            && !_settled.Contains((declared, role)))
            _settled.Add((declared, role));
    }

    public void Save(BinaryWriter writer)
    {
        _groups.Save(writer);
        _actors.Save(writer);
        writer.Write(_settled.Count);
        foreach (var (group, role) in _settled)
        {
            writer.Write(group);
            writer.Write(role);
        }
    }

    public void Load(BinaryReader reader)
    {
        _groups.Load(reader);
        _actors.Load(reader);
        _settled.Clear();
        var count = reader.ReadInt32();
        if (count is < 0 or > CandidatesMax)
            throw new InvalidDataException($"{count} settled peer groups are over the bound of {CandidatesMax}.");
        for (var i = 0; i < count; i++)
            _settled.Add((reader.ReadUInt64(), reader.ReadUInt64()));
    }

    /// <summary>How often each activity occurs, fading over about 4,000 events.</summary>
    private struct ActivityMix
    {
        private const int Places = 32;
        private const float EventsMax = 4_000;

        private PlaceArray _places;

        public float Events { readonly get; private set; }

        public void Count(ulong activity, float trust)
        {
            _places[(int)(activity % Places)] += trust;
            Events += trust;
            if (Events <= EventsMax)
                return;
            TensorPrimitives.Multiply((ReadOnlySpan<float>)_places, 0.5f, _places);
            Events /= 2;
        }

        public readonly double Likeness(in ActivityMix other) =>
            TensorPrimitives.CosineSimilarity((ReadOnlySpan<float>)_places, (ReadOnlySpan<float>)other._places);

        [InlineArray(Places)]
        private struct PlaceArray
        {
            private float _first;
        }
    }
}
