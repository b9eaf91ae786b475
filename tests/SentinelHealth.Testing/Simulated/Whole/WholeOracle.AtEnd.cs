using System.Text;
using System.Text.Json;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Detection.Ordering;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Testing.Simulated.Whole;

/// <content>After everything has settled: nothing is missing, nothing is there twice, and another run would say the same.</content>
internal sealed partial class WholeOracle
{
    private const int RowsMax = 100_000;

    /// <summary>Judges what a run left behind.</summary>
    public async Task AtEndAsync(WholeWorld world, CaseStore store, WholeOutcome reference)
    {
        await RequireEveryRecordAsync(world, store);
        await RequireEffectsAsync(world, store);
        await RequireEvidenceAsync(world, store);
        var outcome = await WholeOutcome.OfAsync(store);
        RequireSame("alerts", reference.Alerts, outcome.Alerts);
        RequireSame("incidents", reference.Incidents, outcome.Incidents);
    }

    /// <summary>I6: whatever is asked of detectors, their state stays to the byte.</summary>
    public void RequireUnmoved(IDetectionEngine engine)
    {
        var before = SavedBy(engine);
        engine.TopRisks(50);
        _ = engine.Status;
        engine.ReadRuleCounts();
        if (!before.AsSpan().SequenceEqual(SavedBy(engine)))
            Violated("I6: detectors changed because somebody asked them something.");
    }

    /// <summary>I1: what a source was told is durable is in the log or in the dead letters; and each entry of the log was committed once.</summary>
    private async Task RequireEveryRecordAsync(WholeWorld world, CaseStore store)
    {
        var kept = world.Log.All.Select(entry => Encoding.UTF8.GetString(entry.Payload.Span))
            .Concat(world.Letters.All.Select(letter => letter.Letter.Place)).ToHashSet(StringComparer.Ordinal);
        foreach (var lost in _heard.Where(heard => !kept.Contains(heard)).Take(3))
            Violated($"I1: a source was told that this is durable, and it is nowhere: {lost[..Math.Min(120, lost.Length)]}");
        foreach (var entry in world.Log.All.Where(entry => !_committed.Contains((entry.Partition, entry.Offset))).Take(3))
            Violated($"I1: entry {entry.Partition}@{entry.Offset} was never scored.");
        var (scored, filtered, foreign) = CountsOf(world);
        var tally = (await store.PositionAsync(default)).Tally;
        if ((tally.Scored, tally.Filtered, tally.DeadLettered) != (scored, filtered, foreign.Count))
            Violated($"I1: {scored} events, {filtered} repetitions and {foreign.Count} other entries are on record as {tally}.");
        foreach (var place in foreign.Where(place => !kept.Contains(place)))
            Violated($"I1: {place} is no event, and there is no dead letter of it.");
    }

    private static (long Scored, long Filtered, List<string> Foreign) CountsOf(WholeWorld world)
    {
        var (scored, filtered, foreign) = (0L, 0L, new List<string>());
        var (decoder, observed) = (new NativeEventDecoder(), new SentinelEvent());
        foreach (var entry in world.Log.All)
        {
            if (entry.IsDuplicate)
                filtered++;
            else if (decoder.TryDecode(entry.Payload, observed, out _))
                scored++;
            else
                foreign.Add($"{entry.Partition}@{entry.Offset}");
        }
        return (scored, filtered, foreign);
    }

    /// <summary>I2: records and effects agree, and each containment ended once.</summary>
    private async Task RequireEffectsAsync(WholeWorld world, CaseStore store)
    {
        if (await store.NextDueAsync(default) is { } due)
            Violated($"A timer is still set for {due:u}.");
        var actions = (await store.ActionsAsync(new ActionFilter(), null, RowsMax, default)).Items;
        var known = actions.ToDictionary(action => action.Key, StringComparer.Ordinal);
        foreach (var effect in world.Ledger.Effects)
        {
            if (!known.TryGetValue(effect.Order.Key, out var action))
                Violated($"I2: {effect.Order.Target} took effect, and no record tells of it.");
            else if (action.State != ActionState.Expired)
                Violated($"I2: {effect.Order.Target} took effect, and its record says {action.State}.");
        }
        foreach (var action in actions.Where(action => action.State == ActionState.Expired
            && !world.Ledger.Effects.Exists(effect => effect.Order.Key == action.Key)))
            Violated($"I2: {action.Target} is on record as contained, and the ledger knows nothing of it.");
    }

