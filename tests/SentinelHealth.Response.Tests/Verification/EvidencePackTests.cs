using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Verification;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Evidence;

namespace SentinelHealth.Response.Tests.Verification;

/// <summary>Packs of a simulated network's incidents, and what becomes of them in wrong hands.</summary>
public sealed class EvidencePackTests(ITestOutputHelper output) : IAsyncLifetime
{
    private EvidenceBench _bench = null!;

    private const int Mutations = 1_000;

    public async ValueTask InitializeAsync() => _bench = await EvidenceBench.RunAsync(seed: 7, eventsPerDay: 2_500);

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_pack_is_accepted_as_it_was_written_and_any_mutation_is_refused_at_its_stage()
    {
        var seed = TestSeed.Next(output);
        var packs = await _bench.PacksAsync(packsMax: 10);
        Assert.True(packs.Count >= 3);
        Assert.All(packs, pack => Assert.Empty(PackVerifier.Verify(pack, new PackTrust()).Problems));
        // Every stage of the chain must occur, or the mutations below would not reach it.
        Assert.All(
            new[] { "event", "versions", "score", "policy", "approvals", "receipt" },
            stage => Assert.Contains(packs, pack => PackMutator.Read(pack)[$"{stage}/entries.ndjson"].Length > 0));
        var mutator = new PackMutator(seed);
        var missed = new List<string>();
        for (var (done, i) = (0, 0); done < Mutations; i++)
        {
            if (mutator.Next(packs[i % packs.Count]) is not { } mutated)
                continue;
            var verdict = PackVerifier.Verify(mutated.Pack, new PackTrust());
            done++;
            if (verdict.BrokenStage != mutated.Stage)
                missed.Add($"{mutated.What}: named \"{verdict.BrokenStage}\": {string.Join(" ", verdict.Problems.Take(3))}");
        }
        Assert.True(missed.Count == 0, $"{missed.Count} missed, such as:\n{string.Join("\n", missed.Take(12))}");
        Assert.All(Enumerable.Range(0, 200), i =>
            Assert.False(PackVerifier.Verify(mutator.FlipAnywhere(packs[i % packs.Count]), new PackTrust()).IsGood));
    }

    [Fact]
    public async Task The_same_plan_gives_the_same_bytes_and_trust_can_be_pinned()
    {
        var incident = (await _bench.Store.IncidentsAsync(new(), null, 1, TestContext.Current.CancellationToken)).Items[0].Id;

        var one = PackMutator.Read((await _bench.PackAsync(incident))!);
        var other = PackMutator.Read((await _bench.PackAsync(incident))!);

        foreach (var (name, content) in one.Where(file => file.Key != "signature.json"))
            Assert.Equal(content, other[name]);
        var pack = PackMutator.Write(one);
        var verdict = PackVerifier.Verify(pack, new PackTrust());
        Assert.Empty(verdict.Problems);
        Assert.Equal(_bench.Signer.Keys[0].Id, verdict.LogKey);
        var pinned = new PackTrust { LogKey = verdict.LogKey, LedgerKey = verdict.LedgerKey };
        Assert.Empty(PackVerifier.Verify(pack, pinned).Problems);
        Assert.Equal("anchor", PackVerifier.Verify(pack, new PackTrust { LogKey = "another" }).BrokenStage);
        Assert.Equal("anchor", PackVerifier.Verify(pack, new PackTrust { LedgerKey = "another" }).BrokenStage);
    }

    [Fact]
    public async Task An_erased_person_is_gone_from_every_file_and_earlier_packs_and_the_log_still_verify()
    {
        var packs = await _bench.PacksAsync(packsMax: 50);
        var earlier = packs.First(pack => PackMutator.Read(pack)["event/raw.ndjson"].AsSpan().IndexOf("\"subject\":\"pat"u8) >= 0);
        var record = System.Text.Encoding.UTF8.GetString(PackMutator.Read(earlier)["event/raw.ndjson"]).Split('\n')
            .First(line => line.Contains("\"subject\":\"pat", StringComparison.Ordinal));
        var subject = SentinelHealth.Response.Evidence.CaseEvidence.SubjectOf(record);
        var incident = PackVerifier.Verify(earlier, new PackTrust()).Incident;

        var keys = _bench.Vault.EraseSubject(subject, "compliance-1", _bench.Clock.GetUtcNow());
        await _bench.Store.EraseEventsAsync(text => _bench.IsOf(subject, text), TestContext.Current.CancellationToken);
        var later = await _bench.PackAsync(incident);

        Assert.NotEmpty(keys);
        foreach (var file in Directory.EnumerateFiles(_bench.Data, "*", SearchOption.AllDirectories).Where(IsReadable))
            Assert.True(await FindsAsync(file, record) < 0, $"{file} still has it.");
        Assert.Empty(PackVerifier.Verify(earlier, new PackTrust()).Problems);
        var verdict = PackVerifier.Verify(later, new PackTrust());
        Assert.Empty(verdict.Problems);
        Assert.True(verdict.Erased > 0);
        Assert.Equal("", LogVerifier.Verify(_bench.Folder, null).Problem);
    }

    private static bool IsReadable(string file) => Path.GetFileName(file) != "lock";

    private static async Task<int> FindsAsync(string file, string record)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var content = new byte[stream.Length];
        await stream.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false);
        return content.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(record));
    }
}
