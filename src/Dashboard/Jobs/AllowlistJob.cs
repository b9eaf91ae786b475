using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Jobs;

/// <summary>Brings containments to the validators' own permissioning every two seconds, which also mends what failed before.</summary>
internal sealed class AllowlistJob(ValidatorAllowlists allowlists, ICaseReader cases, ILogger<AllowlistJob> logger)
    : BackgroundService
{
    private const int ContainmentsMax = 10_000;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private static readonly ActionFilter InForce = new() { States = [ActionState.Confirmed, ActionState.Reconciled] };

    private string _lastFault = "";

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        await Task.Yield();
        while (!stopping.IsCancellationRequested)
        {
            await PushAsync(stopping);
            await Task.Delay(LookEvery, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PushAsync(CancellationToken stopping)
    {
        try
        {
            var actions = await cases.ActionsAsync(InForce, after: null, ContainmentsMax, stopping);
            var outcome = await allowlists.PushAsync([.. actions.Items.Select(action => (action.Kind, action.Target))], stopping);
            if (outcome.Changes > 0)
                logger.AllowlistsChanged(outcome.Changes);
            Say(string.Join(" ", outcome.Faults));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopping.
        }
        catch (Exception fault)
        {
            // The guard or the store cannot be read now; the next round asks again.
            Say(fault.Message);
        }
    }

    /// <summary>A fault that stays is told once, and once more when it is over.</summary>
    private void Say(string fault)
    {
        if (fault == _lastFault)
            return;
        if (fault.Length > 0)
            logger.AllowlistsBehind(fault);
        else
            logger.AllowlistsInStep();
        _lastFault = fault;
    }
}

internal static partial class AllowlistJobLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Validators' allowlists: {Changes} entries changed.")]
    public static partial void AllowlistsChanged(this ILogger logger, int changes);

    [LoggerMessage(Level = LogLevel.Error, Message = "Validators' allowlists are not in step with the guard and are tried again: {Fault}")]
    public static partial void AllowlistsBehind(this ILogger logger, string fault);

    [LoggerMessage(Level = LogLevel.Information, Message = "Validators' allowlists are in step with the guard again.")]
    public static partial void AllowlistsInStep(this ILogger logger);
}
