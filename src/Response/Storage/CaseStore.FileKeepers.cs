using System.Globalization;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Response.Storage;

/// <summary>A process that keeps files which may name persons: an archive, indexes, dead letters.</summary>
/// <param name="Id">The identifier of its data folder.</param>
/// <param name="Name">What people know it by.</param>
/// <param name="SeenAt">When it was last heard of, to the minute.</param>
public sealed record FileKeeper(string Id, string Name, DateTimeOffset SeenAt);

/// <content>Processes that keep files which an erasure must reach.</content>
public sealed partial class CaseStore
{
    private static readonly TimeSpan SeenEvery = TimeSpan.FromMinutes(1);

    /// <summary>Enters a process among those that keep files: it is asked by every later order.</summary>
    public async Task KeepsFilesAsync(FileKeeper keeper, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(keeper);
        await WriteAsync(
            session => session.Execute(
                "INSERT INTO file_keeper VALUES (@id, @name, @at) ON CONFLICT (id) DO UPDATE SET name = @name, seen_at = @at",
                ("@id", keeper.Id), ("@name", keeper.Name), ("@at", keeper.SeenAt.UtcTicks)),
            cancel);
    }

    /// <summary>Says that a process that keeps files is still here. Changes nothing more often than once a minute.</summary>
    /// <returns>False when it is not known, or was taken out: it is not entered again by this.</returns>
    public async Task<bool> StillKeepsFilesAsync(FileKeeper keeper, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(keeper);
        var seenAt = await ReadAsync(
            session =>
            {
                using var known = session.Statement("SELECT seen_at FROM file_keeper WHERE id = @id", ("@id", keeper.Id));
                return known.ExecuteScalar() is { } at ? Convert.ToInt64(at, CultureInfo.InvariantCulture) : (long?)null;
            },
            cancel);
        if (seenAt is null || seenAt >= (keeper.SeenAt - SeenEvery).UtcTicks)
            return seenAt is not null;
        return await WriteAsync(
            session => session.Execute(
                "UPDATE file_keeper SET name = @name, seen_at = @at WHERE id = @id",
                ("@id", keeper.Id), ("@name", keeper.Name), ("@at", keeper.SeenAt.UtcTicks)),
            cancel) > 0;
    }

    /// <summary>Takes a process that never comes back out of all orders. Its files still hold the persons: destroy them.</summary>
    /// <returns>False when it is not known.</returns>
    public async Task<bool> RemoveFileKeeperAsync(string id, DateTimeOffset at, CancellationToken cancel)
    {
        var removed = await WriteAsync(
            session =>
            {
                session.Execute("DELETE FROM file_erasure_open WHERE keeper = @id", ("@id", id));
                return session.Execute("DELETE FROM file_keeper WHERE id = @id", ("@id", id));
            },
            cancel);
        await FinishFileErasuresAsync(at, cancel);
        return removed > 0;
    }
}
