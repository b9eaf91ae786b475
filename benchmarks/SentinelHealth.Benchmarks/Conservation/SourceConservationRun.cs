using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SentinelHealth.Benchmarks.Kafka;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Benchmarks.Conservation;

/// <summary>What became of the events of a source.</summary>
/// <param name="Events">By the witness's traces and the commits' own counts.</param>
/// <param name="Stored">Records in the event log.</param>
/// <param name="DeadLetters">Records refused; none of those fed should be.</param>
internal sealed record SourceVerdict(ConservationVerdict Events, long Stored, long DeadLetters)
{
    public bool IsKept => Events.IsKept && Stored == Events.Fed && DeadLetters == 0;
}

/// <summary>Kills the worker at random moments while a feed goes on, and judges from the stores alone what became of the events.</summary>
internal sealed class SourceConservationRun : IDisposable
{
    private const int LifeMsMax = 1_500, OneInStartOf = 8;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50), StallMax = TimeSpan.FromMinutes(3);

    private readonly string _folder;
    private readonly WorkerProcess _worker;
    private readonly IFeed _feed;
    private readonly CaseStore _store;
    private readonly Random _random;
    private long _scored;

    public SourceConservationRun(string folder, WorkerProcess worker, IFeed feed, int seed)
    {
        (_folder, _worker, _feed, _random) = (folder, worker, feed, new Random(seed));
        _store = SqliteCaseStore.Open(Path.Combine(folder, WitnessMonitor.StoreFile));
    }

    /// <summary>Kills before everything that had been fed was scored.</summary>
    public int KillsUnderWay { get; private set; }

    public async Task<SourceVerdict> RunAsync(int kills)
    {
        using var stopFeeding = new CancellationTokenSource();
        using var stopLooking = new CancellationTokenSource();
        _worker.Start();
        var feeding = _feed.RunAsync(() => Volatile.Read(ref _scored), stopFeeding.Token);
        var looking = LookAsync(stopLooking.Token);
        while (_worker.Kills < kills)
        {
            await Task.WhenAny(LiveAsync(), feeding, looking);
            if (feeding.IsCompleted)
                await feeding;
            if (looking.IsCompleted)
                await looking;
            KillsUnderWay += Volatile.Read(ref _scored) < _feed.Fed ? 1 : 0;
            _worker.Kill();
            _worker.Start();
        }
        await stopFeeding.CancelAsync();
        await feeding;
        await DrainAsync();
        await stopLooking.CancelAsync();
        await looking;
        _worker.Dispose();
        return Judge();
    }

    public void Dispose() => _store.Dispose();

    /// <summary>A random while after its first commit; now and then not even that, so that starting is interrupted as well.</summary>
    private async Task LiveAsync()
    {
        var isInStart = _random.Next(OneInStartOf) == 0;
        var before = Volatile.Read(ref _scored);
        for (var waited = Stopwatch.StartNew(); !isInStart && Volatile.Read(ref _scored) == before && waited.Elapsed < StallMax;)
        {
            _worker.CheckAlive();
            await Task.Delay(Look, CancellationToken.None);
        }
        await Task.Delay(_random.Next(LifeMsMax), CancellationToken.None);
    }

    private async Task LookAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            Volatile.Write(ref _scored, (await _store.PositionAsync(CancellationToken.None)).Tally.Scored);
            await Task.Delay(Look, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Waits until everything is scored, or nothing moves any more: then that is the verdict.</summary>
    private async Task DrainAsync()
    {
        var (seen, since) = (-1L, Stopwatch.StartNew());
        while (Volatile.Read(ref _scored) < _feed.Fed && since.Elapsed < StallMax)
        {
            _worker.CheckAlive();
            await Task.Delay(Look, CancellationToken.None);
            if (Volatile.Read(ref _scored) != seen)
                (seen, since) = (Volatile.Read(ref _scored), Stopwatch.StartNew());
        }
        // Anything scored twice would come after the last: a moment in which nothing more happens.
        await Task.Delay(TimeSpan.FromSeconds(2), CancellationToken.None);
    }

    private SourceVerdict Judge() => new(
        ConservationOracle.Judge(Path.Combine(_folder, WitnessMonitor.StoreFile), (int)_feed.Fed),
        Count(WitnessMonitor.LogFile, "SELECT count(*) FROM entries"),
        Count(WitnessMonitor.LettersFile, "SELECT letters FROM totals"));

    private long Count(string file, string query)
    {
        using var connection = new SqliteFile(Path.Combine(_folder, file)).OpenReadOnly();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Both callers pass a constant.
        command.CommandText = query;
#pragma warning restore CA2100
        return (long)command.ExecuteScalar()!;
    }
}
