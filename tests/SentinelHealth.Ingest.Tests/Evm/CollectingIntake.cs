using System.Text.Json;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Evm;

/// <summary>Keeps what a source hands in: once per identifier, like the real intake, and every hand-in counted.</summary>
internal sealed class CollectingIntake : IIntake
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, JsonElement> _kept = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private int _handedIn;
    private int _failures;

    public int HandedIn { get { lock (_gate) { return _handedIn; } } }

    public IReadOnlyList<JsonElement> Events { get { lock (_gate) { return [.. _order.Select(id => _kept[id])]; } } }

    /// <summary>Makes the next hand-ins fail as a full disk would.</summary>
    public void FailNext(int times) { lock (_gate) { _failures = times; } }

    public ValueTask<IntakeResult> AcceptAsync(string source, IReadOnlyList<SourceRecord> batch, CancellationToken cancel)
    {
        lock (_gate)
        {
            if (_failures > 0)
            {
                _failures--;
                throw new IOException("The disk is full.");
            }
            var accepted = 0;
            foreach (var record in batch)
            {
                var json = JsonSerializer.Deserialize<JsonElement>(record.Payload.Span);
                var id = json.TryGetProperty("id", out var given) ? given.GetString()! : record.Place;
                _handedIn++;
                if (!_kept.TryAdd(id, json))
                    continue;
                _order.Add(id);
                accepted++;
            }
            return ValueTask.FromResult(new IntakeResult(batch.Count, accepted, batch.Count - accepted, []));
        }
    }

    public Task WaitForAsync(int events, Func<string> explain) =>
        Eventually.HoldsAsync(() => Events.Count >= events, () => $"{Events.Count} of {events} events came. {explain()}");
}
