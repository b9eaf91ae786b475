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
    private readonly long _receivedBefore;
    private readonly long _deadLetteredBefore;

    private ReceiptAccount(EventIntake intake, long receivedBefore, long deadLetteredBefore) =>
        (_intake, _receivedBefore, _deadLetteredBefore) = (intake, receivedBefore, deadLetteredBefore);

    public static async Task<ReceiptAccount> OpenAsync(
        SqliteEventLog log, SqliteDeadLetters letters, SqliteCaseStore store, EventIntake intake, CancellationToken cancel)
    {
        var inLog = await log.EndOffsetAsync(0, cancel) + 1;
        // Letters the pump wrote belong to records that are in the log already.
        var byPump = (await store.PositionAsync(cancel)).Tally.DeadLettered;
        var refused = Math.Max(0, await letters.CountAsync(cancel) - byPump);
        return new ReceiptAccount(intake, inLog + refused, refused);
    }

    public ValueTask<IntakeAccount> ReadAsync(CancellationToken cancel)
    {
        var (received, filtered, refused) = (_receivedBefore, 0L, _deadLetteredBefore);
        foreach (var account in _intake.Accounts())
        {
            received += account.Received;
            filtered += account.Duplicates;
            refused += account.DeadLettered;
        }
        return ValueTask.FromResult(new IntakeAccount(received, filtered, refused));
    }
}
