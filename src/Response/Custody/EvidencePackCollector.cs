using System.Text.Json;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Custody;

/// <summary>Gathers an incident's entries with their proofs from the store and the log.</summary>
/// <param name="store">Where entries are looked up.</param>
/// <param name="reader">The log.</param>
/// <param name="folder">The log's folder, for its heads.</param>
/// <param name="vault">Opens what is sealed.</param>
public sealed class EvidencePackCollector(CaseStore store, EvidenceReader reader, string folder, ISubjectVault vault)
{
    /// <summary>Entries in a pack; of a larger incident the first are taken, and the pack says so.</summary>
    public const int EntriesMax = 20_000;

    private const int CustodyMax = 1_000;

    /// <summary>The plan of an incident's pack; null when the log has no entry of it.</summary>
    /// <param name="incidentId">The incident.</param>
    /// <param name="keys">Public keys of the log.</param>
    /// <param name="origin">Who makes the pack.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="InvalidDataException">The log lacks an entry that was drained into it.</exception>
    public async Task<EvidencePackPlan?> CollectAsync(
        string incidentId, IReadOnlyList<EvidenceKey> keys, PackOrigin origin, CancellationToken cancel)
    {
        if (EvidenceRecorder.ReadHead(folder) is not { } newest)
            return null;
        var places = await PlacesAsync(incidentId, newest.Size, cancel);
        if (places.Count == 0)
            return null;
        var (head, anchored) = HeadFor(places.Max(place => place.Number), newest);
        return new EvidencePackPlan
        {
            IncidentId = incidentId,
            Entries = [.. places.OrderBy(place => place.Number).Select(place => Entry(place.Number, head.Size))],
            Head = head,
            Anchored = anchored,
            Consistency = anchored is null ? [] : reader.Consistency(anchored.Head.Size, head.Size),
            Keys = keys,
            Custody = await CustodyAsync(incidentId, newest.Size, cancel),
            Origin = origin,
        };
    }

    /// <summary>An entry as it is in the log, opened when its person's key is still there.</summary>
    public PackedEntry Entry(long number, long size)
    {
        var record = reader.Read(number);
        var leaf = record.Leaf.ToArray();
        var opened = EvidencePayload.Open(record.Payload.Span, vault.Find);
        return new PackedEntry(EvidenceEntry.FromLeaf(leaf), leaf, opened, reader.Inclusion(number, size));
    }

    /// <summary>The earliest anchored head that has all entries, so that a pack made again later is the same; else the newest signed one.</summary>
    private (SignedTreeHead, AnchoredHead?) HeadFor(long lastNumber, SignedTreeHead newest)
    {
        var anchors = EvidenceRecorder.ReadAnchors(folder);
        return anchors.FirstOrDefault(anchor => anchor.Head.Size > lastNumber) is { } covering
            ? (covering.Head, covering)
            : (newest, anchors.Count == 0 ? null : anchors[^1]);
    }

    private async Task<List<EvidencePlace>> PlacesAsync(string incidentId, long size, CancellationToken cancel)
    {
        var own = await store.EvidenceOfIncidentAsync(incidentId, EntriesMax, cancel);
        var places = new Dictionary<long, EvidencePlace>();
        foreach (var place in own.Where(place => EvidenceKind.StageOf(place.Kind).Length > 0))
            places[place.Number] = place;
        foreach (var alert in own.Where(place => place.Kind == EvidenceKind.Alert && place.Number < size))
        {
            foreach (var id in EventIdsOf(alert.Number))
            {
                foreach (var place in await store.EvidenceAboutAsync(EvidenceKind.Event, id, 1, cancel))
                    places[place.Number] = place;
            }
            foreach (var kind in new[] { EvidenceKind.Versions, EvidenceKind.Batch })
            {
                if (await store.LatestEvidenceAsync(kind, alert.Number, cancel) is { } place)
                    places[place.Number] = place;
            }
        }
        return [.. places.Values.Where(place => place.Number < size).OrderBy(place => place.Number).Take(EntriesMax)];
    }

    private string[] EventIdsOf(long alert)
    {
        var opened = EvidencePayload.Open(reader.Read(alert).Payload.Span, vault.Find);
        if (opened is not { } payload)
            return [];
        using var body = JsonDocument.Parse(payload.Body);
        return [.. body.RootElement.GetProperty("eventIds").EnumerateArray().Select(id => id.GetString()!)];
    }

    private async Task<IReadOnlyList<CustodyStep>> CustodyAsync(string incidentId, long size, CancellationToken cancel)
    {
        var reads = await store.EvidenceAboutAsync(EvidenceKind.Read, incidentId, CustodyMax, cancel);
        return [.. reads.Where(place => place.Number < size).Select(place => StepOf(place.Number)).OfType<CustodyStep>()];
    }

    private CustodyStep? StepOf(long number)
    {
        var record = reader.Read(number);
        if (EvidencePayload.Open(record.Payload.Span, vault.Find) is not { } opened)
            return null;
        using var body = JsonDocument.Parse(opened.Body);
        string Text(string name) => body.RootElement.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
        return new CustodyStep(EvidenceEntry.FromLeaf(record.Leaf.ToArray()).At, Text("by"), Text("action"), Text("reason"));
    }
}
