using System.Globalization;
using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Response.Storage.Engines;

/// <summary>A store's tables and the way to them from every earlier version. Versions only go forward.</summary>
/// <param name="Store">What the store is called in messages.</param>
/// <param name="Version">The version <paramref name="Tables"/> describes.</param>
/// <param name="Tables">All tables of an empty store in SQLite's words with strict types; the table <c>version</c> is one of them.</param>
/// <param name="Steps">What leads to each version from the one before it, by the version it leads to.</param>
public sealed record StoreSchema(string Store, int Version, string Tables, IReadOnlyDictionary<int, Action<StoreSession>> Steps)
{
    private const string VersionTable = "CREATE TABLE version (version INTEGER NOT NULL) STRICT";

    /// <summary>Tables whose rows stay as they were written.</summary>
    public IReadOnlyList<StoreGuard> Guards { get; init; } = [];

    /// <summary>How a file from before versions were kept in a table is known; null when there were none.</summary>
    public StoreOrigin? Origin { get; init; }

    /// <summary>Tables whose rows are of no worth elsewhere, such as links that are shown once: a store with nothing else counts as empty.</summary>
    public IReadOnlyList<string> Passing { get; init; } = [];

    /// <summary>Creates the tables, or takes those of an earlier version further, all in one transaction.</summary>
    /// <exception cref="InvalidDataException">The store was written by a later version, or by one that cannot be taken further.</exception>
    public void Prepare(StoreEngine engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        engine.Write(session =>
        {
            if (!Exists(session, "version"))
                Begin(session);
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
            if (Origin is not null && session.Dialect.MarkBefore(Version) is { } mark)
                session.Execute(mark);
            return true;
        });
    }

    /// <summary>Writes everything in a store as of one moment into a new SQLite file, which its owner alone may read.</summary>
    /// <param name="engine">The store, with this schema.</param>
    /// <param name="file">The file; must not exist.</param>
    /// <param name="cancel">Gives up before it begins.</param>
    /// <exception cref="IOException">There is such a file.</exception>
    public async Task BackUpAsync(StoreEngine engine, string file, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(engine);
        if (File.Exists(file))
            throw new IOException($"{file}: there is such a file already.");
        using var target = SqliteEngine.OpenPrivate(new SqliteFile(file) { Durability = SqliteDurability.AtCheckpoint });
        Prepare(target);
        await engine.StillAsync(
            () => { },
            from => target.Write(to => Copied(from, to), CancellationToken.None),
            cancel);
    }

    /// <summary>Takes everything out of a SQLite file of this or an earlier version into a store, if the store is empty.</summary>
    /// <param name="file">The file; taken further when it is older.</param>
    /// <param name="engine">The store, with this schema.</param>
    /// <returns>False when both hold something, and nothing was changed.</returns>
    /// <exception cref="InvalidDataException">The file is of a later version.</exception>
    public bool TryLoad(string file, StoreEngine engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        using var source = SqliteEngine.OpenPrivate(new SqliteFile(file));
        Prepare(source);
        if (source.Read(IsEmpty))
            return true;
        return engine.Write(to => IsEmpty(to) && source.Read(from => Copied(from, to), CancellationToken.None));
    }

    /// <summary>Whether no table has a row.</summary>
    /// <param name="engine">The store, with this schema.</param>
    public bool IsEmpty(StoreEngine engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        return engine.Read(IsEmpty);
    }

    /// <summary>Runs statements that are written as <see cref="Tables"/> is.</summary>
    public static void Run(StoreSession session, string statements)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Execute(session.Dialect.Tables(statements));
    }

    /// <summary>Lets the database itself refuse changes of rows that stay; in steps to a version, as in a new store.</summary>
    public static void Guard(StoreSession session, IEnumerable<StoreGuard> guards)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(guards);
        foreach (var guard in guards)
            session.Execute(session.Dialect.Refusals(guard));
    }

    private void Begin(StoreSession session)
    {
        if (Origin is { } origin && session.Dialect.VersionBefore is { } before && Exists(session, origin.Table))
        {
            using var read = session.Statement(before);
            var version = Math.Max(1, Convert.ToInt32(read.ExecuteScalar(), CultureInfo.InvariantCulture));
            Run(session, VersionTable);
            session.Execute("INSERT INTO version VALUES (@version)", ("@version", version));
            return;
        }
        Run(session, Tables);
        Guard(session, Guards);
        session.Execute("INSERT INTO version VALUES (@version)", ("@version", Version));
    }

    private bool Copied(StoreSession from, StoreSession to)
    {
        StoreCopy.Run(Tables, from, to);
        return true;
    }

    private bool IsEmpty(StoreSession session) => StoreCopy.TablesOf(Tables).Except(Passing).All(table =>
    {
        using var any = session.Statement($"SELECT 1 FROM {table} LIMIT 1");
        return any.ExecuteScalar() is null;
    });

    private static bool Exists(StoreSession session, string table)
    {
        using var known = session.Statement(session.Dialect.CountTables, ("@name", table));
        return (long)known.ExecuteScalar()! > 0;
    }

    private static int StoredVersion(StoreSession session)
    {
        using var read = session.Statement("SELECT version FROM version");
        return Convert.ToInt32(read.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
