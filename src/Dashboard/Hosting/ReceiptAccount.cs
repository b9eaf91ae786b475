using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Intake;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>What was received since the log began: what earlier runs left in the stores, plus what the intake counted since the start.</summary>
/// <remarks>
/// The two sides of the account of I1 come from different counters, so a record lost between them shows. Duplicates of earlier
/// runs are in neither: they are not stored.
/// </remarks>
internal sealed class ReceiptAccount
{
    private readonly EventIntake _intake;
    private readonly Func<CancellationToken, ValueTask<long>>? _refusedBesideLog;
    private readonly long _receivedBefore;
    private readonly long _deadLetteredBefore;

    private ReceiptAccount(EventIntake intake, long receivedBefore, long deadLetteredBefore) =>
        (_intake, _receivedBefore, _deadLetteredBefore) = (intake, receivedBefore, deadLetteredBefore);

    /// <summary>For a log that other processes append to as well: only the log itself knows what was received.</summary>
    private ReceiptAccount(EventIntake intake, Func<CancellationToken, ValueTask<long>> refusedBesideLog) =>
        (_intake, _refusedBesideLog) = (intake, refusedBesideLog);

    public static async Task<ReceiptAccount> OpenAsync(
        IEventLog log, SqliteDeadLetters letters, CaseStore store, EventIntake intake, bool isStoreShared,
        CancellationToken cancel)
    {
        // Letters lie with the process that wrote them, and the totals of the store are everybody's: of those only the intake's own count tells.
        if (isStoreShared && log is not SqliteEventLog)
            return new ReceiptAccount(intake, _ => ValueTask.FromResult(intake.Accounts().Sum(account => account.DeadLettered)));
        if (log is not SqliteEventLog)
            return new ReceiptAccount(intake, async stop =>
                Math.Max(0, await letters.CountAsync(stop) - (await store.PositionAsync(stop)).Tally.DeadLettered));
        var inLog = await log.EndOffsetAsync(0, cancel) + 1;
        // Letters the pump wrote belong to records that are in the log already.
        var byPump = (await store.PositionAsync(cancel)).Tally.DeadLettered;
        var refused = Math.Max(0, await letters.CountAsync(cancel) - byPump);
        return new ReceiptAccount(intake, inLog + refused, refused);
    }

    public async ValueTask<IntakeAccount> ReadAsync(CancellationToken cancel)
    {
        if (_refusedBesideLog is { } refusedBesideLog)
        {
            var beside = await refusedBesideLog(cancel);
            return new IntakeAccount(beside, 0, beside) { IsBesideLog = true };
        }
        var (received, filtered, refused) = (_receivedBefore, 0L, _deadLetteredBefore);
        foreach (var account in _intake.Accounts())
        {
            received += account.Received;
            filtered += account.Duplicates;
            refused += account.DeadLettered;
        }
        return new IntakeAccount(received, filtered, refused);
    }
}
