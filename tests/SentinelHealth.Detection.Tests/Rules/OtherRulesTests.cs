using SentinelHealth.Detection.Rules;

namespace SentinelHealth.Detection.Tests.Rules;

public class MembershipRulesTests
{
    private readonly LedgerScript _ledger = new(new MembershipRules());

    [Fact]
    public void A_removed_node_must_not_act_and_a_readmitted_one_may()
    {
        Registry(0, "admitNode", "node:hospital-a-1");
        Assert.Empty(_ledger.Biometric(1));
        Registry(2, "removeNode", "node:hospital-a-1");
        Assert.Equal("node.removed", Assert.Single(_ledger.Biometric(3)).Rule.Name);
        Registry(4, "admitNode", "node:hospital-a-1");
        Assert.Empty(_ledger.Biometric(5));
    }

    [Fact]
    public void An_unknown_node_is_news_once_membership_is_known()
    {
        Assert.Empty(_ledger.Biometric(0, ("node", "node:ghost")));
        Registry(0, "admitNode", "node:hospital-a-1");
        for (var i = 0; i < 150; i++)
            _ledger.Biometric(1);
        var match = Assert.Single(_ledger.Biometric(2, ("node", "node:ghost")));
        Assert.Equal(("node.unregistered", "node:ghost"), (match.Rule.Name, match.Entity.Id));
        Assert.Empty(_ledger.Ledger(3, "NodeRegistry", "proposeNode", new { nodeId = "node:ghost" }, ("node", "node:ghost")));
    }

    [Fact]
    public void A_node_may_conclude_its_own_admission_but_not_that_of_another()
    {
        Registry(0, "admitNode", "node:hospital-a-1");
        for (var i = 0; i < 150; i++)
            _ledger.Biometric(1);
        var other = _ledger.Ledger(2, "NodeRegistry", "admitNode", new { nodeId = "node:other" }, ("node", "node:ghost"));
        Assert.Equal("node.unregistered", Assert.Single(other).Rule.Name);
        var failed = _ledger.Ledger(
            3, "NodeRegistry", "admitNode", new { nodeId = "node:ghost" }, ("node", "node:ghost"), ("status", "reverted"));
        Assert.Equal("node.unregistered", Assert.Single(failed).Rule.Name);
        Assert.Empty(_ledger.Ledger(4, "NodeRegistry", "admitNode", new { nodeId = "node:ghost" }, ("node", "node:ghost")));
        Assert.Empty(_ledger.Biometric(5, ("node", "node:ghost")));
    }

    [Fact]
    public void A_system_beside_the_ledger_is_no_node_that_could_be_a_member()
    {
        Registry(0, "admitNode", "node:hospital-a-1");
        for (var i = 0; i < 150; i++)
            _ledger.Biometric(1);

        Assert.Empty(_ledger.Biometric(2, ("node", "system:Device/ehr")));
    }

    [Fact]
    public void A_rewritten_ledger_is_always_news()
    {
        var matches = _ledger.Ledger(0, "ConsensusLayer", "reorganization", new { depth = 3 });
        Assert.Equal("ledger.reorganization", Assert.Single(matches).Rule.Name);
        Assert.Contains("last 3 blocks", matches[0].Reason, StringComparison.Ordinal);
    }

    private void Registry(double minute, string method, string node) =>
        _ledger.Ledger(minute, "NodeRegistry", method, new { nodeId = node, nodeOrganization = "hospital-a" });
}

public class ReplayRulesTests
{
    private readonly LedgerScript _ledger = new(new ReplayRules());

    [Fact]
    public void A_nullifier_is_spent_once()
    {
        Assert.Empty(Proof(0, "n-1", "p-1"));
        Assert.Empty(Proof(1, "n-2", "p-2"));
        Assert.Equal("proof.reused", Assert.Single(Proof(2, "n-1", "p-3")).Rule.Name);
        Assert.Equal("proof.reused", Assert.Single(Proof(3, "n-4", "p-2")).Rule.Name);
    }

    [Fact]
    public void A_revoked_credential_is_no_longer_good()
    {
        Assert.Empty(Use(0, "vc-1"));
        _ledger.Ledger(1, "IdentityRegistry", "revokeCredential", new { credentialId = "vc-1", holder = "did:ethr:0x1" });
        Assert.Equal("credential.revoked", Assert.Single(Use(2, "vc-1")).Rule.Name);
        Assert.Empty(Use(2, "vc-2"));
    }

