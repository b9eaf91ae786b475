using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>
/// Moves what the data folder holds into a database, once: on the way from one process to several, and when a backup is restored. What was moved
/// stays beside as <c>.moved</c>, and is of no use any more.
/// </summary>
internal static class DataMove
{
    public const string Moved = ".moved";

    /// <summary>Moves a store's file, if there is one.</summary>
    /// <param name="store">Which.</param>
    /// <param name="folder">The data folder.</param>
    /// <param name="engine">The database, with the store's tables.</param>
    /// <exception cref="InvalidDataException">The file holds records nobody may lose sight of, and so does the database; nothing was changed.</exception>
    public static void Run(DashboardStore store, string folder, StoreEngine engine)
    {
        var file = Path.Combine(folder, store.FileName);
        if (!File.Exists(file))
            return;
        store.Schema.Prepare(engine);
        if (store.Schema.TryLoad(file, engine))
            File.Move(file, file + Moved, overwrite: true);
        else if (store.Schema.Guards.Any(guard => guard.OnRemoval is not null))
            throw new InvalidDataException(
                $"{file}: The {store.Schema.Store} in the database has records, and so has this file. Move the file away when it was taken over before.");
    }

    /// <summary>Moves documents that the database does not have.</summary>
    public static void Run(string folder, IDocuments documents)
    {
        using var files = new FolderDocuments(folder);
        foreach (var name in DashboardStore.DocumentNames.SelectMany(files.Names))
        {
            if (name.EndsWith(Moved, StringComparison.Ordinal) || documents.MarkOf(name).Length > 0)
                continue;
            var body = files.Read(name)!;
            documents.Change(name, before => before ?? body);
            File.Move(Path.Combine(folder, name), Path.Combine(folder, name + Moved), overwrite: true);
        }
    }

    /// <summary>Files of the data folder that are not used, because the database has accounts or answers of its own.</summary>
    public static IEnumerable<string> LeftBehind(string folder) =>
        DashboardStore.All.Select(store => Path.Combine(folder, store.FileName)).Where(File.Exists);
}
