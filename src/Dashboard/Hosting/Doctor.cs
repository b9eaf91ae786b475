using System.Net;
using System.Net.Sockets;
using System.Reflection;
using SentinelHealth.Dashboard.Commands;
using SentinelHealth.Dashboard.Evidence;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Ingest.Kafka;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Storage.Engines;
using SentinelHealth.Response.Verification;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>One thing that was looked at.</summary>
internal sealed record DoctorFinding(string Subject, bool IsWell, string Detail);

/// <summary>Looks at the surroundings without changing them: what it writes to try, it removes.</summary>
internal sealed class Doctor(SentinelSettings settings, TimeProvider clock)
{
    private const long FreeBytesMin = 512L * 1024 * 1024;
    private static readonly TimeSpan LedgerPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ClockSlack = TimeSpan.FromDays(1);

    public async Task<IReadOnlyList<DoctorFinding>> ExamineAsync(string folder, CancellationToken cancel) =>
    [
        Sqlite(),
        Folder(folder),
        .. (settings.Web.Urls.Count > 0 ? settings.Web.Urls : WebSection.UrlsDefault).Select(Port),
        Clock(),
        Playbooks(),
        .. Evidence(folder),
        .. settings.Sources.Files.Select(file => new DoctorFinding(
            $"source {file.Name}", File.Exists(file.Path), File.Exists(file.Path) ? file.Path : $"{file.Path} is not there yet")),
        .. Database(folder),
        .. KafkaCluster(),
        .. await LedgersAsync(cancel),
    ];

    private static DoctorFinding Sqlite() => Try("sqlite", () =>
    {
        SqliteLibrary.Load();
        return SQLitePCL.raw.sqlite3_libversion().utf8_to_string();
    });

    private static DoctorFinding Folder(string folder) => Try("data folder", () =>
    {
        var existing = new DirectoryInfo(folder);
        while (!existing.Exists)
            existing = existing.Parent ?? throw new DirectoryNotFoundException($"{folder} has no root.");
        var probe = Path.Combine(existing.FullName, $".sentinel-{Guid.NewGuid():N}");
        using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
        {
            var free = new DriveInfo(existing.FullName).AvailableFreeSpace;
            return free >= FreeBytesMin ? $"{folder} is writable" : throw new IOException($"{folder} has only {free >> 20} MiB left.");
        }
    });

    private static DoctorFinding Port(string url) => Try($"address {url}", () =>
    {
        var uri = new Uri(url);
        var address = IPAddress.TryParse(uri.Host.Trim('[', ']'), out var parsed) ? parsed : IPAddress.Loopback;
        using var probe = new TcpListener(address, uri.Port) { ExclusiveAddressUse = true };
        probe.Start();
        return "free";
    });

    /// <summary>A clock that stands before this program was built cannot be right.</summary>
    private DoctorFinding Clock()
    {
        var built = File.GetLastWriteTimeUtc(Assembly.GetExecutingAssembly().Location);
        var now = clock.GetUtcNow();
        var isSane = now.UtcDateTime + ClockSlack >= built;
        return new("clock", isSane, isSane ? $"{now:yyyy-MM-dd HH:mm:ss} UTC" : $"{now:yyyy-MM-dd} lies before this program was built");
    }

    /// <summary>The database that processes share, and files that are not used because it is.</summary>
    private IEnumerable<DoctorFinding> Database(string folder)
    {
        if (!settings.Storage.IsShared)
            yield break;
        yield return Try("database", () => PostgresProbe.Ask(settings.Storage.Postgres.ToFewOptions()));
        foreach (var file in DataMove.LeftBehind(folder))
            yield return new("database", false, $"{file} is moved into the database at the next start, or not used if that has accounts already");
    }

    private IEnumerable<DoctorFinding> KafkaCluster()
    {
        if (settings.Kafka is not { } connection)
            yield break;
        var topics = settings.Sources.Kafka.SelectMany(source => source.Topics)
            .Concat([settings.Publish.AlertsTopic, settings.Publish.ActionsTopic, settings.Publish.DeadLettersTopic])
            .Concat(settings.Log.Kind == LogKind.Kafka ? [settings.Log.Kafka.Topic] : [])
            .Where(topic => topic.Length > 0).Distinct(StringComparer.Ordinal);
        yield return Try("kafka", () => KafkaProbe.Ask(connection with { StartTimeout = LedgerPatience }, topics));
    }

    private DoctorFinding Playbooks()
    {
        var (playbooks, problems) = PlaybookFolder.Load(settings.Playbooks.FolderOrShipped);
        return problems.Count == 0
            ? new("playbooks", true, $"{playbooks.Playbooks.Count} are valid")
            : new("playbooks", false, string.Join(" ", problems));
    }

    /// <summary>From the first entry (I4), with the verifier that shares no code with the writer.</summary>
    private static IEnumerable<DoctorFinding> Evidence(string folder)
    {
        var log = EvidenceParts.FolderOf(folder);
        if (!Directory.Exists(log))
            yield break;
        yield return Try("evidence", () =>
        {
            var verdict = LogVerifier.Verify(log, null);
            return verdict.Problem.Length == 0
                ? $"{verdict.Entries} entries, {verdict.SignedEntries} signed, {verdict.AnchoredEntries} anchored"
                : throw new InvalidDataException(verdict.Problem);
        });
    }

    private async Task<IReadOnlyList<DoctorFinding>> LedgersAsync(CancellationToken cancel)
    {
        if (settings.Ledger.Kind == LedgerKind.Embedded)
            return [new("ledger", true, "embedded")];
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(LedgerPatience);
        try
        {
            var ledger = LedgerFactory.Open(settings.Ledger, "", clock);
            using var closing = ledger as IDisposable;
            var head = await ledger.GetHeadAsync(patience.Token);
            var validators = await ledger.GetValidatorsAsync(patience.Token);
            return [new("ledger", true, $"{head.Name}, block {head.Block}, {validators.Validators.Count} validators")];
        }
        catch (Exception fault) when (
            fault is LedgerUnavailableException or UsageException or ArgumentException or OperationCanceledException)
        {
            return [new("ledger", false, fault.Message)];
        }
    }

    private static DoctorFinding Try(string subject, Func<string> look)
    {
        try
        {
            return new(subject, true, look());
        }
        catch (Exception fault) when (
            fault is IOException or UnauthorizedAccessException or SocketException or DllNotFoundException
                or InvalidDataException)
        {
            return new(subject, false, fault.Message);
        }
    }
}
