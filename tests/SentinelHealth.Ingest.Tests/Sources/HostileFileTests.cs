using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Intake;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Sources;

/// <summary>Alone, because it measures the memory of the process.</summary>
[CollectionDefinition(nameof(HostileFileTests), DisableParallelization = true)]
[Collection(nameof(HostileFileTests))]
public sealed class HostileFileTests(ITestOutputHelper output) : IDisposable
{
    private const long GrowthBytesMax = 200L * 1024 * 1024;

    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string FilePath => _folder.File("hostile.ndjson");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_thousand_malformed_records_among_a_hundred_thousand_good_ones_spoil_nothing()
    {
        const int Good = 100_000, Bad = 1_000;
        var expected = WriteFile(Good, Bad, TestSeed.Next(output));
        await using var log = OpenLog();
        using var letters = OpenLetters();
        var intake = new EventIntake(log, letters, new NativeEventDecoder(), _clock);
        var measured = new MeasuredIntake(intake);

        await Source(FileEnd.Stop).RunAsync(measured, Cancel);

        await AssertAllGoodOnceAsync(log, Good);
        await AssertAllBadWithReasonAsync(letters, expected);
        var account = Assert.Single(intake.Accounts());
        Assert.Equal((Good + Bad, Good, 0L, Bad), (account.Received, account.Accepted, account.Duplicates, account.DeadLettered));
        output.WriteLine($"Managed memory grew by at most {measured.GrowthBytes / 1024 / 1024} MiB.");
        Assert.InRange(measured.GrowthBytes, 0, GrowthBytesMax);
    }

    [Fact]
    public async Task Crashes_at_any_point_lose_nothing_and_repeat_nothing()
    {
        const int Good = 4_000, Bad = 200;
        var seed = TestSeed.Next(output);
        var random = new Random(seed);
        var expected = WriteFile(Good, Bad, seed);
        int crashes = 0, batchesBetween = 6;

        for (var isDone = false; !isDone;)
        {
            await using var log = OpenLog();
            using var letters = OpenLetters();
            var intake = new EventIntake(log, letters, new NativeEventDecoder(), _clock);
            try
            {
                var crashing = new CrashingIntake(intake, random, batchesBetween);
                await Source(FileEnd.Stop, batchRecordsMax: random.Next(1, 120)).RunAsync(crashing, Cancel);
                isDone = true;
            }
            catch (SimulatedCrashException)
            {
                crashes++;
            }
        }

        output.WriteLine($"{crashes} crashes");
        Assert.True(crashes >= 5, $"Only {crashes} crashes.");
        await using var afterwards = OpenLog();
        using var lettersAfterwards = OpenLetters();
        await AssertAllGoodOnceAsync(afterwards, Good);
        await AssertAllBadWithReasonAsync(lettersAfterwards, expected);
    }

    /// <summary>Both formats in turn, numbered from zero.</summary>
    private Dictionary<string, MalformedRecord> WriteFile(int good, int bad, int seed) => HostileFile.Write(FilePath,
        [.. Enumerable.Range(0, good).Select(number => number.ToString(CultureInfo.InvariantCulture)).Select((id, number) =>
            number % 2 == 0 ? Some.LedgerTransactionJson(("id", id)) : Some.BiometricQueryJson(("id", id)))], bad, seed);

    private static async Task AssertAllGoodOnceAsync(SqliteEventLog log, int good)
    {
        var decoder = new NativeEventDecoder();
        var decoded = new SentinelEvent();
        var seen = new bool[good];
        var offset = -1L;
        while (await log.ReadAsync(0, offset, 1_000, Cancel) is { Count: > 0 } entries)
        {
            foreach (var entry in entries)
            {
                Assert.True(decoder.TryDecode(entry.Payload, decoded, out var rejection), rejection.ToString());
                var number = int.Parse(decoded.TextOf(TextField.Id), CultureInfo.InvariantCulture);
                Assert.False(seen[number], $"Record {number} is in the log twice.");
                seen[number] = true;
            }
            offset = entries[^1].Offset;
        }
        Assert.DoesNotContain(false, seen);
    }

    private static async Task AssertAllBadWithReasonAsync(SqliteDeadLetters letters, Dictionary<string, MalformedRecord> expected)
    {
        var stored = await letters.NewestAsync(expected.Count + 1, Cancel);

        Assert.Equal(expected.Keys.Order(), stored.Select(s => s.Letter.Place).Order());
        foreach (var (_, _, letter) in stored)
        {
            var record = expected[letter.Place];
            Assert.Equal((record.Kind, record.Expected), (record.Kind, letter.Rejection.Reason));
            Assert.Equal(record.Bytes.Length, letter.PayloadBytes);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(record.Bytes)), letter.PayloadSha256);
            Assert.NotEmpty(letter.Rejection.Detail);
        }
    }

    private SqliteEventLog OpenLog() => SqliteEventLog.Open(new SqliteFile(_folder.File("events.db")), new(), _clock);

    private SqliteDeadLetters OpenLetters() => SqliteDeadLetters.Open(new SqliteFile(_folder.File("letters.db")), new(), _clock);

    private FileSource Source(FileEnd atEnd, int batchRecordsMax = 1_000) => new(
        new FileSourceOptions
        {
            Name = "hostile",
            Path = FilePath,
            PositionPath = _folder.File("position.json"),
            AtEnd = atEnd,
            BatchRecordsMax = batchRecordsMax,
        },
        TimeProvider.System,
        NullLogger<FileSource>.Instance);

    /// <summary>Looks at the live managed memory every few batches.</summary>
    private sealed class MeasuredIntake(IIntake inner) : IIntake
    {
        private readonly long _before = GC.GetTotalMemory(forceFullCollection: true);
        private int _batches;

        public long GrowthBytes { get; private set; }

        public async ValueTask<IntakeResult> AcceptAsync(
            string source, IReadOnlyList<SourceRecord> batch, CancellationToken cancel)
        {
            var result = await inner.AcceptAsync(source, batch, cancel);
            GrowthBytes = Math.Max(GrowthBytes, GC.GetTotalMemory(forceFullCollection: _batches++ % 20 == 0) - _before);
            return result;
        }
    }

    /// <summary>Dies before or after a batch is durable, so that in the second case the position is not yet stored.</summary>
    private sealed class CrashingIntake(IIntake inner, Random random, int batchesBetween) : IIntake
    {
        public async ValueTask<IntakeResult> AcceptAsync(
            string source, IReadOnlyList<SourceRecord> batch, CancellationToken cancel)
        {
            var dice = random.Next(batchesBetween * 2);
            if (dice == 0)
                throw new SimulatedCrashException();
            var result = await inner.AcceptAsync(source, batch, cancel);
            return dice == 1 ? throw new SimulatedCrashException() : result;
        }
    }

    private sealed class SimulatedCrashException : Exception;
}
