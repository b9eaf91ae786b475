using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Simulation;

namespace SentinelHealth.Detection.Tests.Upgrades;

/// <summary>
/// Snapshots as versions of the program left them. A change that can no longer read the one of its own format must raise the format, and
/// then keeps one of its own beside it: <c>SENTINEL_APPROVE=1 ./test SnapshotFixture</c> writes it.
/// </summary>
public class SnapshotFixtureTests
{
    private const int EventsBefore = 1_500, EventsAfter = 300;

    [Fact]
    public void The_snapshot_this_format_left_is_read_whole_and_scoring_goes_on()
    {
        var (saved, later) = Saved();
        var path = PathOf(FormatOf(saved));
        if (Environment.GetEnvironmentVariable("SENTINEL_APPROVE") == "1" && !File.Exists(path))
            File.WriteAllBytes(path, Packed(saved));
        Assert.True(File.Exists(path), $"Format {FormatOf(saved)} has no fixture yet. See {nameof(SnapshotFixtureTests)}.");
        var kept = Unpacked(path);

        var engine = DetectionEngine.Load(new MemoryStream(kept), new DetectionOptions());

        // What was read is what was written, to the byte; nothing of it was passed over.
        Assert.Equal(kept, SavedBy(engine));
        foreach (var record in later)
            engine.Process(Decoded(record));
        var further = SavedBy(engine);
        Assert.NotEqual(kept, further);
        Assert.Equal(further, SavedBy(DetectionEngine.Load(new MemoryStream(further), new DetectionOptions())));
    }

    [Fact]
    public void Every_earlier_snapshot_is_read_or_refused_by_name()
    {
        var current = FormatOf(Saved().Snapshot);
        foreach (var path in Directory.GetFiles(Folder(), "*.br"))
        {
            var kept = Unpacked(path);
            var fault = Record.Exception(() => DetectionEngine.Load(new MemoryStream(kept), new DetectionOptions()));
            if (fault is null)
                continue;
            Assert.NotEqual(current, FormatOf(kept));
            Assert.Contains($"format {FormatOf(kept)}", Assert.IsType<InvalidDataException>(fault).Message, StringComparison.Ordinal);
        }
    }

    private static (byte[] Snapshot, IReadOnlyList<byte[]> Later) Saved()
    {
        var simulation = new HospitalSimulator(new SimulationOptions { Seed = 9, Days = 2, EventsPerDay = 1_000, Attacks = ["all"], QuietShare = 0.2 });
        var records = simulation.Events().Take(EventsBefore + EventsAfter).Select(item => item.Json).ToList();
        Assert.Equal(EventsBefore + EventsAfter, records.Count);
        var engine = new DetectionEngine(new DetectionOptions());
        foreach (var record in records.Take(EventsBefore))
            engine.Process(Decoded(record));
        return (SavedBy(engine), [.. records.Skip(EventsBefore)]);
    }

    private static byte[] SavedBy(DetectionEngine engine)
    {
        using var saved = new MemoryStream();
        engine.Save(saved);
        return saved.ToArray();
    }

    private static SentinelEvent Decoded(byte[] record)
    {
        var observed = new SentinelEvent();
        Assert.True(new NativeEventDecoder().TryDecode(record, observed, out var fault), fault.ToString());
        return observed;
    }

    /// <summary>The number after the first four bytes.</summary>
    private static int FormatOf(byte[] snapshot) => BinaryPrimitives.ReadInt32LittleEndian(snapshot.AsSpan(sizeof(uint)));

    private static byte[] Packed(byte[] snapshot)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            brotli.Write(snapshot);
        return packed.ToArray();
    }

    private static byte[] Unpacked(string path)
    {
        using var brotli = new BrotliStream(File.OpenRead(path), CompressionMode.Decompress);
        using var whole = new MemoryStream();
        brotli.CopyTo(whole);
        return whole.ToArray();
    }

    private static string PathOf(int format) => Path.Combine(Folder(), $"detection-{format}.br");

    private static string Folder([CallerFilePath] string own = "") => Path.GetDirectoryName(own)!;
}
