using SentinelHealth.Detection.Rules;

namespace SentinelHealth.Detection.Tests.Rules;

public class LookAlikeRulesTests
{
    private const string Image = "9f86d081884c7d659a2feaa0c55ad015";

    private readonly LedgerScript _script = new(new LookAlikeRules());

    [Fact]
    public void Nodes_whose_fingerprints_are_nearly_the_same_are_told()
    {
        Assert.Empty(Propose("node:a", Image));

        var twin = Assert.Single(Propose("node:b", Image[..22] + "0123456789"));
        var third = Assert.Single(Propose("node:c", Image[..22] + "abcdefabcd"));

        Assert.Equal(BuiltInRules.NodeLookAlike, twin.Rule);
        Assert.Contains("nearly that of 1 other proposed node.", twin.Reason, StringComparison.Ordinal);
        Assert.Contains("nearly that of 2 other proposed nodes.", third.Reason, StringComparison.Ordinal);
        Assert.Contains(third.Related, entity => entity.Id == "node:c");
    }

    [Fact]
    public void Machines_of_their_own_and_a_node_proposed_again_are_not()
    {
        var random = new Random(5);
        for (var i = 0; i < 200; i++)
            Assert.Empty(Propose($"node:{i}", Convert.ToHexStringLower(Bytes(random))));
        Assert.Empty(Propose("node:x", Image));
        Assert.Empty(Propose("node:x", Image));
    }

    [Fact]
    public void What_all_fingerprints_begin_with_and_short_ones_prove_nothing()
    {
        Assert.Empty(Propose("node:a", "0x" + Image));
        Assert.Empty(Propose("node:b", "0x" + Convert.ToHexStringLower(Bytes(new Random(6)))));
        Assert.Empty(Propose("node:c", "abc"));
        Assert.Empty(Propose("node:d", "abc"));
    }

    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return bytes;
    }

    private IReadOnlyList<RuleMatch> Propose(string node, string fingerprint) => _script.Ledger(
        1, "NodeRegistry", "proposeNode", new { nodeId = node, nodeOrganization = "org:x", fingerprint }, ("subject", null));
}

public class SelfGrantTests
{
    private const int DayMinutes = 24 * 60;
    private const string Admin = "did:ethr:0x3434343434343434343434343434343434343434";

    private readonly LedgerScript _script = new(new GovernanceRules());

    [Fact]
    public void A_role_granted_to_oneself_is_told_once_the_network_is_set_up()
    {
        Assert.Empty(Grant(0, Admin));
        Assert.Empty(Grant(5 * DayMinutes, "did:ethr:0x5656565656565656565656565656565656565656"));

        var match = Assert.Single(Grant((5 * DayMinutes) + 1, Admin));

        Assert.Equal(BuiltInRules.GovernanceSelfGrant, match.Rule);
        Assert.Contains("granted the role ADMIN to itself", match.Reason, StringComparison.Ordinal);
    }

    private IReadOnlyList<RuleMatch> Grant(double minute, string account) => _script.Ledger(
        minute, "Governance", "grantRole", new { role = "ADMIN", account }, ("actor", Admin), ("subject", null));
}
