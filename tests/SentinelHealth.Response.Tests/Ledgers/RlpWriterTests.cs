using SentinelHealth.Ingest.Evm;
using SentinelHealth.Response.Ledgers;

namespace SentinelHealth.Response.Tests.Ledgers;

/// <summary>The examples of the encoding's own description.</summary>
public sealed class RlpWriterTests
{
    [Theory]
    [InlineData(0, "0x80")]
    [InlineData(15, "0x0f")]
    [InlineData(127, "0x7f")]
    [InlineData(128, "0x8180")]
    [InlineData(1024, "0x820400")]
    public void Numbers_have_no_leading_zeros(long number, string encoded) =>
        Assert.Equal(encoded, Hex.Data(RlpWriter.Number(number)));

    [Fact]
    public void Texts_and_lists_say_how_long_they_are()
    {
        Assert.Equal("0x83646f67", Hex.Data(RlpWriter.Text("dog"u8)));
        Assert.Equal("0xc88363617483646f67", Hex.Data(RlpWriter.List(RlpWriter.Text("cat"u8), RlpWriter.Text("dog"u8))));
        Assert.Equal("0xc0", Hex.Data(RlpWriter.List()));
        Assert.Equal("0xb838", Hex.Data(RlpWriter.Text(new byte[56]).AsSpan(0, 2)));
        Assert.Equal("0xb90400", Hex.Data(RlpWriter.Text(new byte[1024]).AsSpan(0, 3)));
        Assert.Equal("0xb7", Hex.Data(RlpWriter.Text(new byte[55]).AsSpan(0, 1)));
    }

    [Fact]
    public void The_larger_of_two_values_that_sign_the_same_is_turned_into_the_smaller()
    {
        var high = Hex.ToBytes("0x" + new string('1', 64) + "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140" + "1b");
        var low = Hex.ToBytes("0x" + new string('1', 64) + new string('0', 63) + "1" + "00");

        var (_, turned, parity) = Web3Signer.Parts(high);
        var (_, kept, same) = Web3Signer.Parts(low);

        Assert.Equal([1], turned);
        Assert.Equal(1, parity);
        Assert.Equal((1, 0), (kept[31], same));
        Assert.Throws<JsonRpcErrorException>(() => Web3Signer.Parts(low[..64]));
        low[64] = 5;
        Assert.Throws<JsonRpcErrorException>(() => Web3Signer.Parts(low));
    }
}
