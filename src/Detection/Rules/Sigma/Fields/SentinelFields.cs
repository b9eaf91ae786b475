using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules.Sigma.Fields;

/// <summary>The published taxonomy: fields of <c>logsource{product: sentinelhealth}</c>. docs/rules.md has the same table; a test holds that.</summary>
public static class SentinelFields
{
    /// <summary>Name of the product in log sources.</summary>
    public const string Product = "sentinelhealth";

    /// <summary>Members of <c>args</c> are fields below this one, such as <c>args.payee</c>.</summary>
    public const string Args = "args";

    /// <summary>When it happened.</summary>
    public const string Time = "time";

    /// <summary>Whether the capture device proved itself.</summary>
    public const string DeviceAttested = "device_attested";

    internal const string Contract = "contract";

    internal const string Method = "method";

    internal const string Operation = "operation";

    /// <summary>All fields, in the order of docs/rules.md.</summary>
    public static IReadOnlyList<TaxonomyField> All { get; } =
    [
        TaxonomyField.Of("event_id", "id", TextField.Id, "identifier of the event"),
        TaxonomyField.Of(Time, "time", "when it happened, RFC 3339 UTC; see the modifiers `hour`, `day`, …"),
        TaxonomyField.Of("node", "node", TextField.Node, "node that reported it, `node:hospital-a-1`, or `system:` and a name"),
        TaxonomyField.Of("actor_id", "actor", TextField.Actor, "who acted, a pseudonym"),
        TaxonomyField.Of("role", "actorRole", TextField.ActorRole, "role of the actor: `clinician`, `nurse`, `ai-agent`, …"),
        TaxonomyField.Of("organization", "organization", TextField.Organization, "organization of the actor"),
        TaxonomyField.Of("patient_ref", "subject", TextField.Subject, "the patient, a pseudonym"),
        TaxonomyField.Of("purpose", "purpose", TextField.Purpose, "HL7 v3 ActReason: `TREAT ETREAT BTG HPAYMT HOPERAT HRESCH PUBHLTH PATRQT`"),
        TaxonomyField.Of("consent_id", "consentId", TextField.ConsentId, "consent that is given, ended or cited"),
        TaxonomyField.Of("grant_id", "grantId", TextField.GrantId, "grant that is given, ended or cited"),
        TaxonomyField.Of("chain", "chain", TextField.Chain, "name of the ledger"),
        TaxonomyField.Of("block", "block", NumberField.Block, "block number"),
        TaxonomyField.Of("block_hash", "blockHash", TextField.BlockHash, "hash of the block"),
        TaxonomyField.Of("log_index", "logIndex", NumberField.LogIndex, "position in the block"),
        TaxonomyField.Of(Contract, "contract", TextField.Contract, "contract, as `ConsentRegistry`; for other systems their format, as `FhirAuditEvent`"),
        TaxonomyField.Of(Method, "method", TextField.Method, "what was called, as `grantConsent`; for other systems what was done, as `recordAccess`"),
        TaxonomyField.Of("status", "status", TextField.Status, "`success` or `reverted`"),
        TaxonomyField.Of("gas_used", "gasUsed", NumberField.GasUsed, "gas"),
        TaxonomyField.Of("amount", "amount", NumberField.Amount, "money or tokens; for searches the number of hits"),
        TaxonomyField.Of(Operation, "operation", TextField.Operation, "`verify identify enroll update export decrypt delete`"),
        TaxonomyField.Of("modality", "modality", TextField.Modality, "`face`, `fingerprint`, `iris`, …"),
        TaxonomyField.Of("decision", "decision", TextField.Decision, "`match`, `no-match`, `error` or `denied`"),
        TaxonomyField.Of("failure_code", "failureCode", TextField.FailureCode, "why a query failed"),
        TaxonomyField.Of("score", "matchScore", NumberField.MatchScore, "comparison score, 0 to 1"),
        TaxonomyField.Of("threshold", "threshold", NumberField.Threshold, "score from which it is a match"),
        TaxonomyField.Of("quality", "quality", NumberField.Quality, "quality of the sample, 0 to 1"),
        TaxonomyField.Of("pad_score", "padScore", NumberField.PadScore, "liveness, 0 to 1; low is an artefact"),
        TaxonomyField.Of("pad_decision", "padDecision", TextField.PadDecision, "`pass` or `fail`"),
        TaxonomyField.Of("probe_hash", "probeHash", TextField.ProbeHash, "hash of the sample"),
        TaxonomyField.Of("template_version", "templateVersion", NumberField.TemplateVersion, "version of the stored template"),
        TaxonomyField.Of("gallery_size", "gallerySize", NumberField.GallerySize, "templates the sample was compared with"),
        TaxonomyField.Of("candidates", "candidates", NumberField.Candidates, "templates returned"),
        TaxonomyField.Of("device", "device", TextField.Device, "capture device"),
        TaxonomyField.Of(DeviceAttested, "deviceAttested", "`true` when the device proved itself, else `false`"),
        TaxonomyField.Of("client", "client", TextField.Client, "program"),
        TaxonomyField.Of("ip", "ip", TextField.Ip, "address of the client"),
        TaxonomyField.Of("country", "country", TextField.Country, "country of the client, two letters"),
        TaxonomyField.Of("session", "session", TextField.Session, "session"),
        TaxonomyField.Of("latency_ms", "latencyMs", NumberField.LatencyMs, "time to answer, ms"),
        TaxonomyField.Of("ledger_tx_id", "ledgerTxId", TextField.LedgerTxId, "ledger transaction of a biometric query"),
    ];

    internal static SigmaFieldMap Map { get; } = new(
        "sentinel", "our own records and taxonomy", [], All.Select(field => (field.Name, (string[])[field.Path])));
}
