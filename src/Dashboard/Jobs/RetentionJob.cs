using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Hunting;

namespace SentinelHealth.Dashboard.Jobs;

/// <summary>How many years each class of data is kept.</summary>
internal sealed record RetentionPlan(int DisclosureYears, int EventRecordYears)
{
    /// <summary>How much the searchable archive of events keeps.</summary>
    public EventArchiveOptions Archive { get; init; } = new();
}

/// <summary>What one run removed.</summary>
internal sealed record RetentionOutcome(int Disclosures, int EventRecords);

/// <summary>
/// Removes once a day what has been kept long enough, except what a legal hold keeps. When it last ran is stored, so a restart neither
/// skips a day nor runs twice; a run that was missed is made up for once.
/// </summary>
internal sealed partial class RetentionJob(MonitorParts parts, RetentionPlan plan, ILogger<RetentionJob> logger)
    : BackgroundService
{
    /// <summary>Its name in the store of jobs.</summary>
    public const string Name = "retention";

    private static readonly TimeSpan Every = TimeSpan.FromDays(1);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(10);

    /// <summary>Runs if a day has passed since the last run. Returns what was removed; null when it is not due.</summary>
    public async Task<RetentionOutcome?> LookAsync(CancellationToken cancel)
    {
        var now = parts.Plan.Clock.GetUtcNow();
        if (parts.Compliance.Store.LastRun(Name) is { } last && now - last < Every)
            return null;
        var vault = parts.Evidence!.Vault;
        var disclosures = parts.Observed.Forget(now.AddYears(-plan.DisclosureYears), vault.IsHeld);
        var records = await parts.Store.ForgetEventRecordsAsync(
            now.AddYears(-plan.EventRecordYears), text => IsHeld(text, vault.IsHeld), cancel);
        if (disclosures + records > 0)
            await parts.Store.EnterEvidenceAsync(
                [
                    CaseEvidence.Act(EvidenceKind.Analyst, Name, now, new
                    {
                        action = "retention",
                        by = "policy",
                        detail = FormattableString.Invariant($"{disclosures} disclosures and {records} records of events were removed: their time is over"),
                    }),
                ],
                cancel);
        parts.Compliance.Store.Ran(Name, now);
        return new RetentionOutcome(disclosures, records);
    }

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        await Task.Yield();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (await LookAsync(stopping) is { } outcome && outcome.Disclosures + outcome.EventRecords > 0)
                    Removed(logger, outcome.Disclosures, outcome.EventRecords);
            }
            catch (Exception fault) when (!stopping.IsCancellationRequested)
            {
                // It did not run, and says so by not being marked as run: the next look tries again.
                Failed(logger, fault);
            }
            await Task.Delay(LookEvery, parts.Plan.Clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What was sealed for a person who was erased is about nobody any more.</summary>
    private bool IsHeld(string stored, Func<string, bool> isHeld) =>
        parts.Evidence!.Intake.OpenText(stored) is { } text && CaseEvidence.SubjectOf(text) is { Length: > 0 } subject
            && isHeld(subject);

    [LoggerMessage(Level = LogLevel.Information, Message = "Retention removed {Disclosures} disclosures and {Records} records of events.")]
    private static partial void Removed(ILogger logger, int disclosures, int records);

    [LoggerMessage(Level = LogLevel.Error, Message = "Retention did not run; the next look tries again.")]
    private static partial void Failed(ILogger logger, Exception fault);
}
