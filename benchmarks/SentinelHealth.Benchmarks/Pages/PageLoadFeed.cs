using System.Diagnostics;
using System.Net.Http.Headers;
using SentinelHealth.Ingest.Simulation;

namespace SentinelHealth.Benchmarks.Pages;

/// <summary>Posts a simulated network's events at a steady rate until it is disposed of.</summary>
/// <param name="address">Where events are taken.</param>
/// <param name="token">A token of the role ingest.</param>
/// <param name="rate">Events a second; 0 for none.</param>
internal sealed class PageLoadFeed(Uri address, string token, int rate) : IAsyncDisposable
{
    private const int PostsPerSecond = 10, EventsPerDay = 2_000_000;

    private readonly CancellationTokenSource _end = new();
    private Task _feeding = Task.CompletedTask;
    private long _acceptedCount;

    /// <summary>Events the monitor has made durable.</summary>
    public long AcceptedCount => Interlocked.Read(ref _acceptedCount);

    public void Start(CancellationToken cancel)
    {
        var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, _end.Token);
        _feeding = Task.Run(() => FeedAsync(either.Token), CancellationToken.None);
    }

    /// <summary>Throws what ended it early.</summary>
    public void CheckAlive()
    {
        if (_feeding.IsCompleted)
            _feeding.GetAwaiter().GetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task FeedAsync(CancellationToken cancel)
    {
        if (rate == 0)
            await Task.Delay(Timeout.Infinite, cancel);
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var (watch, posts) = (Stopwatch.StartNew(), 0L);
        var network = new HospitalSimulator(new SimulationOptions
        {
            Seed = 7,
            StartAt = TimeProvider.System.GetUtcNow().AddDays(-2),
            Days = 2,
            EventsPerDay = EventsPerDay,
            QuietShare = 0,
            InstancesPerAttack = 50,
        });
        foreach (var chunk in network.Events().Chunk(Math.Max(1, rate / PostsPerSecond)))
        {
            using var content = new ByteArrayContent([.. chunk.SelectMany(item => item.Json.Append((byte)'\n'))]);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
            using var answer = await http.PostAsync(address, content, cancel);
            answer.EnsureSuccessStatusCode();
            Interlocked.Add(ref _acceptedCount, chunk.Length);
            var due = TimeSpan.FromSeconds(++posts / (double)PostsPerSecond);
            if (due > watch.Elapsed)
                await Task.Delay(due - watch.Elapsed, cancel);
        }
    }
}
