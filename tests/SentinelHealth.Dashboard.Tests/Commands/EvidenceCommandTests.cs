using System.Text.Json;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Evidence;

namespace SentinelHealth.Dashboard.Tests.Commands;

public sealed class EvidenceCommandTests : IDisposable
{
    private static readonly string Sample = Path.Combine(AppContext.BaseDirectory, "samples", "incident-evidence.zip");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_sample_in_the_documents_is_accepted_and_a_mutated_one_is_refused_at_its_stage()
    {
        var files = PackMutator.Read(await File.ReadAllBytesAsync(Sample, TestContext.Current.CancellationToken));
        var good = await CommandRun.OfAsync("evidence", "verify", Sample, "--json");
        files["score/entries.ndjson"][^20] ^= 1;
        var mutated = _folder.File("mutated.zip");
        await File.WriteAllBytesAsync(mutated, PackMutator.Write(files), TestContext.Current.CancellationToken);

        var bad = await CommandRun.OfAsync("evidence", "verify", mutated);

        Assert.Equal((0, ""), (good.ExitCode, good.Error));
        var verdict = JsonDocument.Parse(good.Output).RootElement;
        Assert.True(verdict.GetProperty("isGood").GetBoolean());
        Assert.True(verdict.GetProperty("entries").GetInt32() > 5);
        Assert.Equal(1, bad.ExitCode);
        Assert.Contains("the chain is broken at score", bad.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_pack_is_refused_and_one_that_is_not_there_is_wrong_usage()
    {
        Assert.Equal(1, (await CommandRun.OfAsync("no zip at all"u8.ToArray(), "evidence", "verify", "-")).ExitCode);
        Assert.Equal(2, (await CommandRun.OfAsync("evidence", "verify", _folder.File("absent.zip"))).ExitCode);
        Assert.Equal(2, (await CommandRun.OfAsync("evidence", "check", "--data", _folder.Path)).ExitCode);
        Assert.Equal(2, (await CommandRun.OfAsync(
            "evidence", "export", "--incident", "inc-1", "--out", "-", "--data", _folder.Path)).ExitCode);
    }

    [Fact]
    public async Task A_pack_is_exported_from_a_data_folder_and_verified()
    {
        await using var bench = await EvidenceBench.RunAsync(seed: 7, days: 1, eventsPerDay: 2_500);
        var incident = (await bench.Store.IncidentsAsync(new(), null, 1, default)).Items[0].Id;
        var pack = _folder.File("pack.zip");
        bench.Vault.Dispose();
        foreach (var file in new[] { "subjects.db", "master.key" })
            File.Copy(Path.Combine(bench.Data, file), Path.Combine(bench.Folder, file));

        var export = await CommandRun.OfAsync("evidence", "export", "--incident", incident, "--out", pack, "--data", bench.Data);
        var check = await CommandRun.OfAsync("evidence", "check", "--data", bench.Data);
        var verify = await CommandRun.OfAsync("evidence", "verify", pack);

        Assert.Equal((0, ""), (export.ExitCode, export.Error));
        Assert.Equal((0, ""), (check.ExitCode, check.Error));
        Assert.True(verify.ExitCode == 0, verify.Output);
        Assert.Contains($"entries of incident {incident}", verify.Output, StringComparison.Ordinal);
        // The export is evidence itself, and waits for the log.
        Assert.Single(await bench.Store.EvidenceAboutAsync("read", incident, 10, default));
    }
}
