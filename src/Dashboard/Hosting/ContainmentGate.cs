using System.Collections.Frozen;
using System.Threading.Channels;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Simulation;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>
/// Plays the part of the network's own contracts: what the guard contains cannot act, so that the simulated attacker is seen to be stopped.
/// </summary>
internal sealed class ContainmentGate(ICaseReader cases, TimeProvider clock)
{
    private const int ActionsMax = 1_000;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly ActionFilter InForce = new() { States = [ActionState.Confirmed, ActionState.Reconciled] };

    private readonly Channel<bool> _news =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private FrozenDictionary<EntityRef, DateTimeOffset> _contained = FrozenDictionary<EntityRef, DateTimeOffset>.Empty;

    /// <summary>Whether an attempt is stopped now. Asked for every simulated event, so it only looks into memory.</summary>
    public bool IsContained(SimulatedAttempt attempt)
    {
        var contained = Volatile.Read(ref _contained);
        return contained.Count > 0
            && (Is(contained, EntityType.Node, attempt.Node) || Is(contained, EntityType.Actor, attempt.Actor)
            || (attempt.GrantId is { } grant && Is(contained, EntityType.Grant, grant))
            || (attempt.Contract is { } contract && Is(contained, EntityType.Contract, contract)));
    }

    /// <summary>Says that an action has changed.</summary>
    public void Refresh() => _news.Writer.TryWrite(true);

    /// <summary>Keeps memory in step with the store until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            await ReadAsync(cancel);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            patience.CancelAfter(LookEvery);
            await ((Task)_news.Reader.ReadAsync(patience.Token).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReadAsync(CancellationToken cancel)
    {
        var page = await cases.ActionsAsync(InForce, null, ActionsMax, cancel);
        var contained = new Dictionary<EntityRef, DateTimeOffset>();
        foreach (var action in page.Items)
            contained[action.Target] = action.ExpiresAt ?? DateTimeOffset.MaxValue;
        Volatile.Write(ref _contained, contained.ToFrozenDictionary());
    }

    private bool Is(FrozenDictionary<EntityRef, DateTimeOffset> contained, EntityType type, string id) =>
        contained.TryGetValue(new EntityRef(type, id), out var expiresAt) && clock.GetUtcNow() < expiresAt;
}
