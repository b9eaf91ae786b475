using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Response.Storage;

/// <summary>Backups: a SQLite file whatever the engine, so that what was kept in one can be restored into the other.</summary>
public sealed partial class CaseStore
{
    /// <summary>Writes everything in the store as of one moment into a new SQLite file.</summary>
    /// <param name="file">The file; must not exist.</param>
    /// <param name="whileStill">Done at that moment, while nobody writes; keep it short.</param>
    /// <param name="cancel">Gives up before it begins.</param>
    /// <exception cref="IOException">There is such a file.</exception>
    public async Task BackUpAsync(string file, Action whileStill, CancellationToken cancel)
    {
        if (File.Exists(file))
            throw new IOException($"{file}: there is such a file already.");
        using var target = new SqliteEngine(new SqliteFile(file) { Durability = SqliteDurability.AtCheckpoint });
        CaseSchema.Current.Prepare(target);
        await _engine.StillAsync(
            whileStill,
            from => target.Write(to =>
            {
                StoreCopy.Run(CaseSchema.Current.Tables, from, to);
                return true;
            }, CancellationToken.None),
            cancel);
    }

    /// <summary>Takes everything out of a backup into this store, which must be empty.</summary>
    /// <param name="file">What <see cref="BackUpAsync"/> wrote, or the store of a monitor on SQLite that is stopped; taken further when it is older.</param>
    /// <param name="cancel">Gives up before it begins.</param>
    /// <exception cref="InvalidOperationException">This store is not empty; nothing was changed.</exception>
    /// <exception cref="InvalidDataException">The backup is of a later version.</exception>
    public async Task LoadAsync(string file, CancellationToken cancel)
    {
        using var source = new SqliteEngine(new SqliteFile(file));
        CaseSchema.Current.Prepare(source);
        await WriteAsync(
            to =>
            {
                if (!IsEmpty(to))
                    throw new InvalidOperationException("The case store is not empty: a backup is restored into an empty one.");
                return source.Read(
                    from =>
                    {
                        StoreCopy.Run(CaseSchema.Current.Tables, from, to);
                        return true;
                    },
                    CancellationToken.None);
            },
            cancel);
    }

    private static bool IsEmpty(StoreSession session)
    {
        using var any = session.Statement(
            "SELECT (SELECT count(*) FROM scored) + (SELECT count(*) FROM alert) + (SELECT count(*) FROM evidence_place) + (SELECT count(*) FROM setting)");
        return Convert.ToInt64(any.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture) == 0;
    }
}
