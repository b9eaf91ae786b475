using SentinelHealth.Dashboard.Access;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Access;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Jobs;

/// <summary>Where the job reads what accesses are judged by.</summary>
/// <param name="Cases">Containments.</param>
/// <param name="Policy">Demands for a stronger sign-in.</param>
/// <param name="Clock">The monitor's clock.</param>
internal sealed record AccessState(ICaseReader Cases, IPolicyStore Policy, TimeProvider Clock);

/// <summary>Keeps what accesses are judged by up to date, and brings answers into the event log.</summary>
/// <remarks>Containments are read when the monitor says that something changed, and once a second: an answer is never older than that.</remarks>
internal sealed class AccessJob(
    AccessView view, AccessTrail trail, AccessState state, IMonitorStatus monitor, ILogger<AccessTrail> logger)
    : BackgroundService
{
    private const int ContainmentsMax = 10_000;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private static readonly ActionFilter InForce = new() { States = [ActionState.Confirmed, ActionState.Reconciled] };

    private readonly SemaphoreSlim _told = new(0, 1);
    private IReadOnlyList<string> _quarantined = [];

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        await Task.Yield();
        var writing = trail.RunAsync(stopping);
        monitor.Changed += Tell;
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                await LookAsync(stopping);
                await ((Task)_told.WaitAsync(LookEvery, stopping)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            monitor.Changed -= Tell;
            await writing;
        }
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        try
        {
            var actions = await state.Cases.ActionsAsync(InForce, after: null, ContainmentsMax, stopping);
            var nodes = await QuarantinedAsync(stopping);
            view.Contain(
            [
                .. actions.Items.Select(action => new ContainmentInForce(action.Kind, action.Target, action.ExpiresAt)),
                .. nodes.Select(node => new EntityRef(EntityType.Node, node))
                    .Select(node => new ContainmentInForce(ActionKind.QuarantineNode, node, null)),
            ]);
            view.DemandStepUp(await state.Policy.StepUpDemandsAsync(state.Clock.GetUtcNow(), ContainmentsMax, stopping));
        }
        catch (Exception fault) when (!stopping.IsCancellationRequested)
        {
            // What is known stays in force; the next look tries again.
            logger.ContainmentsNotRead(fault);
        }
    }

    /// <summary>Nodes the ledger says are quarantined; those of the last look while the network cannot be read: it must not keep the rest waiting.</summary>
    private async Task<IReadOnlyList<string>> QuarantinedAsync(CancellationToken stopping)
    {
        try
        {
            if ((await monitor.NetworkAsync(stopping)).Validators is { } validators)
                _quarantined = [.. validators.Quarantined];
        }
        catch (Exception fault) when (!stopping.IsCancellationRequested)
        {
            logger.ContainmentsNotRead(fault);
        }
        return _quarantined;
    }

    private void Tell()
    {
        lock (_told)
        {
            if (_told.CurrentCount == 0)
                _told.Release();
        }
    }
}
