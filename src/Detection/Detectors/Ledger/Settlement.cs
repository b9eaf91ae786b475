using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Detectors.Biometric;
using SentinelHealth.Detection.Features;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Detectors.Ledger;

/// <summary>
/// Money for nothing: claims for patients whom the house had not seen, money released for no access, and the same amount again.
/// </summary>
/// <remarks>
/// Each is ordinary now and then, and what is not is its share: who settles has a fading binomial record, held against the
/// share among everybody by its deviance (Bolton and Hand 2002 on why fraud detection compares with peers). Departure: no
/// clusters of peers are formed, one share serves all. Equal amounts to the cent for the same payee or code within a week
/// cost minus the log of how often that happens, times how often it has. The amount against its code is <see
/// cref="Magnitude"/>'s, and exact duplicates are the rules'. O(1); 20 bytes an account, 48 KB for amounts.
/// </remarks>
internal sealed class Settlement(string name, int accountsMax) : IDetector
{
    private const int Unseen = 0, Ungranted = 1, Amounts = 2;
    private const int Places = 4_096;
    private const int WeekMinutes = 7 * 24 * 60;
    private const double MemoryDays = 10, FreeNats = 3, NatsMax = 200;
    private const float CasesMin = 40;
    private const int TimesMax = 20, TeachingTimes = 2;

    private readonly BoundedMap<Account> _accounts = new(accountsMax);
    private readonly SharedArray<Place> _places = new(Places);
    private readonly EventRate[] _rates = new EventRate[3];

    public string Name { get; } = name;

    public IReadOnlyList<string> PartNames { get; } =
        ["claims for patients the house had not seen", "payments released for no access", "times the same amount again"];

    public long SizeBytes => _accounts.SizeBytes + _places.SizeBytes + (3 * 8);

    public double? Score(in Observation observed)
    {
        Span<SurprisePart> parts = stackalloc SurprisePart[3];
        var count = Explain(observed, parts);
        return count == 0 ? null : SurprisePart.Sum(parts[..count]);
    }

    public int Explain(in Observation observed, Span<SurprisePart> parts)
    {
        if (observed.Entity == 0)
            return 0;
        ref readonly var held = ref _accounts.Find(observed.Entity);
        var account = Unsafe.IsNullRef(in held) ? default : held;
        Fade(ref account, observed.AtMs);
        var written = 0;
        for (var kind = Unseen; kind <= Ungranted; kind++)
        {
            if (Sign(observed, kind) is { } isBad && _rates[kind].Cases >= CasesMin)
                parts[written++] = OfShare(account, kind, isBad);
        }
        var key = AmountKey(observed);
        if (key == 0 || _rates[Amounts].Cases < CasesMin)
            return written;
        var times = Again(_places.Read(PlaceOf(key)), key, observed.AtMs);
        parts[written++] = new(Amounts, times * Math.Max(0, _rates[Amounts].Nats - 1), times, 0, 0, Novelty.Known);
        return written;
    }

    public void Learn(in Observation observed, float trust)
    {
        if (observed.Entity == 0)
            return;
        ref var account = ref _accounts.Touch(observed.Entity, observed.AtMs, out _);
        Fade(ref account, observed.AtMs);
        for (var kind = Unseen; kind <= Ungranted; kind++)
        {
            if (Sign(observed, kind) is not { } isBad)
                continue;
            // Whoever does it again and again must not make it usual.
            _rates[kind].Learn(isBad, account.At(kind).Bad > TeachingTimes ? 0 : trust);
            account.At(kind).Cases++;
            account.At(kind).Bad += isBad ? 1 : 0;
        }
        var key = AmountKey(observed);
        if (key == 0)
            return;
        ref var place = ref _places.Write(PlaceOf(key));
        var times = Again(place, key, observed.AtMs);
        _rates[Amounts].Learn(times > 0, times > 2 ? 0 : trust);
        place = new Place { Key = (uint)key, Minute = (int)(observed.AtMs / 60_000), Times = times };
    }

    public void Save(BinaryWriter writer)
    {
        _accounts.Save(writer);
        _places.Save(writer);
        writer.Write(MemoryMarshal.AsBytes(_rates.AsSpan()));
    }

    public void Load(BinaryReader reader)
    {
        _accounts.Load(reader);
        _places.Load(reader);
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(_rates.AsSpan()));
    }

    /// <summary>Whether the sign of a kind is there; null when the event cannot have it.</summary>
    private static bool? Sign(in Observation observed, int kind)
    {
        var value = observed.Numbers[kind == Unseen ? LedgerFeatures.IsUnseen : LedgerFeatures.IsUngranted];
        return double.IsFinite(value) ? value > 0 : null;
    }

    /// <summary>How much better the account's own share explains its record than everybody's does; only where it is bad now.</summary>
    private SurprisePart OfShare(Account account, int kind, bool isBad)
    {
        ref var record = ref account.At(kind);
        var (bad, cases, share) = (record.Bad + 1.0, record.Cases + 1.0, _rates[kind].Share);
        var own = bad / cases;
        var nats = !isBad || own <= share ? 0
            : (bad * Math.Log(own / share)) + ((cases - bad) * Math.Log(Math.Max(1e-9, 1 - own) / (1 - share)));
        if (cases - bad < 0.5 && isBad)
            nats = bad * Math.Log(1 / share);
        return new(kind, Math.Clamp(nats - FreeNats, 0, NatsMax), isBad ? Math.Round(bad, 1) : 0,
            Math.Log(1 + (share * cases)), 0, Novelty.Known);
    }

    private static void Fade(ref Account account, long atMs)
    {
        var minute = (int)(atMs / 60_000);
        if (account.Minute == 0)
            account.Minute = Math.Max(1, minute);
        var factor = (float)Math.Exp(-Math.Max(0, minute - account.Minute) / (MemoryDays * 1_440));
        for (var kind = Unseen; kind <= Ungranted; kind++)
        {
            account.At(kind).Bad *= factor;
            account.At(kind).Cases *= factor;
        }
        account.Minute = Math.Max(account.Minute, minute);
    }

    private static int Again(in Place place, ulong key, long atMs) =>
        place.Key == (uint)key && (atMs / 60_000) - place.Minute <= WeekMinutes ? Math.Min(place.Times + 1, TimesMax) : 0;

    private static ulong AmountKey(in Observation observed)
    {
        var amount = observed.Numbers[LedgerFeatures.Amount];
        return double.IsFinite(amount) && amount > 0 && observed.Categories[0] != 0
            ? StableHash.Combine(observed.Categories[0], 1 + (ulong)BitConverter.DoubleToInt64Bits(amount)) : 0;
    }

    private static int PlaceOf(ulong key) => (int)((key >> 32) % Places);

    private struct Record
    {
        public float Cases;
        public float Bad;
    }

    /// <summary>The two records of an account. 20 bytes.</summary>
    private struct Account
    {
        public int Minute;
        private Records _records;

        [System.Diagnostics.CodeAnalysis.UnscopedRef]
        public ref Record At(int kind) => ref _records[kind];
    }

    [InlineArray(2)]
    private struct Records
    {
        private Record _first;
    }

    private struct Place
    {
        public uint Key;
        public int Minute;
        public int Times;
    }
}
