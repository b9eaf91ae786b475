using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Features;

/// <summary>What an actor did just before, and how long ago the account's keys changed hands.</summary>
/// <remarks>20 bytes an actor besides its key and time.</remarks>
internal sealed class StepFeatures(NameTable names, int actorsMax)
{
    private const int SittingMinutes = 30, HourMinutes = 60, DayMinutes = 24 * 60;

    private static readonly ulong Beginning = StableHash.Of("beginning"u8);
    private static readonly ulong LongAgo = StableHash.Of("long ago"u8), Today = StableHash.Of("today"u8), Now = StableHash.Of("now"u8);

    private readonly BoundedMap<Trail> _trails = new(actorsMax);
    private readonly ulong[] _categories = new ulong[2];

    public static FeatureSchema Schema { get; } = new(["next step", "account"], []);

    /// <summary>The activity, and the age of the account's last key change.</summary>
    public ReadOnlySpan<ulong> Categories => _categories;

    /// <summary>The activity before this one in the same half hour, or the beginning of a sitting.</summary>
    public ulong Before { get; private set; }

    /// <summary>The key of that activity by its low half, as names are kept; 0 at the beginning of a sitting.</summary>
    public uint BeforeActivity { get; private set; }

    /// <summary>Whether the actor was dealing with the same patient within the half hour.</summary>
    public bool IsSamePatient { get; private set; }

    /// <summary>What is kept by actor.</summary>
    public IEntityTable Table => _trails;

    public long SizeBytes => _trails.SizeBytes;

    /// <summary>Low half of the role's key of an account that has acted; 0 for others.</summary>
    public uint RoleOf(ulong account)
    {
        ref readonly var trail = ref _trails.Find(account);
        return Unsafe.IsNullRef(in trail) ? 0 : trail.Role;
    }

    public void Fill(SentinelEvent observed, ulong activity)
    {
        var minute = Minute(observed);
        ref readonly var trail = ref _trails.Find(observed.Key(TextField.Actor));
        var isKnown = !Unsafe.IsNullRef(in trail);
        BeforeActivity = isKnown && minute - trail.Minute <= SittingMinutes ? trail.Activity : 0;
        Before = BeforeActivity != 0 ? StableHash.Combine(BeforeActivity, 1) : Beginning;
        var patient = (uint)observed.Key(TextField.Subject);
        IsSamePatient = patient != 0 && isKnown && trail.Patient == patient && minute - trail.Minute <= SittingMinutes;
        var sinceChange = isKnown && trail.KeyChangedMinute > 0 ? minute - trail.KeyChangedMinute : int.MaxValue;
        _categories[0] = activity;
        _categories[1] = sinceChange <= HourMinutes ? Now : sinceChange <= DayMinutes ? Today : LongAgo;
        if (names.Wants(_categories[1]))
            names.Add(_categories[1], sinceChange <= HourMinutes ? "whose keys changed within the hour"
                : sinceChange <= DayMinutes ? "whose keys changed within the day" : "with settled keys");
    }

    /// <summary>Supposes an account whose keys changed long ago.</summary>
    public void SupposeSettledKeys() => _categories[1] = LongAgo;

    /// <summary>Supposes another activity.</summary>
    public void SupposeActivity(ulong activity) => _categories[0] = activity;

    public void Learn(SentinelEvent observed, ulong activity)
    {
        var atMs = observed.OccurredAt.ToUnixTimeMilliseconds();
        if (observed.Has(TextField.Actor))
        {
            ref var trail = ref _trails.Touch(observed.Key(TextField.Actor), atMs, out _);
            (trail.Activity, trail.Minute) = ((uint)activity, Minute(observed));
            trail.Patient = (uint)observed.Key(TextField.Subject);
            trail.Role = (uint)observed.Key(TextField.ActorRole);
        }
        if (observed.Is(TextField.Method, "rotateKey"u8) || observed.Is(TextField.Method, "addDelegate"u8))
        {
            var account = observed.ArgKey("did"u8);
            account = account == 0 ? observed.Key(TextField.Actor) : account;
            if (account != 0)
                _trails.Touch(account, atMs, out _).KeyChangedMinute = Minute(observed);
        }
    }

    public void Save(BinaryWriter writer) => _trails.Save(writer);

    public void Load(BinaryReader reader) => _trails.Load(reader);

    private static int Minute(SentinelEvent observed) => (int)(observed.OccurredAt.ToUnixTimeSeconds() / 60);

    private struct Trail
    {
        public uint Activity;
        public int Minute;
        public int KeyChangedMinute;
        public uint Patient;
        public uint Role;
    }
}
