using System.Text;
using SentinelHealth.Detection.Explanation;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Features;

/// <summary>
/// What detectors look at in a health-network event: categories and count channels, refilled for each event without allocation.
/// </summary>
/// <remarks>The first eight categories are those of <see cref="Schema"/>; the rest identify whom and what the event touches.</remarks>
public sealed class HealthFeatures
{
    /// <summary>Index of the patient in <see cref="Categories"/>.</summary>
    public const int Patient = 8;

    /// <summary>Index of the actor in <see cref="Categories"/>.</summary>
    public const int Actor = 9;

    /// <summary>Index of the node in <see cref="Categories"/>.</summary>
    public const int Node = 2;

    /// <summary>Index of the device in <see cref="Categories"/>.</summary>
    public const int Device = 3;

    private const uint EventsChannel = 1;

    /// <summary>Channel of dealings with a patient to whom nothing ties the actor.</summary>
    internal const uint UnexplainedChannel = 128;

    internal const int Activity = 0;
    internal const int Country = 4, Network = 5, Purpose = 6;
    private const int Hour = 1, Magnitude = 7;
    private const int HoursPerStep = 3, StepsPerDay = 24 / HoursPerStep;
    private const long WeekMs = 7 * 86_400_000L;

    private static readonly ulong ModelRegistry = StableHash.Of("ModelRegistry"u8);
    private static readonly ulong BiometricMarker = StableHash.Of("biometric"u8);

    private readonly ulong[] _categories = new ulong[10];
    private readonly NameTable _names;
    private ulong _declaredPeers;
    private ulong _hour;
    private long _firstAtMs = long.MinValue;

    /// <summary>Creates the extractor; it names what it sees in the given table.</summary>
    public HealthFeatures(NameTable names, DetectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _names = names;
        Ties = new TieFeatures(names, options);
        Steps = new StepFeatures(names, options.ActorsMax);
        Receipts = new ReceiptFeatures(names);
    }

    /// <summary>How the current event's dealing with a patient is explained.</summary>
    internal TieFeatures Ties { get; }

    /// <summary>What the actor did before the current event.</summary>
    internal StepFeatures Steps { get; }

    /// <summary>The current event as a biometric query.</summary>
    internal ProbeFeatures Probes { get; } = new();

    /// <summary>The current event as a matter of membership, learning or settlement.</summary>
    internal LedgerFeatures Ledger { get; } = new();

    /// <summary>What the actor does, as others may do it too in the same hour.</summary>
    internal CrowdFeatures Crowd { get; } = new();

    /// <summary>Who receives what by the current event.</summary>
    internal ReceiptFeatures Receipts { get; }

    /// <summary>What the current event adds to, in the channels of <see cref="DoingFeatures"/>.</summary>
    internal uint Doings { get; private set; }

    /// <summary>Sizes in the current event.</summary>
    internal QuantityFeatures Quantities { get; } = new();

    /// <summary>Feature and channel names as people read them.</summary>
    public static FeatureSchema Schema { get; } = new(
        ["activity", "time of week", "node", "device", "country", "network", "purpose", "magnitude"],
        ["events", "record reads", "decryptions", "biometric queries", "failures", "administrative acts", "searches of a whole gallery",
            "dealings without a known tie to the patient"]);

    /// <summary>Values of the current event; 0 where absent.</summary>
    public ReadOnlySpan<ulong> Categories => _categories;

    /// <summary>Channels the current event counts in.</summary>
    public uint Channels { get; private set; }

    /// <summary>The actor's peer group: same role in the same organization, or while that says too little a group that is like it.</summary>
    public ulong ActorPeers { get; private set; }

    /// <summary>The actor's role; 0 when the event names none.</summary>
    internal ulong ActorRole { get; private set; }

    /// <summary>With whom actors are compared.</summary>
    internal PeerGroups Groups { get; } = new();

    /// <summary>
    /// From here on the current event is seen as one of the group it declares, and at its hour also on the first weekend: what it
    /// teaches, it teaches there.
    /// </summary>
    internal void BeginLearning() => (ActorPeers, _categories[Hour]) = (_declaredPeers, _hour);

    /// <summary>What kind of event it is, for calibration: the contract, or biometric.</summary>
    public ulong EventClass { get; private set; }

