using System.Globalization;
using System.Text;
using System.Text.Json;
using SentinelHealth.Dashboard.Commands;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Kafka;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Jobs;

/// <summary>Tells alerts, actions and dead letters to Kafka topics, from the durable stores, in order, at least once.</summary>
internal sealed class PublishJob(
    MonitorParts parts, KafkaPublisher publisher, PublishSection topics, TimeProvider clock, ILogger<PublishJob> logger)
    : BackgroundService
{
    private const int BatchMax = 500;
    private const string CursorFile = "dead-letters.published";
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private readonly string _cursorPath = Path.Combine(parts.Plan.DataFolder, "positions", CursorFile);

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        await Task.Yield();
        var schedule = new RestartSchedule();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var told = await TellChangesAsync(stopping) + await TellDeadLettersAsync(stopping);
                schedule = new RestartSchedule();
                if (told == 0)
                    await Task.Delay(LookEvery, clock, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                var wait = schedule.Next();
                logger.PublishingFailed(wait, fault);
                await Task.Delay(wait, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<int> TellChangesAsync(CancellationToken stopping)
    {
        // What is in the store that processes share is told by one of them; each has dead letters of its own.
        if (topics.AlertsTopic.Length + topics.ActionsTopic.Length == 0 || !parts.Leadership.IsLeader)
            return 0;
        var changes = await parts.Store.OutgoingAsync(BatchMax, stopping);
        if (changes.Count == 0)
            return 0;
        await publisher.SendAsync([.. changes.Select(MessageOf).OfType<OutgoingMessage>()], stopping);
        await parts.Store.ForgetOutgoingAsync(changes[^1].Number, stopping);
        return changes.Count;
    }

    private async Task<int> TellDeadLettersAsync(CancellationToken stopping)
    {
        if (topics.DeadLettersTopic.Length == 0)
            return 0;
        var after = File.Exists(_cursorPath)
            ? long.Parse(await File.ReadAllTextAsync(_cursorPath, stopping), NumberStyles.None, CultureInfo.InvariantCulture)
            : 0;
        var letters = await parts.DeadLetters.AfterAsync(after, BatchMax, stopping);
        if (letters.Count == 0)
            return 0;
        await publisher.SendAsync([.. letters.Select(letter => DeadLetterMessage.Of(topics.DeadLettersTopic, letter))], stopping);
        Directory.CreateDirectory(Path.GetDirectoryName(_cursorPath)!);
        await File.WriteAllTextAsync(
            _cursorPath + ".next", letters[^1].Number.ToString(CultureInfo.InvariantCulture), stopping);
        File.Move(_cursorPath + ".next", _cursorPath, overwrite: true);
        return letters.Count;
    }

    /// <summary>The shapes of <c>score --alerts</c> and of the API; null for what nobody asked for.</summary>
    private OutgoingMessage? MessageOf(OutgoingChange change)
    {
        if (change.Kind == OutgoingKind.Action)
        {
            using var stored = JsonDocument.Parse(change.Body);
            var action = stored.RootElement.GetProperty("action");
            var target = action.GetProperty("target").GetProperty("id").GetString()!;
            return topics.ActionsTopic.Length == 0
                ? null : new OutgoingMessage(topics.ActionsTopic, target, Encoding.UTF8.GetBytes(action.GetRawText()));
        }
        var alert = JsonSerializer.Deserialize<Alert>(change.Body, AlertJson.Options)!;
        return topics.AlertsTopic.Length == 0
            ? null : new OutgoingMessage(topics.AlertsTopic, alert.Entity.Id, CaseLines.Of(alert));
    }
}
