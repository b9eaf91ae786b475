using System.Numerics;
using System.Text.Json;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Explanation;
using SentinelHealth.Detection.Snapshots;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Correlation;

/// <summary>
/// Keeps one alert per cause: further findings of the same source about the same entity grow the running alert instead of adding one.
/// </summary>
/// <remarks>
/// An episode ends after two hours without a finding, a run of events after twelve. A grown alert keeps its identifier and is issued again: with each finding up
/// to 64, then each time its count has doubled, so a flood costs a logarithm. Bounded to 4,096 running episodes.
/// </remarks>
internal sealed class EpisodeRegister : IKeptTable
{
    private const long QuietMs = 2 * 3_600_000;
    private const long RunQuietMs = 12 * 3_600_000;
    private const int EpisodesMax = 4_096;
    private const int EventIdsMax = 256;
    private const int RelatedMax = 32;
    private const int EveryFindingUpTo = 64;

    private SharedMap<string, SizedJson<Alert>> _running = new((_, alert) => SavedText.Counted(alert.Bytes));

    public EpisodeRegister()
    {
    }

    /// <summary>The episodes as they are now, for a kept state.</summary>
    private EpisodeRegister(EpisodeRegister kept) => TakeOver(kept);

    long IKeptTable.SavedBytes => sizeof(int) + _running.SavedBytes;

    /// <summary>The running alert of this source about this entity, or null.</summary>
    public Alert? Running(string source, EntityRef entity, DateTimeOffset at) =>
        _running.TryGetValue(KeyOf(source, entity), out var alert) && (at - alert.Value.At).TotalMilliseconds <= QuietOf(source)
            ? alert.Value : null;

    /// <summary>Starts an episode.</summary>
    public void Start(Alert alert)
    {
        if (_running.Count >= EpisodesMax)
            _running.Remove(_running.MinBy(pair => (pair.Value.Value.At.UtcTicks, StableHash.Of(pair.Key))).Key);
        Keep(alert);
    }

    /// <summary>Keeps a running alert's newest version.</summary>
    public void Keep(Alert alert) => _running[KeyOf(alert.Source, alert.Entity)] = new(alert);

    /// <summary>Ends an episode; the next finding of its cause is a new alert.</summary>
    public void End(string alertId)
    {
        foreach (var (key, alert) in _running)
        {
            if (alert.Value.Id != alertId)
                continue;
            _running.Remove(key);
            return;
        }
    }

    /// <summary>Grows a running alert by a finding.</summary>
    /// <returns>The new version when it should be issued now, else null; the finding is kept either way.</returns>
    public Alert? Grow(Alert running, Alert finding)
    {
        var stranger = finding.Score > running.Score ? finding : running;
        var grown = stranger with
        {
            Id = running.Id,
            IncidentId = running.IncidentId,
            At = finding.At > running.At ? finding.At : running.At,
            Severity = (Severity)Math.Max((int)running.Severity, (int)finding.Severity),
            EventIds = Together(running.EventIds, finding.EventIds),
            EventCount = running.EventCount + NewEvents(running, finding),
            RelatedEntities = [.. running.RelatedEntities.Union(finding.RelatedEntities).Take(RelatedMax)],
            IsBreakGlass = running.IsBreakGlass && finding.IsBreakGlass,
        };
        grown = grown with { Reason = Tally.Of(stranger, grown, RelatedMax) };
        Keep(grown);
        var hasDoubled = BitOperations.Log2((uint)grown.EventCount) > BitOperations.Log2((uint)running.EventCount);
        return grown.EventCount <= EveryFindingUpTo || hasDoubled ? grown : null;
    }

    /// <summary>Findings of correlations overlap: most of their events were in the one before.</summary>
    private static int NewEvents(Alert running, Alert finding) => finding.EventIds.Count == 1
        ? 1
        : Math.Max(1, finding.EventIds.Except(running.EventIds, StringComparer.Ordinal).Count());

    private static IReadOnlyList<string> Together(IReadOnlyList<string> running, IReadOnlyList<string> finding) =>
        running.Count >= EventIdsMax ? running
        : finding.Count == 1 ? [.. running, .. finding]
        : [.. running.Union(finding, StringComparer.Ordinal).Take(EventIdsMax)];

    /// <summary>All running alerts in their newest versions, by identifier.</summary>
    public IReadOnlyCollection<Alert> All =>
        [.. _running.Values.Select(alert => alert.Value).OrderBy(alert => alert.Id, StringComparer.Ordinal)];

    public void Save(BinaryWriter writer)
    {
        if (writer.BaseStream is ITableKeeper keeper)
        {
            keeper.Keep(new EpisodeRegister(this));
            return;
        }
        writer.Write(_running.Count);
        foreach (var alert in All)
            writer.Write(JsonSerializer.Serialize(alert, AlertJson.Options));
    }

    public void Load(BinaryReader reader)
    {
        if (KeptTable.TryTake<EpisodeRegister>(reader, "Running alerts were", out var kept))
        {
            TakeOver(kept);
            return;
        }
        _running.Clear();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var alert = JsonSerializer.Deserialize<Alert>(reader.ReadString(), AlertJson.Options)
                ?? throw new InvalidDataException("A running alert in the snapshot is empty.");
            Keep(alert);
        }
    }

    private void TakeOver(EpisodeRegister other) => _running = other._running.Share();

    private static long QuietOf(string source) => source == Calibration.Persistence.Name ? RunQuietMs : QuietMs;

    private static string KeyOf(string source, EntityRef entity) => $"{source}\n{entity.Type}\n{entity.Id}";
}
