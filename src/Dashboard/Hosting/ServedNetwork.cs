using SentinelHealth.Dashboard.Commands;
using SentinelHealth.Dashboard.Content;
using SentinelHealth.Dashboard.Rules;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Ingest.Kafka;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>The monitor of the settings with its ledger and its sources.</summary>
internal sealed class ServedNetwork : IAsyncDisposable
{
    private readonly ILedger _ledger;

    private readonly IEvidenceAnchors? _anchors;

    private ServedNetwork(MonitorParts monitor, ILedger ledger, IEvidenceAnchors? anchors, IReadOnlyList<ISource> sources) =>
        (Monitor, _ledger, _anchors, Sources) = (monitor, ledger, anchors, sources);

    public MonitorParts Monitor { get; }

    public IReadOnlyList<ISource> Sources { get; }

    /// <summary>Opens everything. What the settings name and cannot be opened is wrong usage.</summary>
    public static async Task<ServedNetwork> OpenAsync(
        SentinelSettings settings, ProcessRoles roles, string folder, TimeProvider clock, ILoggerFactory logs,
        CancellationToken cancel)
    {
        var (playbooks, problems) = PlaybookFolder.Load(settings.Playbooks.FolderOrShipped);
        if (problems.Count > 0)
            throw new UsageException(string.Join(" ", problems));
        RefuseUnknownChannels(playbooks, settings.Notify, settings.Compliance);
        try
        {
            var sources = roles.Has(ProcessRoles.Ingest)
                ? SourceFactory.Create(settings.Sources, settings.Kafka, folder, clock, logs) : [];
            var ledger = LedgerFactory.Open(settings.Ledger, folder, clock);
            var anchors = LedgerFactory.OpenAnchors(settings.Ledger, ledger, clock);
            var guard = new ContentGuard(settings.Content, anchors);
            await AdmitAsync(guard, settings, cancel);
            var documents = settings.Storage.OpenDocuments(folder);
            var plan = new MonitorPlan
            {
                Documents = documents,
                SharedLog = await SharedLogAsync(settings, roles, clock, logs, cancel),
                ObservedLog = await ObservedLogAsync(settings, roles, folder, clock, logs, cancel),
                Roles = roles,
                IsPublished = settings.Publish.AlertsTopic.Length + settings.Publish.ActionsTopic.Length > 0,
                OrderBy = settings.Log.OrderBy,
                DataFolder = folder,
                Storage = settings.Storage,
                Search = settings.Search.ToOptions(),
                Clock = clock,
                Ledger = ledger,
                Anchors = anchors,
                Allowlists = LedgerFactory.OpenAllowlists(settings.Ledger, ledger, folder),
                Playbooks = playbooks,
                Channels = settings.Notify.Open(clock),
                Rules = RuleShelf.Open(settings.Rules.FolderOrShipped, new RuleStageStore(documents), clock, guard),
                Detection = settings.Detection,
                Access = settings.Access,
                Compliance = settings.Compliance,
                Peers = settings.Peers,
                Connections = ConnectionList.Of(settings),
                Retention = settings.Retention.ToPlan(),
                MasterKeyFile = settings.Evidence.MasterKeyOrNull,
                Pump = new MonitorOptions { Order = settings.Time },
                Response = settings.Response.ToOptions() with { IsDirectoryPartial = settings.Log.Kind == LogKind.Kafka },
                Logs = logs,
            };
            return new ServedNetwork(await MonitorParts.OpenAsync(plan, cancel), ledger, anchors, sources);
        }
        catch (Exception fault) when (
            fault is IOException or InvalidDataException or LedgerTamperedException or ArgumentException or DllNotFoundException)
        {
            throw new UsageException($"{folder}: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>Content that is not as it was signed never decides anything.</summary>
    private static async Task AdmitAsync(ContentGuard guard, SentinelSettings settings, CancellationToken cancel)
    {
        foreach (var (folder, kind) in new[] { (settings.Rules.FolderOrShipped, "rules"),
            (settings.Playbooks.FolderOrShipped, "playbooks") })
        {
            if (await guard.AdmitAsync(folder, kind, cancel) is { } objection)
                throw new UsageException(objection);
        }
    }

    /// <summary>A notice that nobody would get is found at the start, not in the night of the incident.</summary>
    private static void RefuseUnknownChannels(PlaybookSet playbooks, NotifySection notify, ComplianceSection compliance)
    {
        var known = notify.Channels.Select(channel => channel.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var playbook in playbooks.Playbooks)
        {
            if (playbook.Notifies.FirstOrDefault(channel => !known.Contains(channel)) is { } unknown)
                throw new UsageException($"The playbook {playbook.Name} notifies {unknown}, and Notify:Channels has no channel of that name.");
        }
        if (compliance.NotifyChannels.FirstOrDefault(channel => !known.Contains(channel)) is { } missing)
            throw new UsageException($"Compliance:NotifyChannels names {missing}, and Notify:Channels has no channel of that name.");
    }

    private static async Task<KafkaEventLog?> SharedLogAsync(
        SentinelSettings settings, ProcessRoles roles, TimeProvider clock, ILoggerFactory logs, CancellationToken cancel) =>
        settings.Log.Kind == LogKind.Kafka
            ? await KafkaEventLog.OpenAsync(
                settings.Kafka!, settings.Log.Kafka, clock, logs.CreateLogger<KafkaEventLog>(), cancel,
                isMember: roles.Has(ProcessRoles.Detect))
            : null;

    /// <summary>
    /// Who shows or searches events needs all of them, and a group shares them out: so this process is a group of its own, whose name it
    /// keeps in its data folder.
    /// </summary>
    private static async Task<KafkaEventLog?> ObservedLogAsync(
        SentinelSettings settings, ProcessRoles roles, string folder, TimeProvider clock, ILoggerFactory logs,
        CancellationToken cancel)
    {
        if (settings.Log.Kind != LogKind.Kafka || (roles & (ProcessRoles.Respond | ProcessRoles.Dashboard)) == 0)
            return null;
        var file = Path.Combine(folder, "observer");
        if (!File.Exists(file))
            await File.WriteAllTextAsync(file, Guid.NewGuid().ToString("N"), cancel);
        var options = settings.Log.Kafka with
        {
            Group = $"{settings.Log.Kafka.Group}-observer-{(await File.ReadAllTextAsync(file, cancel)).Trim()}",
            InstanceId = "",
        };
        return await KafkaEventLog.OpenAsync(settings.Kafka!, options, clock, logs.CreateLogger<KafkaEventLog>(), cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await Monitor.DisposeAsync();
        foreach (var source in Sources.OfType<IDisposable>())
            source.Dispose();
        (_anchors as IDisposable)?.Dispose();
        Monitor.Plan.Allowlists?.Dispose();
        Monitor.Plan.Documents?.Dispose();
        (_ledger as IDisposable)?.Dispose();
    }
}
