using System.Globalization;

namespace SentinelHealth.Response.Storage.Engines;

/// <summary>A store's tables and the way to them from every earlier version. Versions only go forward.</summary>
/// <param name="Store">What the store is called in messages.</param>
/// <param name="Version">The version <paramref name="Tables"/> describes.</param>
/// <param name="Tables">All tables of an empty store, in the words <see cref="StoreDialect.Tables"/> takes.</param>
/// <param name="Steps">What leads to each version from the one before it, by the version it leads to.</param>
internal sealed record StoreSchema(string Store, int Version, string Tables, IReadOnlyDictionary<int, Action<StoreSession>> Steps)
{
    /// <summary>Creates the tables, or takes those of an earlier version further, all in one transaction.</summary>
    /// <exception cref="InvalidDataException">The store was written by a later version, or by one that cannot be taken further.</exception>
    public void Prepare(StoreEngine engine) => engine.Write(session =>
    {
        if (!Exists(session))
        {
            Run(session, Tables);
            session.Execute("INSERT INTO version VALUES (@version)", ("@version", Version));
        }
        for (var stored = StoredVersion(session); stored != Version; stored++)
        {
            if (stored > Version)
                throw new InvalidDataException(
                    $"The {Store} has version {stored}; this program reads up to version {Version}. Run the later program, or restore a backup of before.");
            if (!Steps.TryGetValue(stored + 1, out var step))
                throw new InvalidDataException($"The {Store} has version {stored}, which is too old: run the release between first.");
            step(session);
            session.Execute("UPDATE version SET version = @version", ("@version", stored + 1));
        }
        return true;
    });

    /// <summary>Runs statements that are written as <see cref="Tables"/> is.</summary>
    public static void Run(StoreSession session, string statements) => session.Execute(session.Dialect.Tables(statements));

    private static bool Exists(StoreSession session)
    {
        using var known = session.Statement(session.Dialect.CountTables, ("@name", "version"));
        return (long)known.ExecuteScalar()! > 0;
    }

    private static int StoredVersion(StoreSession session)
    {
        using var read = session.Statement("SELECT version FROM version");
        return Convert.ToInt32(read.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
