using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Formats;

public sealed class MalformedRecordTests(ITestOutputHelper output)
{
    [Fact]
    public void There_are_many_kinds_of_malformed_records()
    {
        Assert.True(MalformedRecords.Kinds.Count >= 60, $"{MalformedRecords.Kinds.Count} kinds");
        Assert.Equal(MalformedRecords.Kinds.Count, MalformedRecords.Kinds.Distinct().Count());
    }

    [Fact]
    public void Every_kind_is_refused_for_its_own_reason()
    {
        var decoder = new NativeEventDecoder();
        var decoded = new SentinelEvent();
        var wrong = new List<string>();

        foreach (var record in MalformedRecords.Make(MalformedRecords.Kinds.Count * 4, TestSeed.Next(output)))
        {
            decoder.TryDecode(record.Bytes, decoded, out var rejection);
            if (rejection.Reason != record.Expected)
                wrong.Add($"{record.Kind}: {rejection}");
            Assert.DoesNotContain((byte)'\n', record.Bytes);
        }

        Assert.Empty(wrong);
    }
}
