using SentinelHealth.Dashboard.Compliance;
using SentinelHealth.Response.Compliance;

namespace SentinelHealth.Dashboard.Jobs;

/// <summary>Looks once a minute whether a deadline has come closer by a step, and tells people once: the store remembers, across restarts.</summary>
internal sealed partial class ClockJob(ComplianceDesk desk, ILogger<ClockJob> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    /// <summary>Looks once. Returns the notices that were new, after they were handed to the channels of the settings.</summary>
    public static async Task<IReadOnlyList<ClockNotice>> LookAsync(ComplianceDesk desk, CancellationToken cancel)
    {
        var now = desk.Now;
        var rows = await desk.RowsAsync(cancel);
        var told = new List<ClockNotice>();
        foreach (var (row, notice) in rows.SelectMany(row => ClockNotice.Of(row.Incident.Id, row.Clocks, now)
            .Select(notice => (row, notice))))
        {
            if (desk.Store.IsTold(notice))
                continue;
            // Handed over first, under an identifier of its own: a crash between the two tells nobody twice and nobody never.
            foreach (var channel in desk.Plan.NoticeChannels)
                await desk.Notify(ClockWords.Of(notice, row.Incident, channel), cancel);
            if (desk.Store.TryAdd(notice))
                told.Add(notice);
        }
        return told;
    }

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        await Task.Yield();
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(LookEvery, desk.Plan.Clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                foreach (var notice in await LookAsync(desk, stopping))
                    DeadlineNear(logger, notice.IncidentId, notice.Text);
            }
            catch (Exception fault) when (!stopping.IsCancellationRequested)
            {
                // The next look tries again; what was not stored has not been told.
                LookFailed(logger, fault);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Incident {IncidentId}: {Text}")]
    private static partial void DeadlineNear(ILogger logger, string incidentId, string text);

    [LoggerMessage(Level = LogLevel.Error, Message = "Deadlines could not be looked at; the next look tries again.")]
    private static partial void LookFailed(ILogger logger, Exception fault);
}
