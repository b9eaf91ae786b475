using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Features;

namespace SentinelHealth.Detection.Detectors.Biometric;

/// <summary>
/// A patient's template exchanged for somebody else's: changed again and again, made although it already looks like somebody
/// enrolled, then used by people without a tie to the patient, while the patient is turned away.
/// </summary>
/// <remarks>
/// Substitution in the template store is one of the eight points of attack of Ratha, Connell and Bolle (2001). No single sign
/// proves it, and each is ordinary somewhere: so each costs minus the log of its share among all cases of its kind here, less
/// one nat, and the signs of the three days after a change are summed. Nothing is kept about a patient whose template did not
/// change lately. O(1); 8 bytes a changed template.
/// </remarks>
internal sealed class TemplateSwap(string name, int patientsMax) : IDetector
{
    private const int ChangedAgain = 0, NearAnother = 1, Stranger = 2, TurnedAway = 3, Parts = 4;
    private const int WatchedMinutes = 3 * 24 * 60, RememberedMinutes = 30 * 24 * 60;
    private const float CasesMin = 30;
    private const double FreeNats = 1, NatsMax = 100;

    private readonly BoundedMap<Change> _changes = new(patientsMax);
    private readonly EventRate[] _rates = new EventRate[Parts];

    public string Name { get; } = name;

    public IReadOnlyList<string> PartNames { get; } =
        ["changes of the template", "likeness to another template", "matches by strangers since the template changed",
            "rejections since the template changed"];

    public long SizeBytes => _changes.SizeBytes + (Parts * 8);

    public double? Score(in Observation observed)
    {
        Span<SurprisePart> parts = stackalloc SurprisePart[Parts];
        return observed.Entity == 0 || _rates[ChangedAgain].Cases < CasesMin
            ? null : SurprisePart.Sum(parts[..Explain(observed, parts)]);
    }

    public int Explain(in Observation observed, Span<SurprisePart> parts)
    {
        if (observed.Entity == 0 || _rates[ChangedAgain].Cases < CasesMin)
            return 0;
        ref readonly var held = ref _changes.Find(observed.Entity);
        var signs = Unsafe.IsNullRef(in held) ? default : held;
        var before = signs;
        Take(ref signs, observed);
        var written = 0;
        // Only an event that adds a sign tells of those before it.
        for (var sign = 0; sign < Parts && IsMore(signs, before); sign++)
        {
            var nats = Math.Min(NatsMax, signs[sign] * Math.Max(0, _rates[sign].Nats - FreeNats));
            if (nats > 0)
                parts[written++] = new(sign, nats, signs[sign], Math.Log(1 + _rates[sign].Share), 0, Novelty.Known);
        }
        return written;
    }

    public void Learn(in Observation observed, float trust)
    {
        if (observed.Entity == 0)
            return;
        ref readonly var held = ref _changes.Find(observed.Entity);
        var isHeld = !Unsafe.IsNullRef(in held);
        var since = isHeld ? Minute(observed) - held.Minute : int.MaxValue;
        if (IsChange(observed))
        {
            _rates[ChangedAgain].Learn(since <= RememberedMinutes, trust);
            _rates[NearAnother].Learn(IsNear(observed), trust);
            Take(ref _changes.Touch(observed.Entity, observed.AtMs, out _), observed);
        }
        else if (since <= WatchedMinutes)
        {
            if (observed.Numbers[ProbeFeatures.Rejected] == 0)
                _rates[Stranger].Learn(IsStranger(observed), trust);
            _rates[TurnedAway].Learn(observed.Numbers[ProbeFeatures.Rejected] > 0, trust);
            Take(ref _changes.Change(observed.Entity), observed);
        }
    }

    public void Save(BinaryWriter writer)
    {
        _changes.Save(writer);
        foreach (var rate in _rates)
            Snapshots.SnapshotStructs.Write(writer, rate);
    }

    public void Load(BinaryReader reader)
    {
        _changes.Load(reader);
        for (var i = 0; i < Parts; i++)
            Snapshots.SnapshotStructs.Read(reader, ref _rates[i]);
    }

    private static bool IsMore(Change signs, Change before)
    {
        for (var sign = 0; sign < Parts; sign++)
        {
            if (signs[sign] > before[sign])
                return true;
        }
        return false;
    }

    private static int Minute(in Observation observed) => (int)(observed.AtMs / 60_000);

    private static bool IsChange(in Observation observed) => (observed.Channels & ProbeFeatures.Changes) != 0;

    private static bool IsNear(in Observation observed) =>
        observed.Numbers[ProbeFeatures.Score] >= observed.Numbers[ProbeFeatures.Threshold];

    private static bool IsStranger(in Observation observed) =>
        observed.Numbers[ProbeFeatures.Rejected] == 0 && observed.Numbers[ProbeFeatures.Stranger] > 0;

    private static void Take(ref Change signs, in Observation observed)
    {
        var minute = Minute(observed);
        var since = signs.Minute == 0 ? int.MaxValue : minute - signs.Minute;
        if (IsChange(observed))
        {
            var again = since <= RememberedMinutes ? signs[ChangedAgain] + 1 : 0;
            signs = new Change { Minute = Math.Max(minute, 1) };
            signs[ChangedAgain] = (byte)Math.Min(again, byte.MaxValue);
            signs[NearAnother] = (byte)(IsNear(observed) ? 1 : 0);
            return;
        }
        if (since > WatchedMinutes)
            return;
        signs[Stranger] = (byte)Math.Min(signs[Stranger] + (IsStranger(observed) ? 1 : 0), byte.MaxValue);
        signs[TurnedAway] = (byte)Math.Min(
            signs[TurnedAway] + (observed.Numbers[ProbeFeatures.Rejected] > 0 ? 1 : 0), byte.MaxValue);
    }

    /// <summary>When a template changed, and the signs since. 8 bytes.</summary>
    private struct Change
    {
        public int Minute;
        private Signs _signs;

        [System.Diagnostics.CodeAnalysis.UnscopedRef]
        public ref byte this[int sign] => ref _signs[sign];
    }

    [InlineArray(Parts)]
    private struct Signs
    {
        private byte _first;
    }
}
