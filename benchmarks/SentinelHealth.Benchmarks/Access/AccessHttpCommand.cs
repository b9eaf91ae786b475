using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;

namespace SentinelHealth.Benchmarks.Access;

/// <summary><c>access-http</c>: asks a running monitor at a steady rate, whether it keeps up or not, and tells how long answers took.</summary>
/// <remarks>A process of its own. The schedule is open: a question's time counts from its moment, waiting for a connection or a turn included.</remarks>
internal static class AccessHttpCommand
{
    private const int ConnectionsMax = 32, AskingMax = 8_192;

    private static readonly JsonSerializerOptions Writing = new()
    {
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static Command Create()
    {
        Option<string> url = new("--url") { Required = true, Description = "Where the monitor answers." };
        Option<string> token = new("--token") { Required = true, Description = "A token of the role access." };
        Option<string?> ingest = new("--ingest-token")
        {
            Description = "A token of the role ingest, to give 199 of 200 patients' consents first; without it every answer is a denial.",
        };
        Option<int> rate = new("--rate") { DefaultValueFactory = _ => 2_000, Description = "Questions a second." };
        Option<int> seconds = new("--seconds") { DefaultValueFactory = _ => 20, Description = "How long." };
        Option<int> warmUp = new("--warm-up") { DefaultValueFactory = _ => 60, Description = "Seconds of the same before it, not told." };
        Command command = new("access-http", "Answers to gateways over HTTP.") { url, token, ingest, rate, seconds, warmUp };
        command.SetAction(async (parsed, cancel) =>
        {
            var (place, asker) = (new Uri(parsed.GetRequiredValue(url)), parsed.GetRequiredValue(token));
            var perSecond = parsed.GetValue(rate);
            if (parsed.GetValue(ingest) is { } ingesting)
                await AccessQuestions.ConsentAsync(place, ingesting, cancel);
            await AskAsync(place, asker, perSecond, perSecond * parsed.GetValue(warmUp), cancel);
            return Tell(await AskAsync(place, asker, perSecond, perSecond * parsed.GetValue(seconds), cancel), perSecond);
        });
        return command;
    }

    private static async Task<double[]> AskAsync(Uri url, string token, int rate, int count, CancellationToken cancel)
    {
        var milliseconds = new double[count];
        var questions = Channel.CreateBounded<DueQuestion>(AskingMax);
        var asking = Enumerable.Range(0, ConnectionsMax)
            .Select(_ => new AccessConnection(url, token).RunAsync(questions.Reader, milliseconds, cancel)).ToList();
        await Task.Factory.StartNew(
            () => Schedule(questions.Writer, rate, count, cancel),
            cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.WhenAll(asking);
        return milliseconds;
    }

    /// <summary>Hands each question out at its moment. A thread that sleeps: spinning would take the processor that the monitor answers with.</summary>
    private static void Schedule(ChannelWriter<DueQuestion> questions, int rate, int count, CancellationToken cancel)
    {
        var startedAt = Stopwatch.GetTimestamp();
        for (var number = 0; number < count; number++)
        {
            var due = startedAt + (long)((double)number / rate * Stopwatch.Frequency);
            for (var left = due - Stopwatch.GetTimestamp(); left > 0; left = due - Stopwatch.GetTimestamp())
                Thread.Sleep(TimeSpan.FromMicroseconds(Math.Max(100, left * 1_000_000.0 / Stopwatch.Frequency)));
            if (!questions.TryWrite(new DueQuestion(number, due)))
                questions.WriteAsync(new DueQuestion(number, due), cancel).AsTask().GetAwaiter().GetResult();
        }
        questions.Complete();
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
}
