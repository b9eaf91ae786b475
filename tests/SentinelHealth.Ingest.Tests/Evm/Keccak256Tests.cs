using SentinelHealth.Ingest.Evm;

namespace SentinelHealth.Ingest.Tests.Evm;

public sealed class Keccak256Tests
{
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
    [InlineData("AccessControlUnauthorizedAccount(address,bytes32)", "e2517d3fbfae6f8515ef5ff1ccedc3933ab0cbbda0b492c06eb54ad10ef03b3e")]
    [InlineData("EnforcedPause()", "d93c0665d6c96d04a8f174024fc4ddd66c250604aff22bbec808de86dd3637e3")]
    [InlineData("ExpectedPause()", "8dfc202bcfe9a735b559bee70674422512bc5c30f687046ae8778315fb81da44")]
    [InlineData("OwnableUnauthorizedAccount(address)", "118cdaa7a341953d1887a2245fd6665d741c67c8c50581daa59e1d03373fa188")]
    [InlineData("PROPOSER_ROLE", "b09aa5aeb3702cfd50b6b62bc4532604938f21248a27a1d5ca736082b6819cc1")]
    [InlineData("PAUSER_ROLE", "65d7a28e3265b37a6474929f336521b332c1681b933f6cb9f3376673440d862a")]
    [InlineData("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)", "8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f")]
    [InlineData("", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    public void A_published_signature_hashes_to_its_published_value(string text, string hash)
    {
        Assert.Equal(hash, Convert.ToHexStringLower(Keccak256.Hash(text)));
    }

    [Fact]
    public void Every_length_around_a_block_hashes_differently_and_the_same_twice()
    {
        var seen = new HashSet<string>();

        for (var length = 0; length < 300; length++)
        {
            var data = new byte[length];
            Assert.True(seen.Add(Convert.ToHexString(Keccak256.Hash(data))));
            Assert.Equal(Keccak256.Hash(data), Keccak256.Hash(data));
        }
    }

    // Made with an independent implementation (js-sha3 0.8, which solc brings along): n bytes of value n mod 256.
    [Theory]
    [InlineData(1, "5fe7f977e71dba2ea1a68e21057beebb9be2ac30c6410aa38d4f3fbe41dcffd2")]
    [InlineData(135, "ffccaa8dc845e60524688399949338faf942035e205e7e4e6321323420f90801")]
    [InlineData(136, "2ae2373f423af4fbe71ee0568cf462301855edace38efb90478f8f1aebe2e91c")]
    [InlineData(137, "9a525aa086c5b098621275ccb9a74d1d5f1332e5f385a62f24ab834914f0f21b")]
    [InlineData(271, "16db32c8c7e05c916ead1cd34744adb60b7be65f6c3fe9477f4c17523d138198")]
    [InlineData(272, "1117e602e1adf3de3f152f23adf65a6ecfdf1b111d402232fd152d2d239ef9bd")]
    [InlineData(273, "7d084a42b1200bf62a444f834754d9f823c77ce7b7b94ef23da57854691fed82")]
    [InlineData(1000, "4c1698b53002077a9910413c118fa2871cec23371049e1fa34b99cc149919527")]
    public void Lengths_at_the_edges_of_a_block_match_another_implementation(int length, string hash)
    {
        var data = new byte[length];
        Array.Fill(data, (byte)length);

        Assert.Equal(hash, Convert.ToHexStringLower(Keccak256.Hash(data)));
    }
}
