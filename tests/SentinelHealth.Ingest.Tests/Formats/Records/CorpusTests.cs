using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Formats.Records;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Formats.Records;

/// <summary>Replays what the fuzzer kept: each input once went a way that no other had gone.</summary>
public sealed class CorpusTests
{
    private static string Folder => Path.Combine(GoldenRecords.TestsFolder, "SentinelHealth.Ingest.Tests", "Corpus");

    public static TheoryData<string> Decoders => ["cloudevents", "dicom", "ecs", "evm", "fhir", "native", "ocsf", "syslog"];

    [Theory]
    [MemberData(nameof(Decoders))]
    public void Every_kept_input_gives_events_or_reasons(string decoder)
    {
        var inputs = Directory.GetFiles(Path.Combine(Folder, decoder));
        Assert.NotEmpty(inputs);

        Assert.All(inputs, path =>
        {
            var parts = GoldenRecords.Read(File.ReadAllBytes(path));
            Assert.NotEmpty(parts);
            Assert.InRange(parts.Count, 1, RecordReader.PartsMax);
            Assert.All(parts, part => Assert.Equal(
                part.IsEvent,
                new NativeEventDecoder().TryDecode(part.Payload, new SentinelEvent(), out _) && part.Id.Length > 0));
            Assert.All(parts.Where(part => part.IsEvent), part =>
                Assert.Equal(part.Id, Some.Decoded(part.Payload).TextOf(TextField.Id)));
        });
    }

    [Fact]
    public async Task Every_kept_stream_is_cut_into_messages_within_the_bounds()
    {
        var inputs = Directory.GetFiles(Path.Combine(Folder, "framing"));
        Assert.NotEmpty(inputs);

        foreach (var path in inputs)
        {
            using var stream = new MemoryStream(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
            var frames = new SyslogFrameReader(stream, 16 * 1024, 256);
            var count = 0L;
            while (await frames.ReadAsync(TestContext.Current.CancellationToken) is { } frame)
            {
                Assert.InRange(frame.Message.Length, 0, 16 * 1024);
                Assert.True(++count <= stream.Length);
            }
        }
    }
}
