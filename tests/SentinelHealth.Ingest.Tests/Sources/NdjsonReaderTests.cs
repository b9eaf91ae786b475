using System.Security.Cryptography;
using System.Text;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Sources;

public sealed class NdjsonReaderTests(ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a\nb\n", "1:a 2:b")]
    [InlineData("a\r\nb\r\n", "1:a 2:b")]
    [InlineData("a\n\n \t\nb", "1:a 4:b")]
    [InlineData("\uFEFFa\n\uFEFFb", "1:a 2:\uFEFFb")]
    [InlineData("\uFEFF", "")]
    [InlineData("\n\uFEFFa\n", "2:\uFEFFa")]
    [InlineData("a\rb\n", "1:a\rb")]
    [InlineData("", "")]
    [InlineData("\n\n", "")]
    public async Task Lines_are_found_and_numbered_however_the_stream_is_cut(string text, string expected)
    {
        for (var step = 1; step <= 4; step++)
        {
            var lines = await ReadAllAsync(Encoding.UTF8.GetBytes(text), new NdjsonLimits(), step);

            var found = lines.Select(line => $"{line.Number}:{Encoding.UTF8.GetString(line.Payload)}");
            Assert.Equal(expected, string.Join(' ', found));
            Assert.DoesNotContain(lines, line => line.Oversized is not null);
        }
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("")]
    public async Task A_line_may_be_as_long_as_the_limit(string lineBreak)
    {
        var limits = new NdjsonLimits { LineBytesMax = 100, HeadBytesMax = 10 };
        string fits = new('x', 100), tooLong = new('y', 101);

        foreach (var step in new[] { 1, 7, 101, 1000 })
        {
            var lines = await ReadAllAsync(Encoding.UTF8.GetBytes($"{fits}\n{tooLong}{lineBreak}"), limits, step);

            Assert.Equal(2, lines.Count);
            Assert.Equal((fits, null), (Encoding.UTF8.GetString(lines[0].Payload), lines[0].Oversized));
            Assert.Equal("yyyyyyyyyy", Encoding.UTF8.GetString(lines[1].Payload));
            Assert.Equal(new OversizedLine(101, Sha256(tooLong)), lines[1].Oversized);
        }
    }

    [Fact]
    public async Task A_carriage_return_inside_an_oversized_line_counts()
    {
        var limits = new NdjsonLimits { LineBytesMax = 4, HeadBytesMax = 100 };
        const string Line = "12345\r6\r\r789\r";

        for (var step = 1; step < 10; step++)
        {
            var broken = Assert.Single(await ReadAllAsync(Bytes(Line + "\r\n"), limits, step));
            var last = Assert.Single(await ReadAllAsync(Bytes(Line), limits, step));

            Assert.Equal(new OversizedLine(13, Sha256(Line)), broken.Oversized);
            Assert.Equal(new OversizedLine(13, Sha256(Line)), last.Oversized);
        }
    }

    [Fact]
    public async Task Positions_lie_between_lines_even_while_a_long_line_is_passed_over()
    {
        var limits = new NdjsonLimits { LineBytesMax = 10, HeadBytesMax = 1 };
        using var stream = new GrowingStream();
        using var reader = new NdjsonReader(stream, limits);
        stream.Add("ab\n" + new string('x', 500));

        Assert.True(await reader.ReadAsync(Cancel));
        Assert.False(await reader.ReadAsync(Cancel));
        Assert.Equal(new NdjsonPosition(3, 1), reader.Position);
        Assert.True(reader.HasRest);

        stream.Add("\ncd\n");
        Assert.True(await reader.ReadAsync(Cancel));
        Assert.Equal(500, reader.Current.Oversized?.Bytes);
        Assert.Equal(new NdjsonPosition(504, 2), reader.Position);
        Assert.True(await reader.ReadAsync(Cancel));
        Assert.Equal(new NdjsonPosition(507, 3), reader.Position);
    }

    [Fact]
    public async Task An_unfinished_line_waits_for_its_end()
    {
        using var stream = new GrowingStream();
        using var reader = new NdjsonReader(stream, new NdjsonLimits());
        stream.Add("one\ntw");
        Assert.True(await reader.ReadAsync(Cancel));
        Assert.False(await reader.ReadAsync(Cancel));

        stream.Add("o\n");

        Assert.True(await reader.ReadAsync(Cancel));
        Assert.Equal("two", Encoding.UTF8.GetString(reader.Current.Payload.Span));
        Assert.False(reader.HasRest);
        Assert.False(reader.TryTakeRest());
    }

    [Fact]
    public async Task A_quarter_gigabyte_without_a_line_break_needs_no_memory()
    {
        using var reader = new NdjsonReader(new EndlessStream(1L << 28), new NdjsonLimits());
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.False(await reader.ReadAsync(Cancel));
        Assert.True(reader.TryTakeRest());

        Assert.Equal(1L << 28, reader.Current.Oversized?.Bytes);
        Assert.Equal(64 * 1024, reader.Current.Payload.Length);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        output.WriteLine($"{allocated} bytes allocated");
        Assert.InRange(allocated, 0, 64 * 1024 * 1024);
    }

    private static async Task<List<(long Number, byte[] Payload, OversizedLine? Oversized)>> ReadAllAsync(
        byte[] text, NdjsonLimits limits, int step)
    {
        using var stream = new GrowingStream(step);
        stream.Add(text);
        using var reader = new NdjsonReader(stream, limits);
        var lines = new List<(long, byte[], OversizedLine?)>();
        while (await reader.ReadAsync(Cancel) || reader.TryTakeRest())
            lines.Add((reader.Current.Number, reader.Current.Payload.ToArray(), reader.Current.Oversized));
        return lines;
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Bytes(text)));
}
