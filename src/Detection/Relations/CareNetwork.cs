using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Relations;

/// <summary>
/// Who deals with whom: learns from the stream alone which actor has cared for which patient, where patients have been, and which
/// actors share patients and so work as a team.
/// </summary>
/// <remarks>
/// That an access is explained by a care relation, and a suspicious one is what nothing explains, is the idea of explanation-based
/// auditing (Fabbri and LeFevre, 2011) and of community-based access monitoring (Chen and Malin, CADS 2011). Departures: one pass,
/// no organization chart and no schedule are needed; teams are actors whose caseloads are alike, faded with time,
/// instead of clusters found in batch; and an explanation is a feature to be weighed against the habit of actor and role, not
/// a verdict, since for some roles having no tie is the ordinary case. Cost O(12) a lookup and up to 12 pair updates when an
/// actor meets a patient for the first time; 284 bytes a patient, 24 a pair.
/// </remarks>
internal sealed class CareNetwork(int patientsMax, int pairsMax)
{
    private const int HourMinutes = 60, DayMinutes = 24 * HourMinutes;
    private const int EarlierMinutes = 6 * HourMinutes, OwnCareMinutes = 30 * DayMinutes;
    private const int EncounterMinutes = 3 * DayMinutes, TeamMinutes = 7 * DayMinutes;
    private const int ClaimableMinutes = 12 * DayMinutes;
    private const double MemoryMinutes = 45 * DayMinutes;

    private readonly BoundedMap<PatientTouches> _patients = new(patientsMax);
    private readonly BoundedMap<Caseload> _shared = new(pairsMax);

    /// <summary>What is kept by patient.</summary>
    public IEntityTable Table => _patients;

    /// <summary>Bytes of state.</summary>
    public long SizeBytes => _patients.SizeBytes + _shared.SizeBytes;

    /// <summary>What explains the dealing, judged by what came before it. Nothing changes.</summary>
    public CareTie TieOf(in Dealing dealing)
    {
        ref readonly var patient = ref _patients.Find(dealing.Patient);
        if (Unsafe.IsNullRef(in patient))
            return default;
        var (actor, minute) = ((uint)dealing.Actor, dealing.Minute);
        var (isPersonal, isMet) = (false, false);
        var (others, shared, own) = (0, 0.0, -1.0);
        foreach (ref readonly var touch in patient.Touches)
        {
            if (touch.Actor == actor)
                (isPersonal, isMet) = (IsPersonal(touch, minute), touch.FirstMinute > 0);
            else if (IsPeerNow(touch, (uint)dealing.Peers, minute))
            {
                own = own < 0 ? Math.Max(1, Patients(PairKey(actor, actor), minute)) : own;
                (others, shared) = (others + 1, shared + Likeness(actor, own, touch.Actor, minute));
            }
        }
        return new CareTie(
            isPersonal, minute - patient.SeenMinute((uint)dealing.Organization) <= EncounterMinutes,
            others == 0 ? Closeness.Nobody : ClosenessOf(shared / others), isMet);
    }

    /// <summary>Whether the patient was not seen at the organization for so long that a claim for a service there has no ground.</summary>
    public bool IsUnseen(in Dealing dealing)
    {
        ref readonly var patient = ref _patients.Find(dealing.Patient);
        return Unsafe.IsNullRef(in patient)
            || dealing.Minute - patient.SeenMinute((uint)dealing.Organization) > ClaimableMinutes;
    }

    /// <summary>Takes a dealing in. What was flagged teaches nothing: an intruder must not become an acquaintance by intruding.</summary>
    public void Learn(in Dealing dealing, float trust)
    {
        if (trust < 1 || dealing.Patient == 0 || dealing.Actor == 0)
            return;
        var minute = dealing.Minute;
        ref var patient = ref _patients.Touch(dealing.Patient, minute * 60_000L, out _);
        if (dealing.IsEncounter)
            patient.See((uint)dealing.Organization, minute);
        if (dealing.Grantee != 0)
            patient.Of((uint)dealing.Grantee, out _).GrantedMinute = minute;
        if (!dealing.IsCare)
            return;
        ref var own = ref patient.Of((uint)dealing.Actor, out _);
        var isFirst = own.FirstMinute == 0;
        if (isFirst)
            (own.FirstMinute, own.Peers) = (minute, (uint)dealing.Peers);
        own.LastMinute = Math.Max(own.LastMinute, minute);
        if (isFirst)
            Join(patient.Touches, own);
    }

    /// <summary>Writes the state.</summary>
    public void Save(BinaryWriter writer)
    {
        _patients.Save(writer);
        _shared.Save(writer);
    }

    /// <summary>Reads state written by <see cref="Save"/>.</summary>
    public void Load(BinaryReader reader)
    {
        _patients.Load(reader);
        _shared.Load(reader);
    }

    /// <summary>A visit does not explain itself: the first look must lie some hours back.</summary>
    private static bool IsPersonal(in Touch touch, int minute) =>
        (touch.FirstMinute > 0 && minute - touch.FirstMinute >= EarlierMinutes && minute - touch.LastMinute <= OwnCareMinutes)
        || (touch.GrantedMinute > 0 && minute - touch.GrantedMinute <= OwnCareMinutes);

    private static bool IsPeerNow(in Touch touch, uint peers, int minute) =>
        touch.Actor != 0 && touch.Peers == peers && minute - touch.LastMinute <= TeamMinutes;

    private static Closeness ClosenessOf(double likeness) =>
        likeness >= 0.2 ? Closeness.Team
        : likeness >= 0.1 ? Closeness.Near
        : likeness >= 0.04 ? Closeness.Distant
        : Closeness.Strangers;

    /// <summary>Every peer that deals with the patient now has one more patient in common with the newcomer.</summary>
    private void Join(ReadOnlySpan<Touch> touches, in Touch own)
    {
        Count(PairKey(own.Actor, own.Actor), own.LastMinute);
        foreach (ref readonly var other in touches)
        {
            if (other.Actor != own.Actor && IsPeerNow(other, own.Peers, own.LastMinute))
                Count(PairKey(own.Actor, other.Actor), own.LastMinute);
        }
    }

    private void Count(ulong key, int minute)
    {
        ref var shared = ref _shared.Touch(key, minute * 60_000L, out _);
        shared.Patients = (shared.Patients * Fade(shared.Minute, minute)) + 1;
        shared.Minute = minute;
    }

    /// <summary>Patients two actors share against those each has: the cosine of their caseloads, 0..1.</summary>
    private double Likeness(uint actor, double actorsPatients, uint other, int minute)
    {
        var shared = Patients(PairKey(actor, other), minute);
        if (shared <= 0)
            return 0;
        var each = actorsPatients * Math.Max(1, Patients(PairKey(other, other), minute));
        return Math.Min(1, shared / Math.Sqrt(each));
    }

    private double Patients(ulong key, int minute)
    {
        ref readonly var held = ref _shared.Find(key);
        return Unsafe.IsNullRef(in held) ? 0 : held.Patients * Fade(held.Minute, minute);
    }

    private static float Fade(int from, int to) => (float)Math.Exp(-Math.Max(0, to - from) / MemoryMinutes);

    private static ulong PairKey(uint a, uint b) => StableHash.Combine(Math.Min(a, b), Math.Max(a, b));

    /// <summary>Patients of one actor, or of two together, faded.</summary>
    private struct Caseload
    {
        public float Patients;
        public int Minute;
    }
}
