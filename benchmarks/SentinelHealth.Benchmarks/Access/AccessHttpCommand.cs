using System.CommandLine;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace SentinelHealth.Benchmarks.Access;

/// <summary><c>access-http</c>: asks a running monitor at a steady rate, whether it keeps up or not, and tells how long answers took.</summary>
internal static class AccessHttpCommand
{
    private const int ConnectionsMax = 64, AskingMax = 4_096;

    private static readonly JsonSerializerOptions Writing = new()
    {
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Command Create()
    {
        Option<string> url = new("--url") { Required = true, Description = "Where the monitor answers." };
        Option<string> token = new("--token") { Required = true, Description = "A token of the role access." };
        Option<int> rate = new("--rate") { DefaultValueFactory = _ => 2_000, Description = "Questions a second." };
        Option<int> seconds = new("--seconds") { DefaultValueFactory = _ => 20, Description = "How long; as long again before it, to warm up." };
        Command command = new("access-http", "Answers to gateways over HTTP.") { url, token, rate, seconds };
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = Client(new Uri(parsed.GetRequiredValue(url)), parsed.GetRequiredValue(token));
            var count = parsed.GetValue(rate) * parsed.GetValue(seconds);
            await AskAsync(client, parsed.GetValue(rate), count, cancel);
            return Tell(await AskAsync(client, parsed.GetValue(rate), count, cancel), parsed.GetValue(rate));
        });
        return command;
    }

    private static HttpClient Client(Uri url, string token)
    {
        var handler = new SocketsHttpHandler { MaxConnectionsPerServer = ConnectionsMax };
        var client = new HttpClient(handler) { BaseAddress = url, Timeout = Patience };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>Each question has its moment; waiting for a connection or a turn counts as the answer's time.</summary>
    private static async Task<double[]> AskAsync(HttpClient client, int rate, int count, CancellationToken cancel)
    {
        var milliseconds = new double[count];
        using var asking = new SemaphoreSlim(AskingMax);
        var tasks = new List<Task>(count);
        var startedAt = Stopwatch.GetTimestamp();
        for (var number = 0; number < count; number++)
        {
            var due = startedAt + (long)((double)number / rate * Stopwatch.Frequency);
            // A thread that sleeps: spinning would take the processor that the monitor answers with.
            for (var left = due - Stopwatch.GetTimestamp(); left > 0; left = due - Stopwatch.GetTimestamp())
                Thread.Sleep(TimeSpan.FromMicroseconds(Math.Max(100, left * 1_000_000.0 / Stopwatch.Frequency)));
            await asking.WaitAsync(cancel);
            tasks.Add(AskOneAsync(client, number, due, milliseconds, asking, cancel));
        }
        await Task.WhenAll(tasks);
        return milliseconds;
    }

    private static async Task AskOneAsync(
        HttpClient client, int number, long due, double[] milliseconds, SemaphoreSlim asking, CancellationToken cancel)
    {
        try
        {
            using var content = new StringContent(Question(number), Encoding.UTF8, "application/json");
            using var answer = await client.PostAsync("/access/v1/evaluation", content, cancel);
            milliseconds[number] =
                answer.IsSuccessStatusCode ? Stopwatch.GetElapsedTime(due).TotalMilliseconds : double.PositiveInfinity;
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            // Told as an answer that never came.
            milliseconds[number] = double.PositiveInfinity;
        }
        finally
        {
            asking.Release();
        }
    }

    private static int Tell(double[] milliseconds, int rate)
    {
        Array.Sort(milliseconds);
        double At(double share) =>
            Math.Round(milliseconds[(int)Math.Min(milliseconds.Length - 1, share * milliseconds.Length)], 2);
        var failed = milliseconds.Count(double.IsInfinity);
        Console.WriteLine(JsonSerializer.Serialize(
            new { rate, asked = milliseconds.Length, failed, p50 = At(0.5), p95 = At(0.95), p99 = At(0.99), p999 = At(0.999) },
            Writing));
        return failed == 0 ? 0 : 1;
    }

    private static string Question(int number) => $$$"""
        {"subject":{"type":"user","id":"did:ethr:0x{{{number % 2_000:x40}}}","properties":{"role":"clinician","organization":"hospital-a"}},"action":{"name":"read"},
         "resource":{"type":"record","id":"r-{{{number}}}","properties":{"patient":"patient:{{{number % 50_000}}}"}},"context":{"purpose":"TREAT","node":"node:hospital-a-1"}}
        """;
}
