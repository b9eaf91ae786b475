using SentinelHealth.Detection.Rules;

namespace SentinelHealth.Detection.Tests.Rules;

public class AttackTagsTests
{
    [Theory]
    [InlineData("attack.t1562", "attack.t1685")]
    [InlineData("attack.t1562.008", "attack.t1685.002")]
    [InlineData("attack.T1562.007", "attack.t1686.001")]
    [InlineData("attack.defense-evasion", "attack.stealth")]
    [InlineData("attack.defense_evasion", "attack.stealth")]
    [InlineData("attack.t1086", "attack.t1059.001")]
    [InlineData("attack.t1078", "attack.t1078")]
    [InlineData("control.hipaa.164.312.b", "control.hipaa.164.312.b")]
    public void An_identifier_of_an_earlier_version_is_read_as_its_successor(string written, string current) =>
        Assert.Equal(current, AttackTags.Current(written));

    [Theory]
    [InlineData("attack.t1078", false)]
    [InlineData("attack.t1562.001", false)]
    [InlineData("attack.collection", false)]
    [InlineData("attack.g0007", false)]
    [InlineData("attack.t107", true)]
    [InlineData("attack.collections", true)]
    [InlineData("sentinel.anything", false)]
    public void What_is_neither_a_tactic_nor_shaped_like_an_identifier_is_unknown(string tag, bool isUnknown) =>
        Assert.Equal(isUnknown, AttackTags.IsUnknown(tag));
}
