using System.Text;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Sources;

public sealed class SyslogFrameReaderTests(ITestOutputHelper output)
{
    private const int BytesMax = 64;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("5 <1>1 6 <1>1 a", "<1>1 |<1>1 a")]
    [InlineData("<1>1 a\n<1>1 b\n", "<1>1 a|<1>1 b")]
    [InlineData("<1>1 a\r\n\n<1>1 b", "<1>1 a\r|<1>1 b")]
    [InlineData("<1>1 a\0<1>1 b\0", "<1>1 a|<1>1 b")]
    [InlineData("6 <1>1 a\n<1>1 b\n6 <1>1 c", "<1>1 a|<1>1 b|<1>1 c")]
    [InlineData("8 <1>1\na\nb", "<1>1\na\nb")]
    [InlineData("", "")]
    [InlineData("\n\n", "")]
    [InlineData("6 <1>1 ahello", "<1>1 a|broken:hello")]
    [InlineData("9 <1>1", "broken:<1>1")]
    [InlineData("99999999999 <1>1", "broken:99999999999 <1>1")]
    [InlineData("0 x", "broken:0 x")]
    public async Task A_stream_is_cut_where_its_framing_says(string stream, string messages) =>
        Assert.Equal(messages, await ReadAsync(Encoding.UTF8.GetBytes(stream), piecesMax: 100));

    [Fact]
    public async Task A_message_over_the_limit_is_passed_over_and_the_next_one_read()
    {
        var counted = $"{BytesMax + 1} <{new string('a', BytesMax)}6 <1>1 b";
        var delimited = $"<{new string('a', BytesMax)}\n6 <1>1 b";
        var endless = $"<{new string('a', 100_000)}";

        Assert.Equal($"oversized:{BytesMax + 1}|<1>1 b", await ReadAsync(Encoding.UTF8.GetBytes(counted), 100));
        Assert.Equal($"oversized:{BytesMax + 1}|<1>1 b", await ReadAsync(Encoding.UTF8.GetBytes(delimited), 100));
        Assert.Equal("oversized:100001", await ReadAsync(Encoding.UTF8.GetBytes(endless), 100));
    }

    [Fact]
    public async Task How_the_network_cuts_a_stream_makes_no_difference()
    {
        var random = new Random(TestSeed.Next(output));
        for (var round = 0; round < 200; round++)
        {
            var stream = new MemoryStream();
            for (var i = random.Next(1, 12); i > 0; i--)
            {
                var message = $"<{random.Next(192)}>1 {new string('x', random.Next(BytesMax + 10))}";
                stream.Write(Encoding.UTF8.GetBytes(random.Next(2) == 0 ? $"{message.Length} {message}" : message + "\n"));
            }
            var whole = await ReadAsync(stream.ToArray(), piecesMax: int.MaxValue);

            Assert.Equal(whole, await ReadAsync(stream.ToArray(), piecesMax: random.Next(1, 8)));
        }
    }

    private static async Task<string> ReadAsync(byte[] bytes, int piecesMax)
    {
        using var stream = new PiecesStream(bytes, piecesMax);
        var frames = new SyslogFrameReader(stream, BytesMax, 32);
        var seen = new List<string>();
        while (await frames.ReadAsync(Cancel) is { } frame)
        {
            var text = Encoding.UTF8.GetString(frame.Message.Span);
            seen.Add(frame.Oversized is { } oversized ? $"oversized:{oversized.Bytes}" : frame.IsBroken ? $"broken:{text}" : text);
        }
        return string.Join('|', seen);
    }

    /// <summary>Gives at most so many bytes a read, as a network does.</summary>
    private sealed class PiecesStream(byte[] bytes, int piecesMax) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, piecesMax)], cancellationToken);
    }
}
