using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Evm;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Evm;

public sealed class StandardEventTests
{
    private static readonly EvmAddress Contract = EvmAddress.Parse("0x" + new string('a', 40));
    private static readonly EvmAddress Sender = EvmAddress.Parse("0x" + new string('b', 40));
    private static readonly string Holder = "0x" + new string('0', 24) + new string('2', 40);

    [Theory]
    [InlineData("RoleGranted(bytes32,address,address)", "2f8788117e7eff1d82e926ec794901d17c78024a50270940304540a733656f0d")]
    [InlineData("RoleRevoked(bytes32,address,address)", "f6391f5c32d9c69d2a47ea670b442974b53935d1edc7fd64eb21e047a839171b")]
    [InlineData("RoleAdminChanged(bytes32,bytes32,bytes32)", "bd79b86ffe0ab8e8776151514217cd7cacd52c909f66475c3af44e129f0b00ff")]
    [InlineData("Paused(address)", "62e78cea01bee320cd4e420270b5ea74000d11b0c9f74754ebdbfc544b05a258")]
    [InlineData("Unpaused(address)", "5db9ee0a495bf2e6ff9c91a7834c1ba4fdd244a5e8aa4e537bd38aeae4b073aa")]
    [InlineData("OwnershipTransferred(address,address)", "8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e0")]
    [InlineData("CallScheduled(bytes32,uint256,address,uint256,bytes,bytes32,uint256)", "4cf4410cc57040e44862ef0f45f3dd5a5e02db8eb8add648d4b0e236f1d07dca")]
    [InlineData("CallExecuted(bytes32,uint256,address,uint256,bytes)", "c2617efa69bab66782fa219543714338489c4e9e178271560a91b82c3f612b58")]
    [InlineData("Cancelled(bytes32)", "baa1eb22f2a492ba1a5fea61b8df4d27c6c8b5f3971e63bb58fa14ff72eedb70")]
    [InlineData("MinDelayChange(uint256,uint256)", "11c24f4ead16507c69ac467fbd5e4eed5fb5c699626d2cc6d66421df253886d5")]
    [InlineData("Upgraded(address)", "bc7cd75a20ee27fd9adebab32041f755214dbc6bffa90cc0225b39da2e5c2d3b")]
    [InlineData("AdminChanged(address,address)", "7e644d79422f17c01e4894b5f4f588d331ebfa28653d42ae832dc59e38c9798f")]
    [InlineData("AccountAdded(bool,address)", "e39119db1877d19873ffb44540ac1dbd9ca72da5413d351392ce967885031aa4")]
    [InlineData("AccountRemoved(bool,address)", "f9cfee605255fa33725274ecbb6100757021c2c1679bb4538c8fad791751a4d9")]
    [InlineData("NodeAdded(bool,string,string,uint16)", "6b59c0af929c53469d134f314ec8a11127a2c7831cc7b3b6bc78c40ace3801eb")]
    [InlineData("NodeRemoved(bool,string,string,uint16)", "b89b69e57dc9a29151753246bd70dbee9bb40db42ff72e5cff56eee65cc7c9cf")]
    [InlineData("DIDOwnerChanged(address,address,uint256)", "38a5a6e68f30ed1ab45860a4afb34bcb2fc00f22ca462d249b8a8d40cda6f7a3")]
    [InlineData("DIDDelegateChanged(address,bytes32,address,uint256,uint256)", "5a5084339536bcab65f20799fcc58724588145ca054bd2be626174b27ba156f7")]
    [InlineData("DIDAttributeChanged(address,bytes32,bytes,uint256,uint256)", "18ab6b2ae3d64306c00ce663125f2bd680e441a098de1635bd7ad8b0d44965e4")]
    [InlineData("TargetClosed(address,bool)", "90d4e7bb7e5d933792b3562e1741306f8be94837e1348dacef9b6f1df56eb138")]
    [InlineData("RoleGranted(uint64,address,uint32,uint48,bool)", "f98448b987f1428e0e230e1f3c6e2ce15b5693eaf31827fbd0b1ec4b424ae7cf")]
    [InlineData("RoleRevoked(uint64,address)", "f229baa593af28c41b1d16b748cd7688f0c83aaf92d4be41c44005defe84c166")]
    [InlineData("Transfer(address,address,uint256)", "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef")]
    public void Every_standard_event_is_listed_with_the_topic_it_is_known_by(string signature, string topic) =>
        Assert.Contains(StandardEvent.All, known => known.Item.Signature == signature && known.Item.Topic == "0x" + topic);

    [Fact]
    public void A_role_is_shown_by_name_and_the_sender_is_who_acted()
    {
        var decoded = Decode(Log("AccessControl", "RoleGranted", "0x" + new string('0', 64), Holder, Holder));

        Assert.Equal(("PatientPortal", "grantRole"), (decoded.TextOf(TextField.Contract), decoded.TextOf(TextField.Method)));
        Assert.Equal("did:ethr:0x" + new string('2', 40), decoded.TextOf(TextField.Actor));
        Span<byte> buffer = stackalloc byte[32];
        Assert.Equal("DEFAULT_ADMIN_ROLE"u8, decoded.ArgText("role"u8, buffer));
    }

    [Fact]
    public void Where_the_event_names_nobody_the_transactions_sender_acted()
    {
        var decoded = Decode(Log("TimelockController", "Cancelled", "0x" + new string('d', 64)));

        Assert.Equal(Sender.Did, decoded.TextOf(TextField.Actor));
        Assert.Equal("system:consortium-1", decoded.TextOf(TextField.Node));
    }

    [Theory]
    [InlineData("ERC20", 2, 1000)]
    [InlineData("ERC721", 3, double.NaN)]
    public void The_two_transfers_are_told_apart_by_what_is_indexed(string standard, int indexed, double amount)
    {
        var value = "0x" + 1000.ToString("x64", null);
        string[] topics = [Holder, Holder, value];
        var log = Log(standard, "Transfer", topics[..indexed]) with { Data = indexed == 2 ? Hex.ToBytes(value) : [] };

        Assert.Equal(amount, Decode(log).Number(NumberField.Amount));
    }

    [Fact]
    public void An_event_of_the_contracts_own_is_passed_over_when_only_the_standards_are_known() =>
        Assert.Null(Record(new EvmLog(Contract, ["0x" + new string('e', 64)], [], "0x01", 0, "0x02", 1)));

    [Theory]
    [InlineData("ConsentRegistry", true)]
    [InlineData("standard:PatientPortal", true)]
    [InlineData("standard:", false)]
    [InlineData("PatientPortal", false)]
    public void A_contract_is_a_shipped_one_or_says_that_it_follows_the_standards(string name, bool isKnown) =>
        Assert.Equal(isKnown, ContractAbi.IsKnown(name));

    private static EvmLog Log(string standard, string name, params string[] topics)
    {
        var known = StandardEvent.All.Single(one => one.Standard == standard && one.Item.Name == name);
        return new EvmLog(Contract, [known.Item.Topic, .. topics], [], "0x01", 3, "0x02", 7);
    }

    private static SentinelEvent Decode(EvmLog log) => Some.Decoded(Record(log));

    private static byte[]? Record(EvmLog log)
    {
        var decoder = new EvmEventDecoder("consortium-1", [new(Contract, ContractAbi.Load("standard:PatientPortal"))]);
        var block = new EvmBlock(7, "0x02", "0x00", DateTimeOffset.UnixEpoch.AddYears(55), []);
        return decoder.DecodeLog(log, block, new EvmReceipt("0x01", "0x02", 7, true, 21_000, [log], null) { From = Sender });
    }
}
