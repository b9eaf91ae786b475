using SentinelHealth.Dashboard.Evidence;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Backup;

/// <summary>Copies everything a monitor keeps, while it runs.</summary>
/// <remarks>
/// The case store is copied as of one moment, and at that moment the evidence log is copied up to its end, its signed head first: so the
/// log has everything the store says it has, and nothing the store does not know of. Everything else is copied afterwards and may be
/// further: the event log then has what the store has scored, and more.
/// </remarks>
internal sealed class DataBackup(CaseStore store, StorageSection storage, (string Data, string Target) place, bool withKeys)
{
    private static readonly string[] KeyExtensions = [".key", ".pk8", ".pem", ".pfx"];

    /// <summary>Made anew from what is copied, or of no use to another process.</summary>
    private static readonly string[] LeftOut = ["places", "nodes", "lock"];

    private readonly List<string> _keysLeftOut = [];

    private readonly string _data = place.Data;
    private readonly string _target = place.Target;

    /// <summary>Makes the backup; the manifest is written last, so a backup without one was not finished.</summary>
    public async Task<BackupManifest> RunAsync(TimeProvider clock, CancellationToken cancel)
    {
        var evidence = EvidenceParts.FolderOf(_data);
        // What is there already does not have to be copied while everybody waits.
        CopyEvidence(evidence);
        var at = clock.GetUtcNow();
        await store.BackUpAsync(
            Path.Combine(_target, MonitorParts.CasesFile),
            () =>
            {
                at = clock.GetUtcNow();
                CopyEvidence(evidence);
            },
            cancel);
        if (storage.IsShared)
            await CopySharedAsync(cancel);
        foreach (var path in Directory.EnumerateFiles(_data, "*", Walk).Order(StringComparer.Ordinal))
        {
            cancel.ThrowIfCancellationRequested();
            CopyOther(path);
        }
        var manifest = new BackupManifest
        {
            At = at,
            Program = VersionSheet.Program,
            Files = [.. Directory.EnumerateFiles(_target, "*", Walk).Order(StringComparer.Ordinal).Select(path => BackupManifest.Of(_target, path))],
            KeysLeftOut = _keysLeftOut,
        };
        manifest.Write(_target);
        return manifest;
    }

    private static EnumerationOptions Walk { get; } = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
    };

    /// <summary>Whether a file is a secret by which a stranger could sign, decrypt or order.</summary>
    public static bool IsKey(string relative) =>
        KeyExtensions.Contains(Path.GetExtension(relative)) || relative.StartsWith("keys" + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>What processes share in a database lies in a backup as it would lie in a data folder.</summary>
    private async Task CopySharedAsync(CancellationToken cancel)
    {
        foreach (var shared in DashboardStore.All)
        {
            using var engine = storage.Open(shared, _data);
            shared.Schema.Prepare(engine);
            await shared.Schema.BackUpAsync(engine, Path.Combine(_target, shared.FileName), cancel);
        }
        using var documents = storage.OpenDocuments(_data);
        foreach (var name in DashboardStore.DocumentNames.SelectMany(documents.Names))
        {
            if (IsKey(name.Replace('/', Path.DirectorySeparatorChar)) && !withKeys)
                _keysLeftOut.Add(name);
            else
                WriteWhole(Path.Combine(_target, name), documents.Read(name)!);
        }
    }

    private static void WriteWhole(string path, byte[] body)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        WholeFile.Replace(path, stream => stream.Write(body));
        Protect(path);
    }

    private void CopyEvidence(string evidence)
    {
        if (!Directory.Exists(evidence))
            return;
        // The head first: what is copied after it holds everything it covers.
        foreach (var name in new[] { "head.json", "keys.json", "anchors.ndjson" })
        {
            if (File.Exists(Path.Combine(evidence, name)))
                CopyWhole(Path.Combine(evidence, name));
        }
        foreach (var segment in Directory.EnumerateFiles(evidence, "*.segment").Order(StringComparer.Ordinal))
            CopyEnd(segment);
    }

    private void CopyOther(string path)
    {
        var relative = Path.GetRelativePath(_data, path);
        var name = Path.GetFileName(path);
        if (name.EndsWith(DataMove.Moved, StringComparison.Ordinal))
            return;
        if (IsKey(relative) && !withKeys)
        {
            _keysLeftOut.Add(relative.Replace(Path.DirectorySeparatorChar, '/'));
            return;
        }
        var isDone = relative == MonitorParts.CasesFile || File.Exists(PlaceOf(path));
        var isPassing = name.EndsWith("-wal", StringComparison.Ordinal) || name.EndsWith("-shm", StringComparison.Ordinal)
            || name.EndsWith(".lock", StringComparison.Ordinal) || name.EndsWith(".new", StringComparison.Ordinal) || LeftOut.Contains(name);
        if (isDone || isPassing)
            return;
        if (Path.GetExtension(path) == ".db")
            CopyDatabase(path);
        else
            CopyWhole(path);
    }

    private void CopyDatabase(string path)
    {
        using var source = new SqliteFile(path).OpenReadOnly();
        using var copy = new SqliteFile(PlaceOf(path)).Open();
        source.BackupDatabase(copy);
        Protect(PlaceOf(path));
    }

    private void CopyWhole(string path)
    {
        using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new FileStream(PlaceOf(path), FileMode.Create, FileAccess.Write, FileShare.None);
        source.CopyTo(copy);
        copy.Flush(flushToDisk: true);
        Protect(PlaceOf(path));
    }

    /// <summary>What is only ever appended to is copied from where the copy ends.</summary>
    private void CopyEnd(string path)
    {
        using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new FileStream(PlaceOf(path), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        source.Position = copy.Seek(0, SeekOrigin.End);
        source.CopyTo(copy);
        copy.Flush(flushToDisk: true);
        Protect(PlaceOf(path));
    }

    private static void Protect(string path)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private string PlaceOf(string path)
    {
        var place = Path.Combine(_target, Path.GetRelativePath(_data, path));
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        return place;
    }
}
