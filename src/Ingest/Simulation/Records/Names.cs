using System.Text.Json;

namespace SentinelHealth.Ingest.Simulation.Records;

/// <summary>Field and argument names of the native formats, encoded once.</summary>
internal static class Names
{
    public static readonly JsonEncodedText Schema = Of("schema"), Id = Of("id"), Time = Of("time"), Chain = Of("chain"),
        Block = Of("block"), BlockHash = Of("blockHash"), LogIndex = Of("logIndex"), Node = Of("node"), Actor = Of("actor"),
        ActorRole = Of("actorRole"), Organization = Of("organization"), Contract = Of("contract"), Method = Of("method"),
        Status = Of("status"), GasUsed = Of("gasUsed"), Subject = Of("subject"), Purpose = Of("purpose"),
        ConsentId = Of("consentId"), GrantId = Of("grantId"), Amount = Of("amount"), Args = Of("args");

    public static readonly JsonEncodedText Operation = Of("operation"), Modality = Of("modality"),
        GallerySize = Of("gallerySize"),
        Candidates = Of("candidates"), MatchScore = Of("matchScore"), Threshold = Of("threshold"), Decision = Of("decision"),
        FailureCode = Of("failureCode"), Quality = Of("quality"), PadScore = Of("padScore"), PadDecision = Of("padDecision"),
        ProbeHash = Of("probeHash"), TemplateVersion = Of("templateVersion"), Device = Of("device"),
        DeviceAttested = Of("deviceAttested"), Client = Of("client"), Ip = Of("ip"), Country = Of("country"),
        Session = Of("session"),
        LatencyMs = Of("latencyMs"), LedgerTxId = Of("ledgerTxId");

    public static readonly JsonEncodedText Grantee = Of("grantee"), Scope = Of("scope"), ExpiresAt = Of("expiresAt"),
        PurgeDueAt = Of("purgeDueAt"), RecordId = Of("recordId"), RecordHash = Of("recordHash"), Category = Of("category"),
        CredentialId = Of("credentialId"), KeyId = Of("keyId"), NodeId = Of("nodeId"), NodeOrganization = Of("nodeOrganization"),
        Fingerprint = Of("fingerprint"), Approve = Of("approve"), Version = Of("version"), Did = Of("did"),
        Algorithm = Of("algorithm"),
        Delegate = Of("delegate"), Holder = Of("holder"), Role = Of("role"), ProofHash = Of("proofHash"),
        Nullifier = Of("nullifier"),
        VerificationKeyId = Of("verificationKeyId"), Valid = Of("valid"), ModelId = Of("modelId"), Round = Of("round"),
        UpdateNorm = Of("updateNorm"), Cosine = Of("cosine"), Provenance = Of("provenance"), To = Of("to"),
        DatasetId = Of("datasetId"),
        EscrowId = Of("escrowId"), Payee = Of("payee"), ClaimId = Of("claimId"), EncounterId = Of("encounterId"),
        Code = Of("code"),
        Outcome = Of("outcome"), Account = Of("account"), Target = Of("target"), Implementation = Of("implementation"),
        Name = Of("name"), Value = Of("value");

    private static JsonEncodedText Of(string name) => JsonEncodedText.Encode(name);
}
