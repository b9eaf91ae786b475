using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Features;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Federation;

/// <summary>One histogram that sites exchange.</summary>
/// <param name="Name">What is counted, such as <c>record reads per hour</c>.</param>
/// <param name="Bins">Names of its bins, in order.</param>
public sealed record BaselineStatistic(string Name, IReadOnlyList<string> Bins);

/// <summary>
/// What sites exchange about a role, and nothing else: a published list of histograms over published bins, so that neither a
/// statistic's presence nor a bin's says anything about a person.
/// </summary>
/// <remarks>
/// Roles are those that <c>IdentityRegistry.setRole</c> has put on the ledger for every member to read. Nodes, devices, addresses,
/// patients and times finer than two hours are not in the list, because they name places or people.
/// </remarks>
public static class BaselineSchema
{
    /// <summary>Part of every contribution; another version is refused.</summary>
    public const string Version = "sentinel.baseline.v1";

    /// <summary>What one actor adds to a histogram at most, in units: contributions are whole numbers, so sums are exact in any order.</summary>
    public const int UnitsPerActor = 1_024;

    internal const int Activity = 0, TimeOfWeek = 1, Purpose = 2, FirstCount = 3;
    internal const int CountBins = 24;
    internal const double NatsPerBin = 0.5;

    private static readonly string[] LedgerActivities =
    [
        "ConsentRegistry.grantConsent", "ConsentRegistry.revokeConsent", "ConsentRegistry.purgeRecord", "AccessRegistry.grantAccess",
        "AccessRegistry.revokeAccess", "AccessRegistry.recordAccess", "AccessRegistry.decryptKey", "NodeRegistry.proposeNode",
        "NodeRegistry.admitNode", "NodeRegistry.removeNode", "NodeRegistry.vote", "NodeRegistry.heartbeat", "IdentityRegistry.createDid",
        "IdentityRegistry.rotateKey", "IdentityRegistry.addDelegate", "IdentityRegistry.issueCredential",
        "IdentityRegistry.revokeCredential", "IdentityRegistry.setRole", "ProofVerifier.verifyProof", "ModelRegistry.submitUpdate",
        "ModelRegistry.aggregate", "ModelRegistry.publishModel", "DataToken.mint", "DataToken.transfer", "DataToken.redeem",
        "Escrow.fund", "Escrow.release", "Escrow.refund", "ClaimsLedger.submitClaim", "ClaimsLedger.adjudicate", "ClaimsLedger.pay",
        "Governance.grantRole", "Governance.revokeRole", "Governance.upgrade", "Governance.pause", "Governance.unpause",
        "Governance.setParameter", "RecordAnchor.anchorRecord",
    ];

    private static readonly string[] BiometricActivities =
        ["biometric enroll", "biometric update", "biometric verify", "biometric identify", "biometric delete", "biometric export", "biometric decrypt"];

    /// <summary>The histograms, in the order of every contribution.</summary>
    public static IReadOnlyList<BaselineStatistic> Statistics { get; } =
    [
        new("activity", [.. LedgerActivities, .. BiometricActivities, "other"]),
        new("time of week", [.. Enumerable.Range(1, 24).Select(TimeName)]),
        new("purpose", ["TREAT", "ETREAT", "BTG", "HPAYMT", "HOPERAT", "HRESCH", "PUBHLTH", "PATRQT", "other"]),
        .. HealthFeatures.Schema.Channels.SelectMany(_ => TimeBuckets.Names, (channel, width) => Counts($"{channel} per {width}")),
        Counts("patients per hour"),
        Counts("patients per day"),
    ];

    /// <summary>Most that one actor's presence or absence changes all histograms and the head count of a role, in the Euclidean norm.</summary>
    public static double Sensitivity { get; } = UnitsPerActor * Math.Sqrt(Statistics.Count + 1);

    /// <summary>The key of a bin's value in an event's features; 0 for a bin that gathers what has none of its own.</summary>
    internal static ulong KeyOf(int statistic, string bin)
    {
        if (bin == "other")
            return 0;
        if (statistic != Activity)
            return StableHash.Of(bin);
        var cut = bin.IndexOfAny(['.', ' ']);
        return StableHash.Combine(StableHash.Of(bin[..cut]), StableHash.Of(bin[(cut + 1)..]));
    }

    internal static int CountStatistic(int channel, int width) => FirstCount + (channel * TimeBuckets.Names.Length) + width;

    internal static int PatientStatistic(int width) => Statistics.Count - 3 + width;

    /// <summary>The bin of a count of 1 or more: half a nat of log(1 + count) each, so each is 65 % wider than the one before.</summary>
    internal static int BinOfCount(double count) => Math.Clamp((int)(Math.Log(1 + count) / NatsPerBin), 0, CountBins - 1);

    /// <summary>The middle of a bin, as log(1 + count).</summary>
    internal static double MiddleOf(int bin) => (bin + 0.5) * NatsPerBin;

    private static BaselineStatistic Counts(string name) => new(name, [.. Enumerable.Range(0, CountBins).Select(CountName)]);

    private static string CountName(int bin) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"up to {Math.Exp((bin + 1) * NatsPerBin) - 1:0}");

    private static string TimeName(int step)
    {
        var from = 2 * ((step - 1) % 12);
        return string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{(step > 12 ? "weekend" : "weekday")} {from:00}-{from + 2:00}");
    }
}
