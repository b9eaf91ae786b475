using System.CommandLine;
using SentinelHealth.Testing;

namespace SentinelHealth.Benchmarks.Bulk;

/// <summary>
/// <c>http-bulk</c>: how many events a second become durable, from a plain insert of the same records up to the running product taking
/// them over HTTP and scoring them at the same time.
/// </summary>
internal static class HttpBulkCommand
{
    public static Command Create()
    {
        Option<int> events = new("--events") { DefaultValueFactory = _ => 400_000, Description = "Events of 500 bytes." };
        Option<int> connections = new("--connections") { DefaultValueFactory = _ => 8, Description = "Requests under way at once." };
        Option<int> rounds = new("--rounds") { DefaultValueFactory = _ => 2, Description = "Times over; of each way the one with the least processor time counts." };
        Command command = new("http-bulk", "Durable events per second of POST /api/v1/events, beside a plain SQLite insert.") { events, connections, rounds };
        command.SetAction((parsed, _) => RunAsync(
            parsed.GetValue(events), parsed.GetValue(connections), parsed.GetValue(rounds)));
        return command;
    }

    private static async Task<int> RunAsync(int events, int connections, int rounds)
    {
        var load = new BulkLoad(events, connections);
        Console.WriteLine($"{events} events of {load.BytesPerEvent} bytes, {BulkLoad.EventsPerRequest} a request, {connections} at once");
        (string Name, Func<string, Task<BulkFigures>> Run)[] ways =
        [
            ("plain SQLite insert, one thread", folder => Task.FromResult(PlainInsert.Run(load, folder))),
            ("intake and log in one process", folder => BulkRuns.IntakeAsync(load, folder)),
            ("HTTP, intake and log, nothing scoring", folder => BulkRuns.ListenerAsync(load, folder)),
            ("the product: HTTP, with scoring beside it", folder => BulkRuns.ProductAsync(load, folder)),
        ];
        var best = new BulkFigures?[ways.Length];
        for (var round = 0; round < rounds; round++)
        {
            for (var way = 0; way < ways.Length; way++)
            {
                using var folder = new TemporaryFolder();
                var figures = await ways[way].Run(folder.Path);
                if (best[way] is not { } before || figures.ProcessorSeconds < before.ProcessorSeconds)
                    best[way] = figures;
            }
        }
        for (var way = 0; way < ways.Length; way++)
        {
            var figures = best[way]!;
            Console.WriteLine($"{ways[way].Name}: {events / figures.Seconds:F0} events/s, ratio {best[0]!.Seconds / figures.Seconds:F2}; "
                + $"{figures.ProcessorSeconds / events * 1e6:F1} us of processor an event, ratio {best[0]!.ProcessorSeconds / figures.ProcessorSeconds:F2}, "
                + $"sending {figures.SenderSeconds / events * 1e6:F1} us");
        }
        return 0;
    }
}

/// <summary>What one way took.</summary>
/// <param name="Seconds">From the first byte until the last event was durable.</param>
/// <param name="ProcessorSeconds">Of the process that stores, on all its threads, in that time.</param>
/// <param name="SenderSeconds">Of the process that sends, if that is another one.</param>
internal sealed record BulkFigures(double Seconds, double ProcessorSeconds, double SenderSeconds);
