using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using SentinelHealth.Benchmarks.Conservation;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Intake;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Testing;

namespace SentinelHealth.Benchmarks.Bulk;

/// <summary>The product's own ways to make the events durable.</summary>
internal static class BulkRuns
{
    /// <summary>Lines of a request through the product's reader, intake and log, without a network.</summary>
    public static async Task<BulkFigures> IntakeAsync(BulkLoad load, string folder)
    {
        var system = TimeProvider.System;
        await using var log = SqliteEventLog.Open(new SqliteFile(Path.Combine(folder, "events.db")), new SqliteEventLogOptions(), system);
        using var letters = SqliteDeadLetters.Open(new SqliteFile(Path.Combine(folder, "letters.db")), new(), system);
        var intake = new EventIntake(log, letters, new NativeEventDecoder(), system);
        var http = new HttpIntake(intake, new HttpIntakeOptions(), system);
        async Task AcceptAsync(byte[] body)
        {
            using var stream = new MemoryStream(body);
            await http.AcceptAsync(stream, "application/x-ndjson", "bulk", CancellationToken.None);
        }
        await EachAsync(load.WarmUp, load.Connections, AcceptAsync);
        var clock = BulkClock.Start();
        await EachAsync(load.Bodies, load.Connections, AcceptAsync);
        return clock.Stop(Process.GetCurrentProcess().TotalProcessorTime, TimeSpan.Zero);
    }

    /// <summary>The same behind a web server in a process of its own, with nothing that reads the log.</summary>
    public static async Task<BulkFigures> ListenerAsync(BulkLoad load, string folder)
    {
        using var worker = new WorkerProcess("--source", ConservationWorkerCommand.Unread, "--data", folder);
        worker.Start();
        while (worker.Address is null)
        {
            worker.CheckAlive();
            await Task.Delay(TimeSpan.FromMilliseconds(50), CancellationToken.None);
        }
        return await PostAsync(load, worker.Address, null, () => worker.ProcessorTime);
    }

    /// <summary>The program as it is installed, with its sign-in, its limits, its account, and its detectors reading the log meanwhile.</summary>
    public static async Task<BulkFigures> ProductAsync(BulkLoad load, string folder)
    {
        await using var token = SentinelProcess.Start(
            new Dictionary<string, string>(), "token", "create", "--role", "ingest", "--name", "bulk", "--data", folder);
        var secret = (await token.LineAsync("sentinel_")).Trim();
        await using var server = SentinelProcess.Start(
            new Dictionary<string, string>
            {
                ["SENTINELHEALTH__Web__Urls__0"] = "http://127.0.0.1:0",
                ["SENTINELHEALTH__Web__RequestsPerSecondMax"] = "10000",
            },
            "serve", "--data", folder);
        var address = (await server.LineAsync("answers at")).Split(' ')[^1].TrimEnd('.');
        return await PostAsync(load, new Uri(new Uri(address), "/api/v1/events"), secret, () => server.ProcessorTime);
    }

    private static async Task<BulkFigures> PostAsync(BulkLoad load, Uri address, string? token, Func<TimeSpan> processorTime)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(5) };
        if (token is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        async Task SendAsync(byte[] body)
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
            using var answer = await http.PostAsync(address, content);
            answer.EnsureSuccessStatusCode();
        }
        await EachAsync(load.WarmUp, load.Connections, SendAsync);
        var before = processorTime();
        var clock = BulkClock.Start();
        await EachAsync(load.Bodies, load.Connections, SendAsync);
        return clock.Stop(processorTime() - before);
    }

    private static Task EachAsync(IReadOnlyList<byte[]> bodies, int connections, Func<byte[], Task> send)
    {
        var left = new ConcurrentQueue<byte[]>(bodies);
        return Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            while (left.TryDequeue(out var body))
                await send(body);
        })));
    }
}