    /// <summary>Reads an event. O(fields), no allocation but for names seen for the first time.</summary>
    public void Fill(SentinelEvent observed)
    {
        ArgumentNullException.ThrowIfNull(observed);
        var isLedger = observed.Kind == EventKind.LedgerTransaction;
        EventClass = isLedger ? observed.Key(TextField.Contract) : BiometricMarker;
        _categories[Activity] = StableHash.Combine(EventClass, observed.Key(isLedger ? TextField.Method : TextField.Operation));
        _categories[Node] = observed.Key(TextField.Node);
        _categories[Device] = observed.Key(TextField.Device);
        _categories[Country] = observed.Key(TextField.Country);
        _categories[Network] = SubnetKey(observed.Text(TextField.Ip));
        _categories[Purpose] = observed.Key(TextField.Purpose);
        _hour = HourOfWeek(observed.OccurredAt);
        _categories[Hour] = IsFirstWeekend(observed.OccurredAt) ? 0 : _hour;
        _categories[Magnitude] = MagnitudeKey(observed, _categories[Activity]);
        _categories[Patient] = observed.Key(TextField.Subject);
        _categories[Actor] = observed.Key(TextField.Actor);
        ActorRole = observed.Key(TextField.ActorRole);
        _declaredPeers = PeerGroups.Declared(observed);
        ActorPeers = Groups.Of(observed, _declaredPeers);
        NameNewValues(observed, isLedger);
        Ties.Fill(observed, _declaredPeers);
        Steps.Fill(observed, _categories[Activity]);
        Quantities.Fill(observed, _categories[Activity]);
        Channels = ChannelsOf(observed) | (Ties.IsUnexplained ? UnexplainedChannel : 0);
        Doings = DoingFeatures.Of(observed, Ties, Steps);
        Receipts.Fill(observed, this);
        Probes.Fill(observed, Ties);
        Ledger.Fill(observed, this);
        Crowd.Fill(observed, this);
    }

