using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Storage.Engines;
using SentinelHealth.Testing.Storage;

namespace SentinelHealth.Benchmarks.Snapshots;

/// <summary>
/// What saving and loading a large state costs on a PostgreSQL server of its own: in parts, as the monitor does it, or as one value of one
/// row, as it did before. The bytes are random and made as they are written, so the memory told is that of the way to the store.
/// </summary>
internal static class SnapshotStoreCommand
{
    private const int PieceBytes = 64 << 10;
    private const int Rounds = 3;

    public static Command Create()
    {
        Option<int> megabytes = new("--megabytes") { Description = "How large the state is.", DefaultValueFactory = _ => 400 };
        Option<bool> row = new("--row") { Description = "One row with one value, as before." };
        Command command = new("snapshot-store", "Time and memory of saving and loading a large state on PostgreSQL.") { megabytes, row };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(megabytes), parsed.GetValue(row), cancel));
        return command;
    }

    private static async Task<int> RunAsync(int megabytes, bool isRow, CancellationToken cancel)
    {
        await using var server = await PostgresServer.StartAsync();
        var options = server.Options();
        using var store = PostgresCaseStore.Open(options);
        using var engine = PostgresEngine.Open(options, "plain");
        engine.Write(
            session => session.Execute("CREATE TABLE whole (partition BIGINT PRIMARY KEY, state BYTEA NOT NULL)"), cancel);
        var bytes = (long)megabytes << 20;
        for (var round = 1; round <= Rounds; round++)
        {
            GC.Collect();
            var startedAt = Stopwatch.GetTimestamp();
            if (isRow)
                SaveRow(engine, bytes);
            else
                await SavePartsAsync(store, bytes, cancel);
            var saved = Stopwatch.GetElapsedTime(startedAt);
            startedAt = Stopwatch.GetTimestamp();
            var digest = isRow ? LoadRow(engine) : await LoadPartsAsync(store, cancel);
            var loaded = Stopwatch.GetElapsedTime(startedAt);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"way\":\"{(isRow ? "row" : "parts")}\",\"round\":{round},\"megabytes\":{megabytes},\"savedSeconds\":{saved.TotalSeconds:0.00},\"loadedSeconds\":{loaded.TotalSeconds:0.00},\"peakMegabytes\":{PeakBytes() >> 20},\"digest\":\"{digest[..8]}\"}}"));
        }
        return 0;
    }

    private static async Task SavePartsAsync(CaseStore store, long bytes, CancellationToken cancel)
    {
        var snapshot = await store.WriteSnapshotAsync(0, 1, stream => Fill(stream, bytes), cancel);
        await store.CommitAsync(new CaseCommit { ScoredOffsets = new Dictionary<int, long>(), Snapshot = snapshot }, cancel);
        await store.RemoveEarlierSnapshotsAsync(0, cancel);
    }

    private static async Task<string> LoadPartsAsync(CaseStore store, CancellationToken cancel)
    {
        await using var stream = store.OpenSnapshot((await store.SnapshotAsync(0, cancel))!);
        return DigestOf(stream);
    }

    /// <summary>As it was: the state in a growing stream, copied out of it, and given to the statement.</summary>
    private static void SaveRow(PostgresEngine engine, long bytes)
    {
        using var stream = new MemoryStream();
        Fill(stream, bytes);
        var state = stream.ToArray();
        engine.Write(session => session.Execute(
            "INSERT INTO whole VALUES (0, @state) ON CONFLICT (partition) DO UPDATE SET state = @state", ("@state", state)));
    }

    private static string LoadRow(PostgresEngine engine)
    {
        var state = engine.Read(session =>
        {
            using var command = session.Statement("SELECT state FROM whole WHERE partition = 0");
            return command.Rows(read => read.GetFieldValue<byte[]>(0))[0];
        });
        using var stream = new MemoryStream(state, writable: false);
        return DigestOf(stream);
    }

    private static void Fill(Stream stream, long bytes)
    {
        var random = new Random(1);
        var piece = new byte[PieceBytes];
        for (var written = 0L; written < bytes; written += piece.Length)
        {
            random.NextBytes(piece);
            stream.Write(piece);
        }
    }

    private static string DigestOf(Stream stream) => Convert.ToHexStringLower(SHA256.HashData(stream));

    private static long PeakBytes()
    {
        using var me = Process.GetCurrentProcess();
        return me.PeakWorkingSet64;
    }
}
