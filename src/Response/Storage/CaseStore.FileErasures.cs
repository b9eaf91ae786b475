using System.Globalization;
using System.Text.Json;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Response.Storage;

/// <summary>An order to erase a person from the files of every process.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Subject">The person, by pseudonym; empty once all have carried it out.</param>
/// <param name="At">When it was given.</param>
/// <param name="UpTo">Where each partition of the log ended then: what is at or before it was sent before the erasure.</param>
/// <param name="Records">Records that were removed by now.</param>
/// <param name="Outstanding">Who has not confirmed yet.</param>
public sealed record FileErasure(
    long Number, string Subject, DateTimeOffset At, IReadOnlyDictionary<int, long> UpTo, long Records,
    IReadOnlyList<FileKeeper> Outstanding);

/// <content>Erasures in files of processes that share the store, and who has yet to carry one out.</content>
public sealed partial class CaseStore
{
    /// <summary>Orders every process that keeps files to erase a person from them.</summary>
    /// <param name="subject">The person, by pseudonym.</param>
    /// <param name="at">When.</param>
    /// <param name="upTo">Where each partition of the log ends now.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The order's number.</returns>
    public Task<long> OrderFileErasureAsync(
        string subject, DateTimeOffset at, IReadOnlyDictionary<int, long> upTo, CancellationToken cancel)
    {
        ArgumentException.ThrowIfNullOrEmpty(subject);
        return WriteAsync(
            session =>
            {
                using var insert = session.Statement(
                    "INSERT INTO file_erasure (subject, at, up_to, records) VALUES (@subject, @at, @upTo, 0) RETURNING number",
                    ("@subject", subject), ("@at", at.UtcTicks), ("@upTo", JsonSerializer.Serialize(upTo)));
                var number = Convert.ToInt64(insert.ExecuteScalar(), CultureInfo.InvariantCulture);
                session.Execute(
                    "INSERT INTO file_erasure_open SELECT @number, id FROM file_keeper", ("@number", number));
                return number;
            },
            cancel);
    }

    /// <summary>Orders, oldest first: those that are open, and the last ones that are not, which name nobody.</summary>
    /// <param name="doneMax">So many that are done.</param>
    /// <param name="cancel">Gives up.</param>
    public ValueTask<IReadOnlyList<FileErasure>> FileErasuresAsync(int doneMax, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<FileErasure>>(
            session =>
            {
                using var read = session.Statement(
                    """
                    SELECT e.number, e.subject, e.at, e.up_to, e.records, k.id, k.name, k.seen_at
                    FROM file_erasure e LEFT JOIN file_erasure_open o ON o.number = e.number
                    LEFT JOIN file_keeper k ON k.id = o.keeper
                    WHERE e.subject <> '' OR e.number IN (
                        SELECT number FROM file_erasure WHERE subject = '' ORDER BY number DESC LIMIT @max)
                    ORDER BY e.number, k.name, k.id
                    """,
                    ("@max", Math.Clamp(doneMax, 0, PageMax)));
                var rows = read.Rows(row => (
                    Number: row.GetInt64(0), Subject: row.GetString(1), At: row.GetInt64(2), UpTo: row.GetString(3),
                    Records: row.GetInt64(4),
                    Keeper: row.IsDBNull(5)
                        ? null : new FileKeeper(row.GetString(5), row.GetString(6), InstantOf(row.GetInt64(7)))));
                return
                [
                    .. rows.GroupBy(row => row.Number).Select(order => new FileErasure(
                        order.Key, order.First().Subject, InstantOf(order.First().At),
                        JsonSerializer.Deserialize<Dictionary<int, long>>(order.First().UpTo)!, order.First().Records,
                        [.. order.Select(row => row.Keeper).OfType<FileKeeper>()])),
                ];
            },
            cancel);

    /// <summary>Up to where no process may read the log again, by partition: before it are persons whom nobody knows to leave out any more.</summary>
    public ValueTask<IReadOnlyDictionary<int, long>> ErasedUpToAsync(CancellationToken cancel) =>
        ReadAsync<IReadOnlyDictionary<int, long>>(
            session =>
            {
                using var read = session.Statement("SELECT partition, \"offset\" FROM file_erased_to");
                return read.Rows(row => (row.GetInt32(0), row.GetInt64(1))).ToDictionary();
            },
            cancel);

    /// <summary>A process has erased a person from its files, and will not read again what was before the order.</summary>
    /// <param name="number">The order.</param>
    /// <param name="keeper">The process.</param>
    /// <param name="records">How many records it removed.</param>
    /// <param name="at">When.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Whether it was the last one; from then on the order names nobody.</returns>
    public async Task<bool> ConfirmFileErasureAsync(
        long number, string keeper, int records, DateTimeOffset at, CancellationToken cancel)
    {
        await WriteAsync(
            session => session.Execute(
                    "DELETE FROM file_erasure_open WHERE number = @number AND keeper = @keeper", ("@number", number), ("@keeper", keeper))
                + session.Execute(
                    "UPDATE file_erasure SET records = records + @records WHERE number = @number", ("@records", records), ("@number", number)),
            cancel);
        return (await FinishFileErasuresAsync(at, cancel)).Contains(number);
    }

    /// <summary>
    /// Forgets whom orders were about that everybody has carried out; for good, also in the database's own files. That each is done
    /// everywhere is entered with it, where evidence is kept.
    /// </summary>
    /// <returns>The numbers of those that this call finished.</returns>
    public async Task<IReadOnlyList<long>> FinishFileErasuresAsync(DateTimeOffset at, CancellationToken cancel)
    {
        if (!(await FileErasuresAsync(0, cancel)).Any(order => order.Outstanding.Count == 0))
            return [];
        var finished = await _engine.EraseAsync("file_erasure", session => Finish(session, at), cancel);
        if (finished.Count > 0)
            EvidenceEntered?.Invoke();
        return finished;
    }

    private static DateTimeOffset InstantOf(long ticks) => new(ticks, TimeSpan.Zero);

    private IReadOnlyList<long> Finish(StoreSession session, DateTimeOffset at)
    {
        using var done = session.Statement(
            """
            SELECT number, up_to, records FROM file_erasure WHERE subject <> ''
                AND NOT EXISTS (SELECT 1 FROM file_erasure_open o WHERE o.number = file_erasure.number)
            """);
        var orders = done.Rows(row => (Number: row.GetInt64(0), UpTo: row.GetString(1), Records: row.GetInt64(2)));
        foreach (var (number, upTo, _) in orders)
        {
            foreach (var (partition, offset) in JsonSerializer.Deserialize<Dictionary<int, long>>(upTo)!)
                session.Post(
                    """
                    INSERT INTO file_erased_to VALUES (@partition, @offset)
                    ON CONFLICT (partition) DO UPDATE SET "offset" = @offset WHERE file_erased_to."offset" < @offset
                    """,
                    ("@partition", partition), ("@offset", offset));
            session.Post("UPDATE file_erasure SET subject = '' WHERE number = @number", ("@number", number));
        }
        EnterAll(
            session,
            [
                .. orders.Select(order => CaseEvidence.Act(EvidenceKind.Erasure, "everywhere", at, new
                {
                    action = "erased from the files of every process", order = order.Number, records = order.Records,
                })),
            ]);
        return [.. orders.Select(order => order.Number)];
    }
}
