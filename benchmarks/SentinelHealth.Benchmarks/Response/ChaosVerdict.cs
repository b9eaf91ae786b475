using SentinelHealth.Ingest.Evm;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Benchmarks.Response;

/// <summary>What the chain's own events say about a run, against what the records say.</summary>
internal sealed record ChaosVerdict(int Effects, int Twice, int Disagreements, int BadEnds, int StillContained, int Reconciled)
{
    /// <summary>Every action took effect once, ended once, and the records tell so.</summary>
    public bool IsClean(int actions) =>
        Effects == actions && Twice == 0 && Disagreements == 0 && BadEnds == 0 && StillContained == 0;

    public static async Task<ChaosVerdict> OfAsync(AnvilNetwork network, CaseStore store, int actions,
        CancellationToken cancel)
    {
        var onChain = await KeysAsync(network, "Quarantined", "GrantRevoked", "Suspended");
        var counts = onChain.CountBy(key => key).ToDictionary(count => count.Key, count => count.Value);
        var restored = (await KeysAsync(network, "Released", "GrantRestored", "Reinstated"))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var (disagreements, badEnds, still, reconciled) = (0, 0, 0, 0);
        for (var number = 0; number < actions; number++)
        {
            var key = ChaosPlan.Action(number, default).Action.Key;
            var action = (await store.ActionAsync(key, cancel))!;
            var history = await store.ActionHistoryAsync(key, cancel);
            var states = history.Select(step => step.State).ToList();
            var ends = states.Where((state, i) => ActionMachine.IsFinal(state) && (i == 0 || states[i - 1] != state)).Count();
            badEnds += ends == 1 ? 0 : 1;
            reconciled += states.Contains(ActionState.Reconciled) ? 1 : 0;
            var hasEffect = counts.ContainsKey(key);
            var fits = hasEffect ? action.State is ActionState.Expired or ActionState.Reversed
                : action.State == ActionState.Refused;
            // What was restored late may be on record as expired; what is on record as reversed must have been restored.
            if (!fits || (action.State == ActionState.Reversed && !restored.Contains(key)))
            {
                disagreements++;
                Console.Error.WriteLine($"{action.Target}: {action.State}, on chain {hasEffect}: {action.Detail}");
            }
            still += await IsContainedAsync(network, action) ? 1 : 0;
            if (!hasEffect)
                Console.Error.WriteLine($"{action.Target} had no effect: {action.State}, {action.Detail}");
        }
        return new ChaosVerdict(onChain.Count, counts.Count(count => count.Value > 1), disagreements, badEnds, still, reconciled);
    }

    private static async Task<List<string>> KeysAsync(AnvilNetwork network, params string[] events)
    {
        var topics = ContractAbi.Load("SentinelGuard").Events.Where(item => events.Contains(item.Name))
            .Select(item => item.Topic).ToArray();
        var filter = new Dictionary<string, object>
        {
            ["address"] = network.Deployment.Guard.Text,
            ["fromBlock"] = "0x0",
            ["toBlock"] = "latest",
            ["topics"] = new object[] { topics },
        };
        var logs = await network.Node.Rpc.CallAsync("eth_getLogs", CancellationToken.None, filter);
        // The action key is the second indexed parameter.
        return [.. logs.EnumerateArray().Select(log => log.GetProperty("topics")[2].GetString()!)];
    }

    private static async Task<bool> IsContainedAsync(AnvilNetwork network, ContainmentAction action)
    {
        var view = action.Kind switch
        {
            ActionKind.QuarantineNode => "isQuarantined",
            ActionKind.RevokeGrant => "isGrantRevoked",
            _ => "isSuspended",
        };
        return (bool)await network.ReadAsync("SentinelGuard", view, action.Target.Id);
    }
}
