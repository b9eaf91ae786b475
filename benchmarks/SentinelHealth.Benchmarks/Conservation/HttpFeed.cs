using System.Globalization;
using System.Net.Http.Headers;
using SentinelHealth.Benchmarks.Kafka;

namespace SentinelHealth.Benchmarks.Conservation;

/// <summary>
/// Clients that post lines of events, each its own keys in order, and repeat every request until it was acknowledged. That is all
/// a client has to do for the promise to hold.
/// </summary>
internal sealed class HttpFeed(WorkerProcess worker, int seed) : IFeed, IDisposable
{
    private const int Clients = 4, RecordsPerRequestMax = 400, InFlightMax = 20_000;
    private const int KeysPerClient = ConservationPlan.Keys / Clients;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly int[] _places = new int[Clients];
    private int _placesEnd = int.MaxValue;
    private long _fed;
    private long _requests;
    private long _repeats;
    private long _duplicates;

    public long Fed => Volatile.Read(ref _fed);

    public string Account => $"{_requests} requests acknowledged, {_repeats} attempts without an answer, "
        + $"{_duplicates} events recognized as repeated";

    public async Task RunAsync(Func<long> scored, CancellationToken stop)
    {
        // A client may be stepping to its next place just now.
        await using var ending = stop.Register(() => Volatile.Write(ref _placesEnd, _places.Max() + 2));
        await Task.WhenAll(Enumerable.Range(0, Clients)
            .Select(client => Task.Run(() => FeedAsync(client, scored), CancellationToken.None)));
    }

    public void Dispose() => _http.Dispose();

    /// <summary>One client: its keys' events of one place after the other, in requests of any size.</summary>
    private async Task FeedAsync(int client, Func<long> scored)
    {
        var random = new Random(seed + client);
        for (; _places[client] < Volatile.Read(ref _placesEnd); _places[client]++)
        {
            for (var at = 0; at < KeysPerClient;)
            {
                while (Fed - scored() > InFlightMax)
                    await Task.Delay(Pause);
                var count = Math.Min(random.Next(1, RecordsPerRequestMax + 1), KeysPerClient - at);
                var origin = (_places[client] * ConservationPlan.Keys) + client;
                await PostAsync([.. Enumerable.Range(at, count).Select(i => origin + (i * Clients))]);
                Interlocked.Add(ref _fed, count);
                at += count;
            }
        }
    }

    private async Task PostAsync(int[] numbers)
    {
        var lines = numbers.SelectMany(number => (byte[])[.. ConservationPlan.RecordOf(number), (byte)'\n']).ToArray();
        while (await TryPostAsync(lines, numbers.Length) is false)
        {
            Interlocked.Increment(ref _repeats);
            await Task.Delay(Pause);
        }
        Interlocked.Increment(ref _requests);
    }

    private async Task<bool> TryPostAsync(byte[] lines, int count)
    {
        if (worker.Address is not { } address)
            return false;
        try
        {
            using var content = new ByteArrayContent(lines);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
            using var response = await _http.PostAsync(address, content);
            if (!response.IsSuccessStatusCode)
                return false;
            var answer = (await response.Content.ReadAsStringAsync()).Split(' ')
                .Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray();
            if (answer[0] != count || answer[2] != 0)
                throw new InvalidOperationException($"Of {count} events {answer[0]} were received and {answer[2]} refused.");
            Interlocked.Add(ref _duplicates, answer[1]);
            return true;
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or TaskCanceledException)
        {
            return false;
        }
    }
}
