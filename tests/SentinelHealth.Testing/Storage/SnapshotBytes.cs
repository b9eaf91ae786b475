using SentinelHealth.Response.Storage;

namespace SentinelHealth.Testing.Storage;

/// <summary>Snapshots of a store as bytes.</summary>
public static class SnapshotBytes
{
    /// <summary>Makes bytes the partition's snapshot.</summary>
    public static async Task PutSnapshotAsync(
        this CaseStore store, int partition, long offset, byte[] state, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(store);
        var snapshot = await store.WriteSnapshotAsync(partition, offset, stream => stream.Write(state), cancel);
        await store.CommitAsync(
            new CaseCommit { ScoredOffsets = new Dictionary<int, long>(), Snapshot = snapshot }, cancel);
    }

    /// <summary>The bytes of the partition's snapshot.</summary>
    public static async Task<byte[]> SnapshotBytesAsync(this CaseStore store, int partition, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(store);
        var snapshot = await store.SnapshotAsync(partition, cancel)
            ?? throw new InvalidOperationException("There is no snapshot.");
        using var read = new MemoryStream();
        await using var stream = store.OpenSnapshot(snapshot);
        await stream.CopyToAsync(read, cancel);
        return read.ToArray();
    }
}