    /// <summary>
    /// Supposes something else about the current event, for scoring it again; the next <see cref="Fill"/> forgets it. Counts are
    /// supposed elsewhere.
    /// </summary>
    internal void Suppose(in Change change)
    {
        switch (change.Kind)
        {
            case ChangeKind.Category:
                _categories[change.Index] = change.Key;
                if (change.Index == Purpose)
                    Ties.SupposePurpose(change.Key);
                break;
            case ChangeKind.Size:
                Quantities.Suppose(change.Index, change.Amount);
                // Whether the size is also a common one of the actor's is not known, so it is not asked.
                _categories[Magnitude] = 0;
                break;
            case ChangeKind.OwnCare:
                Ties.SupposeOwnCare();
                Channels &= ~UnexplainedChannel;
                break;
            case ChangeKind.SettledKeys:
                Steps.SupposeSettledKeys();
                break;
            case ChangeKind.Activity:
                SupposeActivity(change.Key);
                break;
            case ChangeKind.Fewer:
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Another activity has no sizes that are known, and counts among events alone.</summary>
    private void SupposeActivity(ulong activity)
    {
        _categories[Activity] = activity;
        _categories[Magnitude] = 0;
        Steps.SupposeActivity(activity);
        Quantities.SupposeNone();
        Channels &= EventsChannel;
    }

    /// <summary>Takes the current event into what later events are compared with.</summary>
    internal void Learn(SentinelEvent observed, float trust)
    {
        Groups.Learn(observed, _declaredPeers, _categories[Activity], trust);
        Ties.Learn(trust);
        Steps.Learn(observed, _categories[Activity]);
    }

    /// <summary>Bytes of what is remembered from event to event.</summary>
    internal long SizeBytes => Ties.SizeBytes + Steps.SizeBytes + Groups.SizeBytes;

    internal void Save(BinaryWriter writer)
    {
        writer.Write(_firstAtMs);
        Ties.Save(writer);
        Steps.Save(writer);
        Groups.Save(writer);
    }

    internal void Load(BinaryReader reader)
    {
        _firstAtMs = reader.ReadInt64();
        Ties.Load(reader);
        Steps.Load(reader);
        Groups.Load(reader);
    }

    private static uint ChannelsOf(SentinelEvent observed)
    {
        const uint events = 1, reads = 2, decryptions = 4, biometric = 8, failures = 16, administrative = 32, searches = 64;
        if (observed.Kind == EventKind.BiometricQuery)
        {
            var isExport = observed.Is(TextField.Operation, "export"u8) || observed.Is(TextField.Operation, "decrypt"u8);
            return events | biometric | (isExport ? decryptions : 0) | (observed.Is(TextField.Operation, "identify"u8) ? searches : 0)
                | (observed.Is(TextField.Decision, "match"u8) ? 0 : failures);
        }
        var kind = observed.Is(TextField.Method, "recordAccess"u8) ? reads
            : observed.Is(TextField.Method, "decryptKey"u8) ? decryptions
            : observed.Is(TextField.Method, "heartbeat"u8) ? 0
            : administrative;
        return events | kind | (observed.Is(TextField.Status, "reverted"u8) ? failures : 0);
    }

    private static ulong SubnetKey(ReadOnlySpan<byte> ip)
    {
        var cut = ip.LastIndexOfAny((byte)'.', (byte)':');
        return cut <= 0 ? StableHash.Of(ip) : StableHash.Of(ip[..cut]);
    }

    /// <summary>Steps of three hours of a weekday or a weekend day, 1..16: as many as a habit has room for, so that none is news again.</summary>
    private static ulong HourOfWeek(DateTimeOffset at) =>
        (ulong)(1 + (at.Hour / HoursPerStep) + (IsWeekend(at) ? StepsPerDay : 0));

    /// <summary>Who has only seen working days cannot judge what a weekend is like: the first one is learned and not judged.</summary>
    private bool IsFirstWeekend(DateTimeOffset at)
    {
        _firstAtMs = _firstAtMs == long.MinValue ? at.ToUnixTimeMilliseconds() : _firstAtMs;
        return IsWeekend(at) && at.ToUnixTimeMilliseconds() - _firstAtMs < WeekMs;
    }

    private static bool IsWeekend(DateTimeOffset at) => at.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

    /// <summary>Half powers of two of the amount, the update's norm or the candidate count, within the activity.</summary>
    private static ulong MagnitudeKey(SentinelEvent observed, ulong activity)
    {
        var value = observed.Number(NumberField.Amount);
        var turn = 0;
        if (observed.Kind == EventKind.BiometricQuery)
            value = observed.Number(NumberField.Candidates);
        else if (observed.Key(TextField.Contract) == ModelRegistry)
        {
            value = observed.ArgNumber("updateNorm"u8);
            var cosine = observed.ArgNumber("cosine"u8);
            turn = double.IsNaN(cosine) ? 0 : 1 + (int)Math.Clamp((cosine + 1) * 2.5, 0, 5);
        }
        if (double.IsNaN(value))
            return 0;
        var step = value <= 0 ? 0 : 200 + (int)Math.Clamp(Math.Round(2 * Math.Log2(value)), -100, 200);
        return StableHash.Combine(activity, (ulong)((step * 8) + turn));
    }

    private void NameNewValues(SentinelEvent observed, bool isLedger)
    {
        if (_names.Wants(_categories[Activity]))
        {
            _names.Add(_categories[Activity], isLedger
                ? $"{observed.TextOf(TextField.Contract)}.{observed.TextOf(TextField.Method)}"
                : $"biometric {observed.TextOf(TextField.Operation)}");
        }
        Name(Node, observed, TextField.Node);
        Name(Device, observed, TextField.Device);
        Name(Country, observed, TextField.Country);
        Name(Purpose, observed, TextField.Purpose);
        if (_names.Wants(_categories[Network]))
            _names.Add(_categories[Network], SubnetName(observed.Text(TextField.Ip)));
        if (_names.Wants(_categories[Hour]))
            _names.Add(_categories[Hour], HourName((int)_categories[Hour] - 1));
        if (_names.Wants(_categories[Magnitude]))
            _names.Add(_categories[Magnitude], MagnitudeName(observed));
    }

    private void Name(int category, SentinelEvent observed, TextField field)
    {
        if (_names.Wants(_categories[category]))
            _names.Add(_categories[category], observed.TextOf(field));
    }

    private static string SubnetName(ReadOnlySpan<byte> ip)
    {
        var cut = ip.LastIndexOfAny((byte)'.', (byte)':');
        return cut <= 0 ? Encoding.UTF8.GetString(ip) : Encoding.UTF8.GetString(ip[..cut]) + (char)ip[cut] + "*";
    }

    private static string HourName(int step) => FormattableString.Invariant(
        $"{(step < StepsPerDay ? "weekdays" : "weekends")} {step % StepsPerDay * HoursPerStep:00}–{(step % StepsPerDay * HoursPerStep) + HoursPerStep:00} h UTC");

    private static string MagnitudeName(SentinelEvent observed)
    {
        if (observed.Kind == EventKind.BiometricQuery)
        {
            return observed.Number(NumberField.Candidates) switch
            {
                < 0.5 => "no candidate",
                < 1.5 => "one candidate",
                var candidates => FormattableString.Invariant($"about {candidates:#,0} candidates"),
            };
        }
        if (observed.Key(TextField.Contract) == ModelRegistry)
            return FormattableString.Invariant(
                $"a norm of about {observed.ArgNumber("updateNorm"u8):0.##} at a cosine of {observed.ArgNumber("cosine"u8):0.#}");
        return FormattableString.Invariant($"an amount of about {observed.Number(NumberField.Amount):#,0}");
    }
}
