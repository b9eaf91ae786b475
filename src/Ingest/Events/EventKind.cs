namespace SentinelHealth.Ingest.Events;

/// <summary>What an event reports.</summary>
public enum EventKind : byte
{
    /// <summary>A contract transaction on the health-data ledger.</summary>
    LedgerTransaction,

    /// <summary>A query against a biometric matcher or template store.</summary>
    BiometricQuery,
}

/// <summary>The text fields of the two native formats. The numeric order is part of detector snapshots: append only.</summary>
public enum TextField : byte
{
#pragma warning disable CS1591 // Field names are those of the published formats; ARCHITECTURE.md documents each.
    Id, Node, Actor, ActorRole, Organization, Subject, Purpose, ConsentId, GrantId,
    Chain, BlockHash, Contract, Method, Status,
    Operation, Modality, Decision, FailureCode, PadDecision, ProbeHash, Device, Client, Ip, Country, Session, LedgerTxId,
#pragma warning restore CS1591
}

/// <summary>The numeric fields of the two native formats. The numeric order is part of detector snapshots: append only.</summary>
public enum NumberField : byte
{
#pragma warning disable CS1591
    Block, LogIndex, GasUsed, Amount,
    GallerySize, Candidates, MatchScore, Threshold, Quality, PadScore, TemplateVersion, LatencyMs,
#pragma warning restore CS1591
}
