using System.CommandLine;
using System.Text.Json;
using SentinelHealth.Dashboard.Compliance;
using SentinelHealth.Dashboard.Evidence;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Verification;

namespace SentinelHealth.Dashboard.Commands;

/// <summary><c>evidence export|verify|check</c>: packs of incidents, and the log they come from.</summary>
internal static class EvidenceCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static Command Create(CommandSurroundings surroundings) =>
        new("evidence", "Evidence packs, and the log they come from.")
    {
        Export(surroundings),
        Verify(surroundings),
        Check(surroundings),
        ErasureCommand.Create(surroundings),
    };

    private static Command Export(CommandSurroundings surroundings)
    {
        var incident = new Option<string>("--incident") { Description = "The incident's identifier.", Required = true };
        var output = new Option<string>("--out")
        {
            Description = "Where the pack goes (.zip); - is standard output.",
            Required = true
        };
        var reason = new Option<string>("--reason") { Description = "Why; stands in the pack.", DefaultValueFactory = _ => "" };
        var (data, config) = (SharedOptions.Data(), SharedOptions.Config());
        var export = new Command("export", "Writes the evidence pack of an incident. May be used while the monitor runs.")
        {
            incident, output, reason, data, config,
        };
        export.SetAction((parsed, cancel) => ExportAsync(
            surroundings, (Path.GetFullPath(parsed.GetRequiredValue(data)),
                SettingsFile.ReadValid(SettingsFile.Read(parsed.GetValue(config)))),
            (parsed.GetRequiredValue(incident), parsed.GetRequiredValue(output), parsed.GetRequiredValue(reason)), cancel));
        return export;
    }

    private static async Task<int> ExportAsync(
        CommandSurroundings surroundings, (string Folder, SentinelSettings Settings) place,
            (string Incident, string Output, string Reason) asked,
        CancellationToken cancel)
    {
        var data = place.Folder;
        var folder = EvidenceParts.FolderOf(data);
        if (!Directory.Exists(folder) || !place.Settings.Storage.HasCases(data))
            throw new UsageException($"{data}: There is no evidence log.");
        try
        {
            using var parts = await ComplianceFolder.OpenAsync(data, place.Settings, surroundings.Clock, cancel);
            using var reader = EvidenceReader.Open(folder);
            var signer = EvidenceParts.OpenSigner(new EvidencePlan(data, null, place.Settings.Storage));
            var origin = new PackOrigin(surroundings.Clock.GetUtcNow(), Environment.UserName, EvidenceVersions.Program,
                asked.Reason);
            var collector = new EvidencePackCollector(parts.Store, reader, folder, parts.Vault);
            var plan = await collector.CollectAsync(asked.Incident, signer.Keys, origin, cancel)
                ?? throw new UsageException($"{asked.Incident}: There is no evidence of this incident.");
            await parts.Store.EnterEvidenceAsync(
                [CaseEvidence.Act(EvidenceKind.Read, asked.Incident, origin.CollectedAt, new
                {
                    action = "exported", by = origin.Collector, reason = asked.Reason,
                })],
                cancel);
            var reports = await parts.Desk.PackedAsync(asked.Incident, origin.Collector, cancel);
            await using var output = new CommandFiles(surroundings).OpenOutput(asked.Output)!;
            await output.WriteAsync(EvidencePack.Write(plan with { Reports = reports }, signer), cancel);
            return ExitCode.Done;
        }
        catch (Exception fault) when (
            fault is IOException or InvalidDataException or EvidenceTamperedException or UnauthorizedAccessException)
        {
            throw new UsageException($"{data}: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static Command Verify(CommandSurroundings surroundings)
    {
        var pack = new Argument<string>("file") { Description = "The pack (.zip); - is standard input." };
        var json = new Option<bool>("--json") { Description = "Answers as JSON." };
        var log = new Option<string?>("--trust-log") { Description = "The log's first key that alone is trusted." };
        var ledger = new Option<string?>(
            "--trust-ledger")
        { Description = "SHA-256 of the embedded ledger's key that alone is trusted." };
        var pending = new Option<bool>("--allow-pending") { Description = "Accepts entries that are not anchored yet." };
        var verify = new Command("verify", "Checks an evidence pack, offline, and names the link that is broken.")
        {
            pack, json, log, ledger, pending,
        };
        verify.SetAction(async (parsed, cancel) =>
        {
            var bytes = await ReadAsync(surroundings, parsed.GetRequiredValue(pack), cancel);
            var verdict = PackVerifier.Verify(bytes, new PackTrust
            {
                LogKey = parsed.GetValue(log),
                LedgerKey = parsed.GetValue(ledger),
                AcceptsPending = parsed.GetValue(pending),
            });
            await TellAsync(surroundings, verdict, parsed.GetValue(json));
            return verdict.IsGood ? ExitCode.Done : ExitCode.Problems;
        });
        return verify;
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(
        CommandSurroundings surroundings, string path, CancellationToken cancel)
    {
        using var input = new CommandFiles(surroundings).OpenInput(path);
        using var memory = new MemoryStream();
        var buffer = new byte[1 << 16];
        await Progress.ShowAsync(surroundings, "Reading", input, async () =>
        {
            int read;
            while ((read = await input.ReadAsync(buffer, cancel)) > 0)
            {
                if (memory.Length + read > PackVerifier.BytesMax)
                    throw new UsageException($"{path}: The file is longer than any pack.");
                memory.Write(buffer, 0, read);
            }
        });
        return memory.GetBuffer().AsMemory(0, (int)memory.Length);
    }

    private static async Task TellAsync(CommandSurroundings surroundings, PackVerdict verdict, bool asJson)
    {
        if (asJson)
        {
            await surroundings.Output.WriteLineAsync(JsonSerializer.Serialize(verdict, Json));
            return;
        }
        foreach (var problem in verdict.Problems)
            await surroundings.Output.WriteLineAsync($"broken    {problem.Stage}: {problem.Detail}");
        await surroundings.Output.WriteLineAsync(verdict.IsGood
            ? $"verified  {verdict.Entries} entries of incident {verdict.Incident}, {verdict.Erased} of them about erased persons"
            : $"refused   the chain is broken at {verdict.BrokenStage}");
        if (verdict.Anchor.Length > 0)
            await surroundings.Output.WriteLineAsync($"anchored  {verdict.Anchor}");
        if (verdict.LogKey.Length > 0)
            await surroundings.Output.WriteLineAsync($"compare   log key {verdict.LogKey}");
        if (verdict.LedgerKey.Length > 0)
            await surroundings.Output.WriteLineAsync($"compare   ledger key {verdict.LedgerKey}");
    }

    private static Command Check(CommandSurroundings surroundings)
    {
        var data = SharedOptions.Data();
        var check = new Command("check", "Checks the evidence log from its first entry. May be used while the monitor runs.") { data };
        check.SetAction(async (parsed, _) =>
        {
            var folder = EvidenceParts.FolderOf(Path.GetFullPath(parsed.GetRequiredValue(data)));
            if (!Directory.Exists(folder))
                throw new UsageException($"{folder}: There is no evidence log.");
            var (read, verdict) = (0L, (LogVerdict?)null);
            var total = EvidenceRecorder.ReadHead(folder)?.Size ?? 0;
            await Progress.ShowAsync(surroundings, "Checking", total, () => Interlocked.Read(ref read), () =>
            {
                verdict = LogVerifier.Verify(folder, new Counter(count => Interlocked.Exchange(ref read, count)));
                return Task.CompletedTask;
            });
            await surroundings.Output.WriteLineAsync(JsonSerializer.Serialize(verdict, Json));
            return verdict!.Problem.Length == 0 ? ExitCode.Done : ExitCode.Problems;
        });
        return check;
    }

    private sealed class Counter(Action<long> count) : IProgress<long>
    {
        public void Report(long value) => count(value);
    }
}
