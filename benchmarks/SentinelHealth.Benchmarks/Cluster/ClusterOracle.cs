using System.Globalization;
using SentinelHealth.Ingest.Evm;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Benchmarks.Cluster;

/// <summary>What a run came to.</summary>
internal sealed record ClusterVerdict(bool IsKept, IReadOnlyList<string> Lines);

/// <summary>
/// Judges from outside: what the log topic holds against what was fed, the entries that committed batches say they took, the chain's events
/// against the actions, and the evidence log read from its first entry.
/// </summary>
internal sealed class ClusterOracle(ChaosSite site, ClusterFeed feed, LogContent log)
{
    private string Schema => $"{site.Cluster.StoreOptions.SchemaPrefix}_cases";

    /// <summary>What is not finished yet, for people; empty when all is.</summary>
    public async Task<string> WhatWaitsAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var inLog = LogEnds().Values.Sum();
        var scored = await CountAsync($"""SELECT coalesce(sum("offset" + 1), 0) FROM {Schema}.scored""");
        var open = await CountAsync($"SELECT count(*) FROM {Schema}.action WHERE is_open = 1 AND state NOT IN ('Proposed')");
        var evidence = await CountAsync($"SELECT count(*) FROM {Schema}.evidence_waiting");
        var unfed = feed.FedCount - await ScoredAsync();
        return scored < inLog || !log.IsAt(LogEnds()) || open > 0 || evidence > 0 || unfed > 0
            ? $"{inLog - scored} entries to be scored, {unfed} events on their way, {open} actions open, {evidence} entries for the evidence log" : "";
    }

    public async Task<ClusterVerdict> JudgeAsync(CancellationToken cancel)
    {
        var lines = new List<string>();
        var ends = LogEnds();
        var lost = feed.Fed.Except(log.Ids).Count();
        var foreign = log.Ids.Except(feed.Fed).Count();
        var scored = await ScoredAsync();
        var (gaps, overlaps) = await BatchesAsync(ends);
        var twice = Math.Max(0, scored - log.Ids.Count);
        lines.Add($"fed {feed.FedCount:#,0}, lost {lost}, foreign {foreign}; in the log {log.Entries:#,0} entries: {log.Ids.Count:#,0} events, {log.Copies:#,0} copies, {log.Repeats:#,0} repeated, {log.Missed} missed by the judge");
        lines.Add($"scored {scored:#,0}, scored twice {twice}, not scored {Math.Max(0, log.Ids.Count - scored)}; committed batches: {gaps} gaps, {overlaps} overlaps");
        var effects = await EffectsAsync(cancel);
        lines.Add($"alerts {await CountAsync($"SELECT count(*) FROM {Schema}.alert"):#,0}, actions {effects.Actions}, effects on the chain {effects.Effects}, double effects {effects.Twice}, "
            + $"disagreements {effects.Disagreements}, missed timers {effects.MissedTimers}");
        await site.Running(ChaosSite.Main).StopAsync();
        await using var check = SentinelProcess.Start(
            new Dictionary<string, string>(), "evidence", "check", "--data", site.Cluster.DataOf(ChaosSite.Main));
        var isWhole = await check.ExitAsync() == 0;
        lines.Add($"evidence log: {(isWhole ? "verified from its first entry" : check.Said)}");
        var isKept = log.Missed == 0 && lost == 0 && foreign == 0 && twice == 0 && scored == log.Ids.Count
            && gaps == 0 && overlaps == 0
            && effects is { Twice: 0, Disagreements: 0, MissedTimers: 0 } && isWhole && effects.Effects > 0;
        return new ClusterVerdict(isKept, lines);
    }

    private Task<long> ScoredAsync() => CountAsync($"SELECT coalesce(max(value), 0) FROM {Schema}.tally WHERE name = 'scored'");

    /// <summary>Each committed batch says which offsets it took: end to end, from the first to the last, each once.</summary>
    private async Task<(int Gaps, int Overlaps)> BatchesAsync(IReadOnlyDictionary<int, long> ends)
    {
        var text = (string)(await site.Database.AskAsync($"SELECT coalesce(string_agg(key, ' '), '') FROM {Schema}.evidence_place WHERE kind = 'batch'"))!;
        var batches = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(key => key.Split('@', '-'))
            .Select(part => (Partition: Number(part[0]), From: Number(part[1]), To: Number(part[2])))
            .ToLookup(batch => (int)batch.Partition);
        var (gaps, overlaps) = (0, 0);
        foreach (var (partition, end) in ends)
        {
            var next = 0L;
            foreach (var batch in batches[partition].OrderBy(batch => batch.From))
            {
                gaps += batch.From > next ? 1 : 0;
                overlaps += batch.From < next ? 1 : 0;
                next = batch.To + 1;
            }
            gaps += next < end ? 1 : 0;
        }
        return (gaps, overlaps);
    }

    private async Task<(int Actions, int Effects, int Twice, int Disagreements, int MissedTimers)> EffectsAsync(
        CancellationToken cancel)
    {
        var chain = site.Cluster.Chain;
        var topics = ContractAbi.Load("SentinelGuard").Events
            .Where(item => item.Name is "Quarantined" or "GrantRevoked" or "Suspended").Select(item => item.Topic).ToArray();
        var logs = await chain.Node.Rpc.CallAsync("eth_getLogs", cancel, new Dictionary<string, object>
        {
            ["address"] = chain.Deployment.Guard.Text,
            ["fromBlock"] = "0x0",
            ["toBlock"] = "latest",
            ["topics"] = new object[] { topics },
        });
        // The action key is the second indexed parameter.
        var effects = logs.EnumerateArray().Select(log => log.GetProperty("topics")[2].GetString()!).CountBy(key => key)
            .ToDictionary(count => count.Key, count => count.Value, StringComparer.OrdinalIgnoreCase);
        using var store = PostgresCaseStore.Open(site.Cluster.StoreOptions);
        var actions = (await store.ActionsAsync(new ActionFilter(), after: null, 1_000, cancel)).Items
            .Where(action => action.State != ActionState.Proposed && action.Kind != ActionKind.PauseContract).ToList();
        var missed = 0;
        var disagreements = effects.Keys.Except(actions.Select(action => action.Key), StringComparer.OrdinalIgnoreCase).Count();
        foreach (var action in actions)
        {
            var hasEffect = effects.ContainsKey(action.Key);
            var isEnded = action.State is ActionState.Expired or ActionState.Reversed;
            missed += hasEffect && (!isEnded || await IsContainedAsync(chain, action)) ? 1 : 0;
            if (hasEffect ? !isEnded : action.State is not (ActionState.Refused or ActionState.Expired))
            {
                disagreements++;
                Console.Error.WriteLine($"{action.Target}: {action.State}, on the chain {hasEffect}: {action.Detail}");
            }
        }
        return (actions.Count, effects.Values.Sum(), effects.Count(effect => effect.Value > 1), disagreements, missed);
    }

    private static async Task<bool> IsContainedAsync(AnvilNetwork chain, ContainmentAction action) => (bool)await chain.ReadAsync(
        "SentinelGuard",
        action.Kind switch
        {
            ActionKind.QuarantineNode => "isQuarantined",
            ActionKind.RevokeGrant => "isGrantRevoked",
            _ => "isSuspended",
        },
        action.Target.Id);

    private Dictionary<int, long> LogEnds() => ClusterLog.Ends(site.Cluster, ChaosSite.Partitions);

    private async Task<long> CountAsync(string sql) =>
        Convert.ToInt64(await site.Database.AskAsync(sql), CultureInfo.InvariantCulture);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