    [Fact]
    public void The_same_sample_twice_for_the_same_patient_is_a_replay_where_samples_are_usually_fresh()
    {
        for (var i = 0; i < 150; i++)
            _ledger.Biometric(0);
        Assert.Empty(_ledger.Biometric(1, ("probeHash", "same")));
        Assert.Empty(_ledger.Biometric(1, ("probeHash", "same"), ("subject", "patient:other")));
        Assert.Equal("biometric.replayed-probe", Assert.Single(_ledger.Biometric(2, ("probeHash", "same"))).Rule.Name);
    }

    private IReadOnlyList<RuleMatch> Proof(double minute, string nullifier, string proofHash) =>
        _ledger.Ledger(minute, "ProofVerifier", "verifyProof", new { nullifier, proofHash, verificationKeyId = "vk-1", valid = true });

    private IReadOnlyList<RuleMatch> Use(double minute, string credentialId) =>
        _ledger.Ledger(minute, "AccessRegistry", "recordAccess", new { recordId = "r-1", credentialId });
}

public class SettlementRulesTests
{
    private readonly LedgerScript _ledger = new(new SettlementRules());

    [Fact]
    public void A_claim_is_paid_once()
    {
        Assert.Empty(_ledger.Ledger(0, "ClaimsLedger", "pay", new { claimId = "cl-1", payee = "did:ethr:0x1" }));
        Assert.Equal("claim.duplicate", Assert.Single(_ledger.Ledger(1, "ClaimsLedger", "pay", new { claimId = "cl-1" })).Rule.Name);
    }

    [Fact]
    public void A_service_is_claimed_once()
    {
        Assert.Empty(Claim(0, "cl-1", "enc-1", "X1"));
        Assert.Empty(Claim(1, "cl-2", "enc-1", "X2"));
        Assert.Equal("claim.duplicate", Assert.Single(Claim(2, "cl-3", "enc-1", "X1")).Rule.Name);
    }

    [Fact]
    public void A_claim_without_an_encounter_is_news_where_encounters_are_usual()
    {
        for (var i = 0; i < 150; i++)
            Claim(0, $"cl-{i}", $"enc-{i}", "X1");
        Assert.Equal("claim.unsupported", Assert.Single(Claim(1, "cl-zz", null, "X1")).Rule.Name);
    }

    [Fact]
    public void An_escrow_is_settled_once()
    {
        _ledger.Ledger(0, "Escrow", "fund", new { escrowId = "es-1" });
        Assert.Empty(_ledger.Ledger(1, "Escrow", "release", new { escrowId = "es-1" }));
        Assert.Equal("escrow.repeated", Assert.Single(_ledger.Ledger(2, "Escrow", "refund", new { escrowId = "es-1" })).Rule.Name);
    }

    private IReadOnlyList<RuleMatch> Claim(double minute, string claimId, string? encounterId, string code) =>
        _ledger.Ledger(minute, "ClaimsLedger", "submitClaim", new { claimId, encounterId, code }, ("amount", 120));
}

public class OffLedgerRulesTests
{
    private readonly LedgerScript _ledger = new(new OffLedgerRules());

    [Fact]
    public void A_transaction_that_comes_within_ten_minutes_is_in_time()
    {
        OrdinaryLife();
        Assert.Empty(_ledger.Biometric(10, ("ledgerTxId", "0xfeed")));
        _ledger.Ledger(15, "AccessRegistry", "recordAccess", new { }, ("id", "0xfeed:2"));
        Assert.Empty(_ledger.Ledger(30, "NodeRegistry", "heartbeat", new { }));
    }

    [Fact]
    public void A_transaction_that_never_comes_is_told_after_ten_minutes_naming_the_query()
    {
        OrdinaryLife();
        _ledger.Biometric(10, ("ledgerTxId", "0xdead"), ("id", "bq-dangling"));
        Assert.Empty(_ledger.Ledger(19.9, "NodeRegistry", "heartbeat", new { }));
        var match = Assert.Single(_ledger.Ledger(20, "NodeRegistry", "heartbeat", new { }));
        Assert.Equal(("access.off-ledger", "bq-dangling"), (match.Rule.Name, match.EventId));
    }

    [Fact]
    public void A_match_that_names_no_transaction_is_told_at_once_and_a_failed_one_is_not_asked()
    {
        OrdinaryLife();
        Assert.Equal("access.off-ledger", Assert.Single(_ledger.Biometric(10, ("ledgerTxId", null))).Rule.Name);
        Assert.Empty(_ledger.Biometric(10, ("ledgerTxId", null), ("decision", "no-match")));
    }

    private void OrdinaryLife()
    {
        for (var i = 0; i < 150; i++)
        {
            _ledger.Ledger(0, "AccessRegistry", "recordAccess", new { }, ("id", $"0x9{i:x}:1"));
            _ledger.Biometric(1, ("ledgerTxId", $"0x9{i:x}"));
        }
    }
}
