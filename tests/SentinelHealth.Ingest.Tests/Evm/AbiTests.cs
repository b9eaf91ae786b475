using System.Numerics;
using SentinelHealth.Ingest.Evm;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Evm;

public sealed class AbiTests(ITestOutputHelper output)
{
    // The example of the Solidity ABI specification: f(uint256,uint32[],bytes10,bytes) with 0x123, [0x456, 0x789], "1234567890", "Hello, world!".
    private const string SpecificationExample =
        "0000000000000000000000000000000000000000000000000000000000000123"
        + "0000000000000000000000000000000000000000000000000000000000000080"
        + "3132333435363738393000000000000000000000000000000000000000000000"
        + "00000000000000000000000000000000000000000000000000000000000000e0"
        + "0000000000000000000000000000000000000000000000000000000000000002"
        + "0000000000000000000000000000000000000000000000000000000000000456"
        + "0000000000000000000000000000000000000000000000000000000000000789"
        + "000000000000000000000000000000000000000000000000000000000000000d"
        + "48656c6c6f2c20776f726c642100000000000000000000000000000000000000";

    private static readonly AbiType[] SpecificationTypes =
        [AbiType.Parse("uint256"), AbiType.Parse("uint32[]"), AbiType.Parse("bytes10"), AbiType.Parse("bytes")];

    [Fact]
    public void The_specifications_example_is_written_and_read()
    {
        var encoded = AbiEncoder.Encode(SpecificationTypes, [0x123, new object?[] { 0x456, 0x789 }, "1234567890"u8.ToArray(), "Hello, world!"u8.ToArray()]);
        var decoded = AbiDecoder.Decode(SpecificationTypes, encoded);

        Assert.Equal(SpecificationExample, Convert.ToHexStringLower(encoded));
        Assert.Equal(new BigInteger(0x123), decoded[0]);
        Assert.Equal([new BigInteger(0x456), new BigInteger(0x789)], (object[])decoded[1]);
        Assert.Equal("1234567890"u8.ToArray(), decoded[2]);
        Assert.Equal("Hello, world!"u8.ToArray(), decoded[3]);
    }

    [Theory]
    [InlineData("uint8", "255", "256")]
    [InlineData("uint64", "18446744073709551615", "18446744073709551616")]
    [InlineData("int8", "127", "128")]
    [InlineData("int8", "-128", "-129")]
    [InlineData("uint8", "0", "-1")]
    public void A_number_at_its_types_edge_passes_and_one_beyond_is_refused(string type, string inside, string outside)
    {
        AbiType[] types = [AbiType.Parse(type)];
        var edge = BigInteger.Parse(inside, null);

        Assert.Equal(edge, AbiDecoder.Decode(types, AbiEncoder.Encode(types, [edge]))[0]);
        Assert.Throws<EvmFormatException>(() => AbiEncoder.Encode(types, [BigInteger.Parse(outside, null)]));
    }

    [Fact]
    public void A_length_or_offset_that_points_outside_the_data_is_refused_without_being_believed()
    {
        var good = Convert.FromHexString(SpecificationExample);
        foreach (var place in new[] { 1, 3, 4, 7 })
        {
            foreach (var claim in new[] { "ffffffff", "7fffffff", "000000e1" })
            {
                var bad = (byte[])good.Clone();
                Convert.FromHexString(claim).CopyTo(bad, (place * 32) + 28);
                Assert.Throws<EvmFormatException>(() => AbiDecoder.Decode(SpecificationTypes, bad));
            }
            var huge = (byte[])good.Clone();
            huge[place * 32] = 1;
            Assert.Throws<EvmFormatException>(() => AbiDecoder.Decode(SpecificationTypes, huge));
        }
    }

    [Fact]
    public void Any_bytes_are_decoded_or_refused_and_nothing_else()
    {
        var seed = TestSeed.Next(output);
        var random = new Random(seed);
        var good = Convert.FromHexString(SpecificationExample);
        var refused = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = (byte[])good.Clone();
            for (var flips = random.Next(1, 6); flips > 0; flips--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                AbiDecoder.Decode(SpecificationTypes, bytes.AsSpan(0, random.Next(bytes.Length + 1)));
            }
            catch (EvmFormatException)
            {
                refused++;
            }
        }
        Assert.True(refused > 1_000, $"Only {refused} of 20,000 were refused; seed {seed}.");
    }

    [Theory]
    [InlineData("address", "0000000000000000000000010000000000000000000000000000000000000000")]
    [InlineData("bool", "0000000000000000000000000000000000000000000000000000000000000002")]
    [InlineData("bytes4", "0000000001000000000000000000000000000000000000000000000000000000")]
    [InlineData("uint8", "0000000000000000000000000000000000000000000000000000000000000100")]
    public void Dirty_padding_is_refused(string type, string word)
    {
        Assert.Throws<EvmFormatException>(() => AbiDecoder.DecodeWord(AbiType.Parse(type), Convert.FromHexString(word)));
    }

    [Theory]
    [InlineData("uint7")]
    [InlineData("uint264")]
    [InlineData("bytes33")]
    [InlineData("(uint256,bool)")]
    [InlineData("string[]")]
    [InlineData("uint8[3]")]
    public void A_type_that_is_not_used_here_is_refused_by_name(string type)
    {
        var fault = Assert.Throws<EvmFormatException>(() => AbiType.Parse(type));

        Assert.Contains(type, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("node:hospital-a-1")]
    [InlineData("patient:9f3c")]
    [InlineData("org:hospital-a")]
    [InlineData("did:ethr:0x00000000000000000000000000000000000d0c01")]
    [InlineData("0xe1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1")]
    [InlineData("0123456789abcdef0123456789abcdef")]
    [InlineData("spital-Zürich")]
    public void An_identifier_survives_the_chain(string identifier)
    {
        Assert.Equal(identifier, EvmWord.Unpack(EvmWord.Pack(identifier)));
    }

    [Fact]
    public void Nothing_is_zero_and_what_is_too_long_is_refused_or_hashed()
    {
        Assert.Null(EvmWord.Unpack(EvmWord.Pack(null)));
        Assert.Null(EvmWord.Unpack(EvmWord.Pack("")));
        Assert.Throws<EvmFormatException>(() => EvmWord.Pack(new string('x', 33)));
        Assert.Equal(Keccak256.Hash(new string('x', 33)), EvmWord.PackOrHash(new string('x', 33)));
        Assert.Equal(EvmWord.Pack("inc-7"), EvmWord.PackOrHash("inc-7"));
    }

    [Fact]
    public void A_revert_is_told_as_a_sentence()
    {
        var guard = ContractAbi.Load("SentinelGuard");
        var used = Keccak256.Hash("ActionKeyUsed(bytes32)").AsSpan(0, 4).ToArray();

        Assert.Equal("ActionKeyUsed: actionKey k-1.", guard.DescribeRevert([.. used, .. EvmWord.Pack("k-1")]));
        Assert.Equal("EnforcedPause.", guard.DescribeRevert(Convert.FromHexString("d93c0665")));
        Assert.Contains("undecodable", guard.DescribeRevert([.. used, 1, 2, 3]), StringComparison.Ordinal);
        Assert.Contains("0xdeadbeef", guard.DescribeRevert(Convert.FromHexString("deadbeef")), StringComparison.Ordinal);
        Assert.Equal("Reverted without a reason.", guard.DescribeRevert([]));
    }
}
