using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Storage.Engines;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Storage;

namespace SentinelHealth.Dashboard.Tests.Storage.Conformance;

/// <summary>Where the store of one test is: empty at its beginning, and opened as often as there are processes.</summary>
public abstract class StoreTables : IDisposable
{
    /// <summary>Opens its database, as one more process.</summary>
    public abstract StoreEngine Open();

    public virtual void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>A file.</summary>
public sealed class FileTables : StoreTables
{
    private readonly TemporaryFolder _folder = new();

    public override StoreEngine Open() => SqliteEngine.OpenPrivate(new SqliteFile(_folder.File("store.db")));

    public override void Dispose()
    {
        _folder.Dispose();
        base.Dispose();
    }
}

/// <summary>A schema of a server that other tests use, too.</summary>
public sealed class ServerTables(PostgresServer server) : StoreTables
{
    private readonly PostgresOptions _options = server.Options();

    public override StoreEngine Open() => PostgresEngine.Open(_options, "tables");
}

/// <summary>What two processes do to one store at once.</summary>
internal static class AtOnce
{
    /// <summary>Runs something so many times from threads of their own, half of them through each store, and gives what each came to.</summary>
    public static T[] Run<TStore, T>(int times, TStore first, TStore second, Func<TStore, int, T> act)
    {
        var results = new T[times];
        using var gate = new Barrier(times);
        var threads = Enumerable.Range(0, times).Select(i => new Thread(() =>
        {
            gate.SignalAndWait();
            results[i] = act(i % 2 == 0 ? first : second, i);
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return results;
    }
}
