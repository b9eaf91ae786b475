using System.Globalization;
using System.Text;
using System.Text.Json;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Formats;

/// <summary>The quick pass held against the thorough one, and its scanner against the framework's reader.</summary>
public sealed class QuickDecodingTests(ITestOutputHelper output)
{
    private const int Mutations = 60_000;
    private const int Values = 60_000;

    private readonly NativeEventDecoder _decoder = new();
    private readonly SentinelEvent _quick = new();
    private readonly SentinelEvent _thorough = new();

    [Fact]
    public void Mutated_records_are_read_alike_quickly_and_thoroughly()
    {
        var random = new Random(TestSeed.Next(output));
        byte[][] valid =
        [
            Some.LedgerTransactionJson(), Some.BiometricQueryJson(), Spaced(Some.LedgerTransactionJson(("amount", -12.75))),
            Some.BiometricQueryJson(("note", "\ud83d\ude00\n\\\"/é"), ("deep", new object[] { new { a = new[] { 1e3 } }, true })),
            [.. "{\"extra\":[{}],"u8, .. Some.LedgerTransactionJson()[1..]],
        ];
        var (accepted, quickly) = (0, 0);

        for (var i = 0; i < Mutations; i++)
        {
            var record = RecordMutation.Of(valid[i % valid.Length], random);
            if (!Agree(record))
                continue;
            accepted++;
            quickly += _decoder.TryDecodeQuickly(record, _quick) ? 1 : 0;
        }

        // Worth something only if many survive; and speed is lost unseen if few of those go the quick way.
        Assert.True(accepted > Mutations / 20, $"{accepted} accepted");
        Assert.True(quickly > accepted * 0.9, $"{quickly} of {accepted} quickly");
    }

    [Fact]
    public void Malformed_records_of_every_kind_are_not_accepted_quickly()
    {
        foreach (var record in MalformedRecords.Make(MalformedRecords.Kinds.Count * 4, TestSeed.Next(output)))
            Assert.False(_decoder.TryDecodeQuickly(record.Bytes, _quick), record.Kind);
    }

    [Theory]
    [InlineData("\"id\":\"0x5f1c:3\"", "\"id\":\"0x5f1c\\u003a3\"")]
    [InlineData("\"id\":", "\"i\\u0064\":")]
    [InlineData("T08:14", "T\\u00308:14")]
    public void Escapes_in_known_fields_are_left_to_the_thorough_pass(string plain, string escaped)
    {
        var json = Encoding.UTF8.GetString(Some.LedgerTransactionJson());
        var record = Encoding.UTF8.GetBytes(json.Replace(plain, escaped, StringComparison.Ordinal));

        Assert.False(_decoder.TryDecodeQuickly(record, _quick));
        Assert.True(_decoder.TryDecode(record, _quick, out _));
        Assert.True(_decoder.TryDecodeQuickly(Encoding.UTF8.GetBytes(json), _thorough));
        Assert.Equal(Texts(_thorough), Texts(_quick));
        Assert.Equal(_thorough.OccurredAt, _quick.OccurredAt);
    }

    [Fact]
    public void Random_values_end_where_the_frameworks_reader_ends_them()
    {
        var random = new Random(TestSeed.Next(output));
        var (good, bad) = (0, 0);
        for (var i = 0; i < Values; i++)
        {
            var json = Encoding.UTF8.GetBytes(RandomJson.Value(random));
            var ours = Passes(json);
            Assert.True(ours == IsJson(json), $"{(ours ? "accepted" : "not accepted")}: {Encoding.UTF8.GetString(json)}");
            _ = ours ? good++ : bad++;
        }
        Assert.True(good > Values / 5 && bad > Values / 5, $"{good} good, {bad} bad");
    }

    [Fact]
    public void Numbers_become_the_nearest_double()
    {
        var random = new Random(TestSeed.Next(output));
        for (var i = 0; i < Values; i++)
        {
            var text = RandomJson.Number(random);
            var bytes = Encoding.UTF8.GetBytes(text);
            var end = JsonScan.NumberEnd(bytes, 0, out var number);
            if (end != bytes.Length)
                continue;
            var expected = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
            Assert.Equal(double.IsFinite(expected), JsonScan.TryGetDouble(bytes, number, out var value));
            if (double.IsFinite(expected))
                Assert.True(
                    BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(value), $"{text} became {value:R}");
        }
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(31), InlineData(64)]
    public void Nesting_ends_at_the_same_level(int depthMax)
    {
        var decoder = new NativeEventDecoder(new DecoderLimits { DepthMax = depthMax });
        var record = Encoding.UTF8.GetString(Some.LedgerTransactionJson(("args", Some.Absent)));
        for (var levels = Math.Max(0, depthMax - 2); levels <= depthMax + 1; levels++)
        {
            var nested = string.Concat(Enumerable.Repeat("[", levels)) + "1" + new string(']', levels);
            var bytes = Encoding.UTF8.GetBytes($"{record[..^1]},\"deep\":{nested}}}");
            Assert.Equal(levels < depthMax, decoder.TryDecodeQuickly(bytes, _quick));
            Assert.Equal(levels < depthMax, decoder.TryDecodeThoroughly(bytes, _thorough, out _));
        }
    }

    /// <summary>Whether a record is accepted, once it is certain that both passes do not contradict each other.</summary>
    private bool Agree(byte[] record)
    {
        var accepted = _decoder.TryDecodeThoroughly(record, _thorough, out _);
        if (!_decoder.TryDecodeQuickly(record, _quick))
        {
            // Nothing but an escape may be the reason when there is nothing wrong.
            Assert.True(!accepted || record.Contains((byte)'\\'), $"given up: {Encoding.UTF8.GetString(record)}");
            return accepted;
        }
        Assert.True(accepted, $"accepted quickly only: {Encoding.UTF8.GetString(record)}");
        Assert.Equal(Description(_thorough), Description(_quick));
        return true;
    }

    private static bool Passes(byte[] json)
    {
        var hasEscape = false;
        var end = JsonScan.ValueEnd(json, JsonScan.PassSpace(json, 0), 64, ref hasEscape);
        return end != JsonScan.None && JsonScan.PassSpace(json, end) == json.Length;
    }

    private static bool IsJson(byte[] json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 64 });
        try
        {
            while (reader.Read())
            {
            }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Description(SentinelEvent read)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{read.Kind} {read.OccurredAt:O} {read.IsDeviceAttested} {read.Raw.Length}");
        text.Append(Encoding.UTF8.GetString(read.Args.Span));
        foreach (var field in Enum.GetValues<TextField>())
            text.Append(CultureInfo.InvariantCulture, $" {read.TextOf(field)}#{read.Key(field)}{read.Has(field)}");
        foreach (var field in Enum.GetValues<NumberField>())
            text.Append(CultureInfo.InvariantCulture, $" {BitConverter.DoubleToInt64Bits(read.Number(field))}");
        return text.ToString();
    }

    private static IEnumerable<string> Texts(SentinelEvent read) => Enum.GetValues<TextField>().Select(read.TextOf);

    private static byte[] Spaced(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonSerializer.SerializeToUtf8Bytes(document.RootElement, Indented);
    }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
}
