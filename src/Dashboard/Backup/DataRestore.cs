using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Dashboard.Backup;

/// <summary>Puts a backup where a monitor can go on from it.</summary>
internal static class DataRestore
{
    /// <summary>Checks every file against the manifest, then puts them into an empty folder and the cases into an empty store.</summary>
    /// <exception cref="InvalidDataException">The backup is not what was written; nothing was restored.</exception>
    /// <exception cref="InvalidOperationException">There is something already where it would go; nothing was changed there.</exception>
    public static async Task<BackupManifest> RunAsync(
        string backup, string data, StorageSection storage, CancellationToken cancel)
    {
        var manifest = BackupManifest.Read(backup);
        foreach (var file in manifest.Files)
            Check(backup, file);
        if (Directory.Exists(data) && Directory.EnumerateFileSystemEntries(data).Any())
            throw new InvalidOperationException($"{data}: The folder is not empty: a backup is restored into an empty one.");
        if (!storage.IsShared)
            RefuseShared(backup);
        Commands.DataFolder.OpenOrCreate(data);
        if (storage.IsShared)
            RefuseUnlessEmpty(data, storage);
        if (storage.IsShared)
            await LoadAsync(backup, data, storage, cancel);
        foreach (var file in manifest.Files.Where(file => !storage.IsShared || file.Path != MonitorParts.CasesFile))
            Copy(backup, data, file);
        if (storage.IsShared)
            Share(data, storage);
        return manifest;
    }

    /// <summary>Persons' keys that processes shared are wrapped for processes, and a vault in files would be another one.</summary>
    private static void RefuseShared(string backup)
    {
        var vault = Path.Combine(backup, DashboardStore.Vault.FileName);
        if (!File.Exists(vault))
            return;
        using var connection = new SqliteFile(vault).OpenReadOnly();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM vault";
        if ((long)command.ExecuteScalar()! > 0)
            throw new InvalidOperationException(
                "This is a backup of processes that share persons' keys: it is restored into PostgreSQL (Storage:Engine Postgres), and not into a data folder alone.");
    }

    private static void RefuseUnlessEmpty(string data, StorageSection storage)
    {
        foreach (var shared in DashboardStore.All)
        {
            using var engine = storage.Open(shared, data);
            shared.Schema.Prepare(engine);
            if (!shared.Schema.IsEmpty(engine))
                throw new InvalidOperationException($"The {shared.Schema.Store} is not empty: a backup is restored into an empty one.");
        }
    }

    /// <summary>What processes share goes on into the database; nothing of it stays in the folder.</summary>
    private static void Share(string data, StorageSection storage)
    {
        foreach (var shared in DashboardStore.All)
            storage.Open(shared, data).Dispose();
        using (storage.OpenDocuments(data))
        {
            foreach (var moved in Directory.EnumerateFiles(data, "*" + DataMove.Moved, SearchOption.AllDirectories).ToList())
                File.Delete(moved);
        }
    }

    private static async Task LoadAsync(string backup, string data, StorageSection storage, CancellationToken cancel)
    {
        // A copy of the copy, because reading it may take it further, and a backup stays as it was written.
        var passing = Path.Combine(data, MonitorParts.CasesFile);
        File.Copy(Path.Combine(backup, MonitorParts.CasesFile), passing);
        try
        {
            using var store = storage.OpenCases(data);
            await store.LoadAsync(passing, cancel);
        }
        finally
        {
            File.Delete(passing);
        }
    }

    private static void Check(string backup, BackupFile file)
    {
        var place = BackupManifest.PlaceOf(backup, file);
        if (!File.Exists(place))
            throw new InvalidDataException($"{file.Path}: The backup lacks this file.");
        if (BackupManifest.Of(backup, place).Sha256 != file.Sha256)
            throw new InvalidDataException($"{file.Path}: The file is not what was backed up.");
    }

    private static void Copy(string backup, string data, BackupFile file)
    {
        var place = BackupManifest.PlaceOf(data, file);
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        File.Copy(BackupManifest.PlaceOf(backup, file), place);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(place, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
