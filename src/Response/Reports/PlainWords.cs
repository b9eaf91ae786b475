using System.Collections.Frozen;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Response.Reports;

/// <summary>What a reader who is no engineer is told: rules, detectors, actions and things by ordinary words.</summary>
internal static class PlainWords
{
    private static readonly FrozenDictionary<string, string> Causes = new Dictionary<string, string>
    {
        ["consent.missing"] = "patient data was used without the patient's consent",
        ["consent.revoked"] = "patient data was used after the patient had withdrawn consent",
        ["consent.expired"] = "patient data was used after the consent had run out",
        ["consent.grantee"] = "patient data was used under a consent that was given to somebody else",
        ["consent.purpose"] = "patient data was used for another purpose than the patient agreed to",
        ["consent.scope"] = "more patient data was used than the patient agreed to",
        ["access.break-glass"] = "patient data was opened in an emergency, which must be reviewed",
        ["access.off-ledger"] = "an identity was checked without the access being recorded where it must be",
        ["node.unregistered"] = "a computer that is not a member of the network took part in it",
        ["node.removed"] = "a computer that had been removed from the network went on taking part in it",
        ["credential.revoked"] = "a credential was used after it had been withdrawn",
        ["proof.reused"] = "a proof of entitlement was presented a second time",
        ["biometric.replayed-probe"] = "the very same biometric sample was presented twice, as a recording would be",
        ["claim.duplicate"] = "one claim was submitted or paid twice",
        ["claim.unsupported"] = "a claim was made for care of which there is no record",
        ["escrow.repeated"] = "money held in trust was released twice or without having been paid in",
        ["governance.outsider"] = "somebody who never administers the network changed how it works",
        ["governance.self-grant"] = "somebody gave more rights to themselves",
        ["node.look-alike"] = "several computers joined the network that look like copies of each other",
        ["ledger.reorganization"] = "recorded entries of the shared ledger were replaced by others",
        ["ledger.endpoint-forked"] = "one access point of the ledger showed another history than the others",
        ["ledger.endpoint-lagging"] = "one access point of the ledger fell far behind",
        ["ledger.gap"] = "a part of the ledger could not be found anywhere",
        ["node.silent"] = "a computer of the network stopped answering",
        ["source.silent"] = "a system that must deliver its records stopped delivering them",
        ["rarity"] = "somebody worked in a way that is very unusual for them",
        ["volume"] = "far more was done than is usual",
        ["spread"] = "far more different patients, devices or places were touched than is usual",
        ["drip"] = "records were collected slowly and steadily over a long time",
        ["drift"] = "the number of patients somebody looks at grew steadily",
        ["relation"] = "patient data was used by somebody with no known part in that patient's care",
        ["giving"] = "permissions were given in a way that is very unusual",
        ["sequence"] = "steps were taken in an order that people in that role never use",
        ["magnitude"] = "an amount was far from what is usual",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What happened, as half a sentence.</summary>
    public static string Cause(string source) =>
        Causes.GetValueOrDefault(source) ?? "activity was seen that differs strongly from what is usual";

    /// <summary>What was done, in the past tense.</summary>
    public static string Done(ActionKind kind) => kind switch
    {
        ActionKind.QuarantineNode => "a computer was cut off from the network",
        ActionKind.RevokeGrant => "a permission to see data was withdrawn",
        ActionKind.SuspendActor => "an account was suspended",
        ActionKind.PauseContract => "a service of the network was stopped, except for emergencies",
        _ => "access was restricted",
    };

    /// <summary>A kind of thing.</summary>
    public static string Thing(EntityType type) => type switch
    {
        EntityType.Actor => "an account",
        EntityType.Node => "a computer of the network",
        EntityType.Patient => "a patient",
        EntityType.Device => "a device",
        EntityType.Contract => "a program on the ledger",
        EntityType.Grant => "a permission",
        EntityType.Chain => "the ledger itself",
        _ => "something",
    };

    /// <summary>How bad, in a word.</summary>
    public static string Grave(Severity severity) => severity switch
    {
        Severity.Critical => "very serious",
        Severity.High => "serious",
        Severity.Medium => "of medium weight",
        Severity.Low => "minor",
        _ => "for information only",
    };

    /// <summary>How sensitive a category of data is, and under which rule.</summary>
    public static string Sensitivity(string category) => category.StartsWith("biometric", StringComparison.Ordinal)
        ? "Special category: biometric data that identifies a person (GDPR Article 9)"
        : "Special category: data about health (GDPR Article 9; protected health information)";
}
