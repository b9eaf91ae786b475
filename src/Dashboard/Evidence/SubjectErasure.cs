using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Response.Evidence;

namespace SentinelHealth.Dashboard.Evidence;

/// <summary>What came of an order to erase.</summary>
/// <param name="IsDone">Whether it was carried out; else it waits for a second person, or was refused.</param>
/// <param name="Detail">One sentence.</param>
internal sealed record ErasureOutcome(bool IsDone, string Detail);

/// <summary>
/// Erases a person's payloads for good, which takes two different people: what each does is evidence itself, and names the person only by
/// the identifiers of the destroyed keys.
/// </summary>
internal sealed class SubjectErasure(MonitorParts parts) : IDisposable
{
    private const int WaitingMax = 1_000;
    private static readonly TimeSpan WaitsAtMost = TimeSpan.FromDays(1);

    private readonly Dictionary<string, (string By, DateTimeOffset At)> _asked = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>Asks for an erasure, or carries out what another person asked for within the last day.</summary>
    public async Task<ErasureOutcome> OrderAsync(string subject, string by, string reason, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            var now = parts.Plan.Clock.GetUtcNow();
            foreach (var old in _asked.Where(asked => now - asked.Value.At > WaitsAtMost).Select(asked => asked.Key).ToList())
                _asked.Remove(old);
            if (parts.Evidence.Intake.Vault.IsHeld(subject))
                return new ErasureOutcome(false, "A legal hold keeps this person's payloads.");
            if (!_asked.TryGetValue(subject, out var first) || first.By == by)
                return await AskAsync(subject, by, reason, now, cancel);
            _asked.Remove(subject);
            return await EraseAsync(subject, first.By, by, reason, cancel);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task<ErasureOutcome> AskAsync(
        string subject, string by, string reason, DateTimeOffset now, CancellationToken cancel)
    {
        if (_asked.Count >= WaitingMax)
            return new ErasureOutcome(false, "Too many erasures wait for a second person.");
        _asked[subject] = (by, now);
        await parts.Store.EnterEvidenceAsync(
            [CaseEvidence.Act(EvidenceKind.Erasure, "asked", now, new { action = "asked", by, reason })], cancel);
        return new ErasureOutcome(false, "Asked for. A second person must order the same within a day.");
    }

    private async Task<ErasureOutcome> EraseAsync(
        string subject, string first, string second, string reason, CancellationToken cancel)
    {
        var now = parts.Plan.Clock.GetUtcNow();
        // What still waits would be drained sealed under a key that is gone; it is, either way, but its entry must be in the log first.
        await parts.Evidence.Recorder.DrainAsync(cancel);
        var keys = parts.Evidence.Intake.Vault.Erase(subject, second, now);
        var kept = await parts.Store.EraseEventsAsync(text => parts.Evidence.Intake.IsOf(subject, text), cancel);
        var files = SubjectFiles.Erase(parts.Plan.DataFolder, subject, await ReleasedAsync(cancel));
        await parts.Store.EnterEvidenceAsync(
            [
                CaseEvidence.Act(EvidenceKind.Erasure, "done", now, new
                {
                    action = "erased",
                    by = new[] { first, second },
                    reason,
                    keys = keys.Select(key => Convert.ToHexStringLower(key)),
                    records = kept + files,
                }),
            ],
            cancel);
        return new ErasureOutcome(true, $"{keys.Count} keys destroyed, {kept + files} stored records removed.");
    }

    /// <summary>Up to where no restart reads the event log again.</summary>
    private async Task<long> ReleasedAsync(CancellationToken cancel) =>
        await parts.Store.SnapshotAsync(cancel) is { } snapshot && snapshot.Offsets.TryGetValue(0, out var offset) ? offset : -1;
}