    /// <summary>I4: the log of evidence verifies from its first entry, and has an entry for every alert and action.</summary>
    private async Task RequireEvidenceAsync(WholeWorld world, CaseStore store)
    {
        var places = new HashSet<(string, string)>();
        try
        {
            var heads = EvidenceRecorder.KnownHeads(world.EvidenceFolder);
            using var log = EvidenceLog.Open(world.EvidenceFolder, new EvidenceLogOptions(), heads);
            for (var number = 0L; number < log.Size; number++)
            {
                var entry = EvidenceEntry.FromLeaf(log.Reader.Read(number).Leaf);
                places.Add((entry.Kind, entry.Key));
            }
        }
        catch (Exception fault) when (fault is EvidenceTamperedException or InvalidDataException)
        {
            Violated($"I4: {fault.Message}");
            return;
        }
        foreach (var alert in (await store.AlertsAsync(new AlertFilter(), null, RowsMax, default)).Items
            .Where(alert => !places.Contains((EvidenceKind.Alert, alert.Id))).Take(3))
            Violated($"I4: alert {alert.Id} was never entered into the evidence log.");
    }

    private void RequireSame(string what, IReadOnlyDictionary<string, string> expected, IReadOnlyDictionary<string, string> found)
    {
        foreach (var (id, text) in expected)
        {
            if (!found.TryGetValue(id, out var other))
                Violated($"I5: of the {what} {id} is missing, which an undisturbed run finds: {text}");
            else if (text != other)
                Violated($"I5: of the {what} {id} differs from an undisturbed run:\n  {text}\n  {other}");
        }
        foreach (var id in found.Keys.Where(id => !expected.ContainsKey(id)))
            Violated($"I5: of the {what} {id} is one that an undisturbed run does not find: {found[id]}");
    }

    private static byte[] SavedBy(IDetectionEngine engine)
    {
        using var saved = new MemoryStream();
        engine.Save(saved);
        return saved.ToArray();
    }
}

/// <summary>What a run found, as text that two runs can be compared by. What arrived later showed to be unfounded is left out.</summary>
/// <param name="Alerts">By identifier.</param>
/// <param name="Incidents">By identifier.</param>
internal sealed record WholeOutcome(IReadOnlyDictionary<string, string> Alerts, IReadOnlyDictionary<string, string> Incidents)
{
    private const int RowsMax = 100_000;

    public static async Task<WholeOutcome> OfAsync(CaseStore store)
    {
        var alerts = (await store.AlertsAsync(new AlertFilter(), null, RowsMax, default)).Items
            .Where(alert => !alert.Tags.Contains(OrderedScoring.WithdrawnTag)).ToList();
        var ids = alerts.Select(alert => alert.Id).ToHashSet(StringComparer.Ordinal);
        var incidents = (await store.IncidentsAsync(new IncidentFilter(), null, RowsMax, default)).Items
            .Where(incident => !incident.Tags.Contains(OrderedScoring.WithdrawnTag));
        return new WholeOutcome(
            alerts.ToDictionary(alert => alert.Id, alert => JsonSerializer.Serialize(alert, AlertJson.Options)),
            incidents.ToDictionary(incident => incident.Id, incident => TextOf(incident, ids)));
    }

    private static string TextOf(Incident incident, HashSet<string> standing) => string.Join(
        ' ', incident.Severity, incident.Principal, string.Join(',', incident.AlertIds.Where(standing.Contains)),
        string.Join(',', incident.Sources.Order(StringComparer.Ordinal)), incident.Title);
}
