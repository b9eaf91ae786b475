using System.Globalization;
using System.Security.Cryptography;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Response.Storage;

/// <content>
/// Snapshots of detectors, in parts. Each part is a transaction of its own, so that nobody waits long for a large one; a snapshot counts from
/// the commit on that makes its generation the current one, with the position it belongs to.
/// </content>
public sealed partial class CaseStore
{
    /// <summary>How large a snapshot may be: 64 GiB, about ten million actors. A larger one is refused, and the one before stays.</summary>
    public const long SnapshotBytesMax = 64L << 30;

    /// <summary>Parts of earlier generations that one transaction removes.</summary>
    private const int PartsRemovedAtOnce = 8;

    /// <summary>How large a part is: 16 MiB; less for tests.</summary>
    internal int SnapshotPartBytes { get; set; } = 16 << 20;

    /// <summary>How large a snapshot may be in this store; less for tests.</summary>
    internal long SnapshotBytesAllowed { get; set; } = SnapshotBytesMax;

    /// <summary>The current snapshot of a partition's detectors; null before the first.</summary>
    public ValueTask<EngineSnapshot?> SnapshotAsync(int partition, CancellationToken cancel) => ReadAsync(
        connection =>
        {
            using var command = connection.Statement(
                "SELECT \"offset\", generation, parts, bytes FROM snapshot WHERE partition = @partition", ("@partition", partition));
            return command.Rows(row => new EngineSnapshot(
                partition, row.GetInt64(0), row.GetInt64(1), row.GetInt32(2), row.GetInt64(3))).FirstOrDefault();
        },
        cancel);

    /// <summary>
    /// Writes a state part by part. It becomes the partition's snapshot with a commit that names it (<see cref="CaseCommit.Snapshot"/>);
    /// without one it is removed when the next is written. One part is in memory, whatever the size.
    /// </summary>
    /// <remarks>
    /// Whoever writes a partition's snapshot removes those before it that never counted, also when another process is still writing one:
    /// that process has lost the partition, and its commit is refused (<see cref="PositionMovedException"/>).
    /// </remarks>
    /// <param name="partition">The partition.</param>
    /// <param name="offset">After which offset reading must begin to go on from it.</param>
    /// <param name="save">Writes the state; on this thread, once.</param>
    /// <param name="cancel">Gives up between two parts.</param>
    /// <exception cref="SnapshotTooLargeException">It is larger than <see cref="SnapshotBytesMax"/>; nothing of it is kept.</exception>
    public async Task<EngineSnapshot> WriteSnapshotAsync(
        int partition, long offset, Action<Stream> save, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(save);
        var generation = await WriteAsync(session => Reserve(session, partition), cancel);
        // Where commits fail again and again, each would leave its parts.
        await RemovePartsAsync(partition, (0, generation - 1), cancel);
        await using var stream = new SnapshotWriter(
            SnapshotPartBytes, SnapshotBytesAllowed,
            (part, body) => _engine.Write(session => Put(session, (partition, generation, part), body), cancel));
        try
        {
            save(stream);
            stream.End();
        }
        catch (SnapshotTooLargeException)
        {
            await RemovePartsAsync(partition, (generation, generation), cancel);
            throw;
        }
        return new EngineSnapshot(partition, offset, generation, stream.Parts, stream.Length);
    }

    /// <summary>Reads a snapshot from its beginning, part after part, each checked by its digest before a byte of it is given out.</summary>
    /// <remarks>
    /// Reading throws <see cref="InvalidDataException"/> when a part is damaged or lost, and <see cref="IOException"/> when a later snapshot
    /// has taken its place meanwhile: ask for that.
    /// </remarks>
    public Stream OpenSnapshot(EngineSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return new SnapshotReader(snapshot.Parts, part => _engine.Read(session => Get(session, snapshot, part)));
    }

    /// <summary>Removes parts of snapshots that are no longer current, a few at a time. To be called after a commit with a snapshot.</summary>
    public async Task RemoveEarlierSnapshotsAsync(int partition, CancellationToken cancel)
    {
        if (await SnapshotAsync(partition, cancel) is { } current)
            await RemovePartsAsync(partition, (0, current.Generation - 1), cancel);
    }

    /// <summary>Removes parts of generations, but for those of the current one.</summary>
    private async Task RemovePartsAsync(int partition, (long First, long Last) generations, CancellationToken cancel)
    {
        int removed;
        do
        {
            removed = await WriteAsync(session => RemoveSome(session, partition, generations), cancel);
        }
        while (removed == PartsRemovedAtOnce);
    }

    private static int RemoveSome(StoreSession session, int partition, (long First, long Last) generations)
    {
        using var some = session.Statement(
            $"""
            SELECT generation, part FROM snapshot_part WHERE partition = @partition AND generation BETWEEN @first AND @last
                AND generation NOT IN (SELECT generation FROM snapshot WHERE partition = @partition) LIMIT {PartsRemovedAtOnce}
            """,
            ("@partition", partition), ("@first", generations.First), ("@last", generations.Last));
        var parts = some.Rows(row => (Generation: row.GetInt64(0), Part: row.GetInt32(1)));
        foreach (var (generation, part) in parts)
            session.Execute(
                "DELETE FROM snapshot_part WHERE partition = @partition AND generation = @generation AND part = @part",
                ("@partition", partition), ("@generation", generation), ("@part", part));
        return parts.Count;
    }

    /// <summary>A generation nobody else writes: an empty part 0 keeps its number.</summary>
    private static long Reserve(StoreSession session, int partition)
    {
        using var newest = session.Statement(
            """
            SELECT coalesce(max(generation), 0) FROM (
                SELECT generation FROM snapshot WHERE partition = @partition
                UNION ALL SELECT generation FROM snapshot_part WHERE partition = @partition) AS known
            """,
            ("@partition", partition));
        var generation = Convert.ToInt64(newest.ExecuteScalar(), CultureInfo.InvariantCulture) + 1;
        Put(session, (partition, generation, 0), ReadOnlyMemory<byte>.Empty);
        return generation;
    }

    private static bool Put(StoreSession session, (int Partition, long Generation, int Part) place, ReadOnlyMemory<byte> body)
    {
        session.Execute(
            "INSERT INTO snapshot_part VALUES (@partition, @generation, @part, @digest, @body)",
            ("@partition", place.Partition), ("@generation", place.Generation), ("@part", place.Part),
            ("@digest", SHA256.HashData(body.Span)), ("@body", body.ToArray()));
        return true;
    }

    private static byte[] Get(StoreSession session, EngineSnapshot snapshot, int part)
    {
        using var command = session.Statement(
            "SELECT digest, body FROM snapshot_part WHERE partition = @partition AND generation = @generation AND part = @part",
            ("@partition", snapshot.Partition), ("@generation", snapshot.Generation), ("@part", part));
        var found = command.Rows(row => (Digest: row.GetFieldValue<byte[]>(0), Body: row.GetFieldValue<byte[]>(1)));
        if (found.Count == 0)
        {
            using var current = session.Statement(
                "SELECT generation FROM snapshot WHERE partition = @partition", ("@partition", snapshot.Partition));
            throw current.ExecuteScalar() is long other && other != snapshot.Generation
                ? new IOException("A later snapshot took the place of the one that was being read.")
                : new InvalidDataException($"Part {part} of the snapshot is missing.");
        }
        return SHA256.HashData(found[0].Body).AsSpan().SequenceEqual(found[0].Digest)
            ? found[0].Body : throw new InvalidDataException($"Part {part} of the snapshot is damaged.");
    }
}
