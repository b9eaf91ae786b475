using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Custody.Sharing;

/// <summary>
/// Takes what one process had in files into the database that several share, once: the log with its heads, anchors and keys, and persons'
/// keys. Each part can be cut off at any point and goes on where it was.
/// </summary>
public static class EvidenceMove
{
    /// <summary>Takes the evidence log in a folder into the store, which must keep evidence already (<see cref="CaseStore.KeepEvidence"/>).</summary>
    /// <param name="folder">The log's folder.</param>
    /// <param name="store">The store.</param>
    /// <param name="clock">When a last head is signed.</param>
    /// <param name="cancel">Stops between two batches.</param>
    /// <returns>Whether there was something to move.</returns>
    /// <exception cref="EvidenceTamperedException">The log is not what was written, or not the one of this store.</exception>
    /// <exception cref="IOException">The log is in another process's folder.</exception>
    public static async Task<bool> RunAsync(string folder, CaseStore store, TimeProvider clock, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(store);
        var state = await store.KeptEvidenceAsync(cancel);
        if (state.Head is not null)
            return false;
        if (EvidenceRecorder.ReadHead(folder) is null && FileSigner.ReadKeys(folder).Count == 0)
            return state is { Drained: 0, Kept: 0 } ? false : throw new IOException(
                "The evidence log is in the data folder of the process that had the role respond until now: start that one first, and wait until it says that it runs.");
        var signer = FileSigner.Open(folder, SigningAlgorithm.EcdsaP256);
        using var files = await EvidenceRecorder.OpenAsync(folder, store, signer, clock, cancel);
        // What a crash left between the files and the store is put right as it always was, and signed.
        await files.DrainAsync(cancel);
        if (files.Head is not { } head)
            return false;
        for (var next = state.Kept; next < head.Size;)
        {
            var batch = Batch(files.Log.Reader, next, head.Size);
            if (!await store.TryMoveAsync(next, batch, cancel))
                throw new EvidenceTamperedException("Another process moves an evidence log into the same database.");
            next += batch.Count;
        }
        await store.FinishMoveAsync(head, EvidenceRecorder.ReadAnchors(folder), signer.Keys, cancel);
        return true;
    }

    /// <summary>Takes persons' keys in a folder into a shared vault that is empty, and destroys what they lay in.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="masterKeyFile">The master key's file; null for the usual place.</param>
    /// <param name="vault">The vault, with this process registered.</param>
    /// <param name="isFresh">Whether nothing was ever sealed, so that an empty vault may be begun without keys.</param>
    /// <returns>The master key's file, if it could not be destroyed: only old copies of what was in the folder can be opened with it. Else null.</returns>
    /// <exception cref="EvidenceTamperedException">There are persons' keys in the folder and others in the database.</exception>
    public static string? Run(string folder, string? masterKeyFile, SharedVault vault, bool isFresh)
    {
        ArgumentNullException.ThrowIfNull(vault);
        var moved = Path.Combine(folder, "subjects.moved");
        if (SubjectVault.IsIn(folder) && !File.Exists(moved))
        {
            using (var files = SubjectVault.Open(folder, masterKeyFile))
            {
                if (!vault.TryBegin(files.Contents()) && !vault.Has(files.Contents()))
                    throw new EvidenceTamperedException(
                        $"{folder}: There are persons' keys here and others in the database. Take away those that are of no use.");
            }
            File.WriteAllText(moved, "");
        }
        if (File.Exists(moved))
        {
            var left = SubjectVault.Destroy(folder, masterKeyFile);
            File.Delete(moved);
            return left;
        }
        if (isFresh)
            vault.TryBegin(null);
        return null;
    }

    private static List<EvidenceRecord> Batch(EvidenceReader reader, long first, long end)
    {
        var batch = new List<EvidenceRecord>();
        var last = Math.Min(end, first + EvidenceRecorder.BatchEntriesMax);
        for (var bytes = 0L; first + batch.Count < last && bytes < EvidenceRecorder.BatchBytesMax;)
        {
            batch.Add(reader.Read(first + batch.Count));
            bytes += batch[^1].Payload.Length;
        }
        return batch;
    }
}
