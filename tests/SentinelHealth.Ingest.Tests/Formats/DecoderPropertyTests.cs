using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Formats;

public sealed class DecoderPropertyTests(ITestOutputHelper output)
{
    private const int Mutations = 60_000;

    [Fact]
    public void No_bytes_make_the_decoder_throw()
    {
        var seed = TestSeed.Next(output);
        var random = new Random(seed);
        var decoder = new NativeEventDecoder();
        var decoded = new SentinelEvent();
        byte[][] valid =
            [Some.LedgerTransactionJson(), Some.BiometricQueryJson(), Some.BiometricQueryJson(("note", "\ud83d\ude00\n"))];
        var reasons = new HashSet<RejectionReason>();

        for (var i = 0; i < Mutations; i++)
        {
            var record = RecordMutation.Of(valid[i % valid.Length], random);
            var accepted = decoder.TryDecode(record, decoded, out var rejection);

            Assert.Equal(accepted, rejection.Reason == RejectionReason.None);
            Assert.InRange(rejection.BytePosition, -1, record.Length);
            if (accepted)
                TouchEverything(decoded);
            reasons.Add(rejection.Reason);
        }

        // The mutations are worth something only if they reach past the first check.
        Assert.Superset(
            new HashSet<RejectionReason>
            {
                RejectionReason.None, RejectionReason.NotUtf8, RejectionReason.NotJson, RejectionReason.InvalidValue,
                RejectionReason.WrongType, RejectionReason.UnknownSchema, RejectionReason.DuplicateField,
                RejectionReason.MissingField,
            },
            reasons);
    }

    [Fact]
    public void Random_bytes_make_the_decoder_refuse()
    {
        var random = new Random(TestSeed.Next(output));
        var decoded = new SentinelEvent();
        var record = new byte[300];

        for (var i = 0; i < 5_000; i++)
        {
            random.NextBytes(record);
            Assert.False(new NativeEventDecoder().TryDecode(record.AsMemory(0, random.Next(record.Length)), decoded, out _));
        }
    }

    private static void TouchEverything(SentinelEvent decoded)
    {
        foreach (var field in Enum.GetValues<TextField>())
            Assert.True(decoded.Text(field).Length <= 512);
        foreach (var field in Enum.GetValues<NumberField>())
            Assert.False(double.IsInfinity(decoded.Number(field)));
        Assert.InRange(decoded.OccurredAt, Rfc3339.Earliest, Rfc3339.Latest);
        decoded.ArgKey("grantee"u8);
        decoded.ArgNumber("scope"u8);
    }
}
