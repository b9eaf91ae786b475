using System.Collections.Concurrent;
using System.CommandLine;
using System.Globalization;
using System.Text;
using SentinelHealth.Benchmarks.Conservation;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Intake;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Benchmarks.Response;

/// <summary>From a durable event to the quarantine on a chain with a block every second, one event at a time.</summary>
internal static class ResponseLatencyCommand
{
    public static Command Create()
    {
        Option<int> events =
            new("--events") { DefaultValueFactory = _ => 100, Description = "How many events, each a quarantine." };
        Command command =
            new("response-latency",
                "Times each stage from a durable event to the quarantine on anvil with 1 s blocks.") { events };
        command.SetAction(async (parsed, cancel) =>
        {
            await RunAsync(parsed.GetValue(events), cancel);
            return 0;
        });
        return command;
    }

    private static async Task RunAsync(int events, CancellationToken cancel)
    {
        using var folder = new TemporaryFolder();
        await using var network = await AnvilNetwork.StartAsync(new AnvilOptions { BlockTimeSeconds = 1 });
        await network.AdministerAsync("setLimits", 0, 100_000, 256, 3600, 86_400);
        await network.AdministerAsync("setSafeguards", 0, 256);
        using var ledger = ChaosPlan.Ledger(network.Deployment, network.Node.Endpoint);
        await using var monitor = new LatencyMonitor(folder, ledger);
        var sent = new ConcurrentDictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        ledger.Sent += key => sent[key] = TimeProvider.System.GetUtcNow();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var running = monitor.RunAsync(stop.Token);
        var (decided, submitted, contained, blocks) =
            (new List<double>(), new List<double>(), new List<double>(), new List<long>());
        var random = new Random(TestSeed.Default);

        for (var number = 0; number < events; number++)
        {
            // At any point of a block's second.
            await Task.Delay(random.Next(100, 1_100), cancel);
            var key = ActionKey.Of($"inc-e-{number}", ActionKind.QuarantineNode, SomeCase.Node($"node:{number}"));
            var durableAt = await monitor.AcceptAsync(number, cancel);
            var head = await ledger.GetHeadAsync(cancel);
            var history = await monitor.EndOfAsync(key, cancel);
            DateTimeOffset When(ActionState state) => history.First(step => step.State == state).At;
            decided.Add((When(ActionState.Approved) - durableAt).TotalMilliseconds);
            submitted.Add((sent[key] - durableAt).TotalMilliseconds);
            contained.Add((When(ActionState.Confirmed) - durableAt).TotalMilliseconds);
            blocks.Add((await monitor.BlockOfAsync(key, cancel)) - head.Block);
        }
        await stop.CancelAsync();
        await running;
        Console.WriteLine($$"""
            {"events":{{events}},"decidedMs":{{Quantiles(decided)}},"submittedMs":{{Quantiles(submitted)}},"confirmedMs":{{Quantiles(contained)}},"blocksUntilContained":{"most":{{blocks.Max()}},"inTheNext":{{blocks.Count(block => block <= 1)}} } }
            """);
    }

    private static string Quantiles(List<double> values)
    {
        values.Sort();
        double At(double share) => values[Math.Min(values.Count - 1, (int)Math.Ceiling(share * values.Count) - 1)];
        return string.Create(CultureInfo.InvariantCulture,
            $"{{\"p50\":{At(0.5):0.0},\"p95\":{At(0.95):0.0},\"p99\":{At(0.99):0.0}}}");
    }

    /// <summary>The product's own log, intake, pump, store and executor around an engine that always has an opinion.</summary>
    private sealed class LatencyMonitor : IAsyncDisposable
    {
        private readonly SqliteEventLog _log;
        private readonly SqliteDeadLetters _letters;
        private readonly CaseStore _store;
        private readonly MeasuredMonitor _monitor;
        private readonly EventIntake _intake;

        public LatencyMonitor(TemporaryFolder folder, ILedger ledger)
        {
            var clock = TimeProvider.System;
            _log = SqliteEventLog.Open(new SqliteFile(folder.File("events.db")), new SqliteEventLogOptions(), clock);
            _letters = SqliteDeadLetters.Open(new SqliteFile(folder.File("letters.db")), new(), clock);
            _store = SqliteCaseStore.Open(folder.File("cases.db"));
            _monitor = new MeasuredMonitor(new MeasuredParts(_log, _letters, _store, ledger, _ => new IncidentPerEventEngine())
            {
                Playbooks = new PlaybookSet([SomeCase.Playbook(PlaybookMode.Automatic, ActionKind.QuarantineNode)]),
                Options = ChaosPlan.Options,
            });
            _intake = new EventIntake(_log, _letters, new NativeEventDecoder(), clock);
        }

        public Task RunAsync(CancellationToken stop) => Task.WhenAll(
            Task.Run(() => _monitor.Pump.RunAsync(stop), CancellationToken.None),
            Task.Run(() => _monitor.Executor.RunAsync(stop), CancellationToken.None));

        /// <summary>Takes an event in; the time at which that was durable.</summary>
        public async Task<DateTimeOffset> AcceptAsync(int number, CancellationToken cancel)
        {
            var now = TimeProvider.System.GetUtcNow();
            var json = string.Create(CultureInfo.InvariantCulture,
                $$"""{"schema":"sentinel.ledger-transaction.v1","id":"e-{{number}}","time":"{{now:yyyy-MM-ddTHH:mm:ss.fffZ}}","node":"node:{{number}}","actor":"did:ethr:0x12","contract":"NodeRegistry","method":"vote","status":"success"}""");
            await _intake.AcceptAsync("latency", [new SourceRecord(Encoding.UTF8.GetBytes(json), $"latency:{number}")], cancel);
            return TimeProvider.System.GetUtcNow();
        }

        public async Task<IReadOnlyList<ActionStep>> EndOfAsync(string key, CancellationToken cancel)
        {
            while (true)
            {
                var history = await _store.ActionHistoryAsync(key, cancel);
                if (history.Any(step => step.State == ActionState.Confirmed))
                    return history;
                if (history.Any(step => step.State is ActionState.Refused or ActionState.Unknown))
                    throw new InvalidOperationException(history[^1].Detail);
                await Task.Delay(10, cancel);
            }
        }

        public async Task<long> BlockOfAsync(string key, CancellationToken cancel) =>
            (await _store.ActionAsync(key, cancel))!.Block!.Value;

        public async ValueTask DisposeAsync()
        {
            await _log.DisposeAsync();
            _monitor.Dispose();
            _store.Dispose();
            _letters.Dispose();
        }
    }
}
