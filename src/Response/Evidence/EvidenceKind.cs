namespace SentinelHealth.Response.Evidence;

/// <summary>What kinds of things are entered. The names are part of the format.</summary>
public static class EvidenceKind
{
    /// <summary>The record of one event that an alert rests on.</summary>
    public const string Event = "event";

    /// <summary>Every event of one scored batch, by the Merkle root of their digests and their places in the event log.</summary>
    public const string Batch = "batch";

    /// <summary>Versions of program, models, rules, playbooks and settings, whenever they change.</summary>
    public const string Versions = "versions";

    /// <summary>An alert with its score.</summary>
    public const string Alert = "alert";

    /// <summary>An incident in one of its versions.</summary>
    public const string Incident = "incident";

    /// <summary>What a decision saw: the document whose hash stands in the action.</summary>
    public const string Seen = "seen";

    /// <summary>What the policy decided.</summary>
    public const string Decision = "decision";

    /// <summary>What a guardrail refused.</summary>
    public const string Refusal = "refusal";

    /// <summary>A person's approval.</summary>
    public const string Approval = "approval";

    /// <summary>A step of an action that is neither an approval nor the ledger's answer.</summary>
    public const string Step = "step";

    /// <summary>The ledger's answer.</summary>
    public const string Receipt = "receipt";

    /// <summary>What an analyst did: a verdict, a note, tuning, a signature.</summary>
    public const string Analyst = "analyst";

    /// <summary>A reading of evidence that is linked to a patient.</summary>
    public const string Read = "read";

    /// <summary>A subject's payloads were made unreadable for good.</summary>
    public const string Erasure = "erasure";

    /// <summary>A signing key came or went.</summary>
    public const string Key = "key";

    /// <summary>The monitor's word that it is alive, and what it covers.</summary>
    public const string Heartbeat = "heartbeat";

    /// <summary>The stage of proof a kind belongs to; empty for what belongs to none of an action's stages.</summary>
    public static string StageOf(string kind) => kind switch
    {
        Event => "event",
        Batch or Versions => "versions",
        Alert or Incident => "score",
        Seen or Decision or Refusal => "policy",
        Approval or Step => "approvals",
        Receipt => "receipt",
        _ => "",
    };
}
