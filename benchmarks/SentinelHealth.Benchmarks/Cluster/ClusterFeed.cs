using System.Text;
using System.Text.Json;
using SentinelHealth.Ingest.Simulation;
using SentinelHealth.Testing;

namespace SentinelHealth.Benchmarks.Cluster;

/// <summary>A simulated network that is attacked again and again, written to a topic once a second and again whenever nobody answered.</summary>
internal sealed class ClusterFeed(SentinelCluster cluster, int rate, int seed) : IDisposable
{
    private const int EventsPerDay = 40_000;

    private readonly HashSet<string> _fed = new(StringComparer.Ordinal);
    private readonly IEnumerator<SimulatedEvent> _events = Simulator(seed).Events().GetEnumerator();

    /// <summary>Identifiers of everything fed.</summary>
    public IReadOnlySet<string> Fed => _fed;

    public int FedCount => _fed.Count;

    /// <summary>Batches that had to be written again.</summary>
    public int Repeats { get; private set; }

    public async Task RunAsync(TimeSpan duration, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        var ends = DateTime.UtcNow + duration;
        while (DateTime.UtcNow < ends && await timer.WaitForNextTickAsync(cancel))
        {
            var batch = Next();
            while (!await IsWrittenAsync(batch))
            {
                Repeats++;
                await Task.Delay(TimeSpan.FromSeconds(1), cancel);
            }
        }
    }

    public void Dispose() => _events.Dispose();

    private List<string> Next()
    {
        var batch = new List<string>(rate);
        while (batch.Count < rate && _events.MoveNext())
        {
            batch.Add(Encoding.UTF8.GetString(_events.Current.Json));
            _fed.Add(JsonDocument.Parse(_events.Current.Json).RootElement.GetProperty("id").GetString()!);
        }
        return batch;
    }

    private async Task<bool> IsWrittenAsync(List<string> batch)
    {
        try
        {
            await cluster.FeedAsync("ledger.transactions", batch);
            return true;
        }
        catch (InvalidOperationException)
        {
            // The broker is away; what did arrive is recognized by its identifiers.
            return false;
        }
    }

    private static HospitalSimulator Simulator(int seed)
    {
        var start = DateTimeOffset.UtcNow.AddDays(-20);
        return new HospitalSimulator(new SimulationOptions
        {
            Seed = seed,
            StartAt = start,
            Days = 15,
            EventsPerDay = EventsPerDay,
            Attacks = ["none"],
            ScheduledAttacks =
                [.. Enumerable.Range(1, 300).Select(hour => new ScheduledAttack(start + TimeSpan.FromHours(hour), Attack(hour)))],
        });
    }

    private static string Attack(int hour) => (hour % 3) switch { 0 => "rogue-node", 1 => "no-consent-access", _ => "revoked-credential-use" };
}
