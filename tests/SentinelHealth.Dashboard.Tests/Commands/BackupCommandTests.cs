using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Evidence;

namespace SentinelHealth.Dashboard.Tests.Commands;

public sealed class BackupCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Backup => _folder.File("backup");

    private string Restored => _folder.File("restored");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_restored_monitor_goes_on_and_its_evidence_verifies()
    {
        await using var bench = await EvidenceBench.RunAsync(seed: 11, days: 1, eventsPerDay: 1_500);
        var position = await bench.Store.PositionAsync(Cancel);

        var backup = await CommandRun.OfAsync("backup", "--data", bench.Data, "--out", Backup);
        // What happens afterwards is not in it.
        await bench.Store.CommitAsync(Next(position), Cancel);
        await bench.Recorder.DrainAsync(Cancel);
        var restore = await CommandRun.OfAsync("restore", "--from", Backup, "--data", Restored);

        Assert.Equal((0, ""), (backup.ExitCode, backup.Error));
        Assert.Equal((0, ""), (restore.ExitCode, restore.Error));
        Assert.Contains("master.key", restore.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Backup, "master.key")));
        foreach (var key in Directory.EnumerateFiles(bench.Data, "*", SearchOption.AllDirectories).Where(path => Path.GetExtension(path) is ".key" or ".pk8"))
            File.Copy(key, Path.Combine(Restored, Path.GetRelativePath(bench.Data, key)));
        Assert.Equal(0, (await CommandRun.OfAsync("evidence", "check", "--data", Restored)).ExitCode);
        await GoOnAsync(bench, position);
        Assert.Equal(0, (await CommandRun.OfAsync("evidence", "check", "--data", Restored)).ExitCode);
    }

    [Fact]
    public async Task A_backup_made_while_the_monitor_works_hard_is_whole()
    {
        await using var bench = await EvidenceBench.RunAsync(seed: 11, days: 1, eventsPerDay: 500);
        using var working = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var entered = 0;
        var work = Task.Run(
            async () =>
            {
                for (; !working.IsCancellationRequested; Interlocked.Increment(ref entered))
                {
                    await bench.Store.EnterEvidenceAsync(
                        [CaseEvidence.Act(EvidenceKind.Analyst, $"act-{entered}", bench.Clock.GetUtcNow(), new { act = "busy" })], CancellationToken.None);
                    await bench.Recorder.DrainAsync(CancellationToken.None);
                }
            },
            Cancel);
        await Eventually.HoldsAsync(() => Volatile.Read(ref entered) > 0, () => "Nothing was entered.");

        for (var round = 0; round < 3; round++)
        {
            var (backup, data) = (_folder.File($"backup-{round}"), _folder.File($"data-{round}"));
            Assert.Equal(0, (await CommandRun.OfAsync("backup", "--data", bench.Data, "--out", backup, "--with-keys")).ExitCode);
            Assert.Equal(0, (await CommandRun.OfAsync("restore", "--from", backup, "--data", data)).ExitCode);
            using var store = SqliteCaseStore.Open(Path.Combine(data, "cases.db"));
            // Opening reads every entry, and refuses a log that lacks what the store says it has, or has what the store does not know of.
            using var recorder = await EvidenceRecorder.OpenAsync(
                Path.Combine(data, "evidence"), store, FileSigner.Open(Path.Combine(data, "evidence"), SigningAlgorithm.EcdsaP256), bench.Clock, Cancel);
            Assert.True(recorder.Log.Size > 0);
        }
        await working.CancelAsync();
        await work;
    }

    [Fact]
    public async Task A_backup_that_was_changed_is_not_restored()
    {
        using (SqliteCaseStore.Open(_folder.File("data/cases.db")))
            await File.WriteAllTextAsync(_folder.File("data/rule-stages.json"), "{}", Cancel);
        Assert.Equal(0, (await CommandRun.OfAsync("backup", "--data", _folder.File("data"), "--out", Backup)).ExitCode);
        await File.WriteAllTextAsync(Path.Combine(Backup, "rule-stages.json"), "[]", Cancel);

        var restore = await CommandRun.OfAsync("restore", "--from", Backup, "--data", Restored);

        Assert.Equal(2, restore.ExitCode);
        Assert.Contains("rule-stages.json: The file is not what was backed up.", restore.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Restored));
    }

    [Fact]
    public async Task Nothing_that_is_there_is_overwritten()
    {
        SqliteCaseStore.Open(_folder.File("data/cases.db")).Dispose();
        Assert.Equal(0, (await CommandRun.OfAsync("backup", "--data", _folder.File("data"), "--out", Backup)).ExitCode);

        Assert.Equal(2, (await CommandRun.OfAsync("backup", "--data", _folder.File("data"), "--out", Backup)).ExitCode);
        Assert.Equal(2, (await CommandRun.OfAsync("restore", "--from", Backup, "--data", _folder.File("data"))).ExitCode);
        Assert.Equal(2, (await CommandRun.OfAsync("restore", "--from", _folder.File("absent"), "--data", Restored)).ExitCode);
        Assert.Equal(2, (await CommandRun.OfAsync("backup", "--data", _folder.File("absent"), "--out", Restored)).ExitCode);
    }

    private async Task GoOnAsync(EvidenceBench bench, PumpPosition position)
    {
        using var vault = SubjectVault.Open(Restored, null);
        using var store = SqliteCaseStore.Open(Path.Combine(Restored, "cases.db"));
        store.KeepEvidence(new EvidenceIntake(vault, bench.Clock));
        using var recorder = await EvidenceRecorder.OpenAsync(
            Path.Combine(Restored, "evidence"), store, FileSigner.Open(Path.Combine(Restored, "evidence"), SigningAlgorithm.EcdsaP256), bench.Clock, Cancel);
        Assert.Equal(position.Tally, (await store.PositionAsync(Cancel)).Tally);
        Assert.Null(await store.AlertAsync("after-the-backup", Cancel));

        await store.CommitAsync(Next(position), Cancel);

        Assert.NotNull(await store.AlertAsync("after-the-backup", Cancel));
        Assert.True(await recorder.DrainAsync(Cancel) > 0);
    }

    private static CaseCommit Next(PumpPosition position) => new()
    {
        ExpectedOffsets = position.ScoredOffsets,
        ScoredOffsets = position.ScoredOffsets.ToDictionary(one => one.Key, one => one.Value + 1),
        Alerts = [SomeCase.Alert("after-the-backup")],
    };
}
