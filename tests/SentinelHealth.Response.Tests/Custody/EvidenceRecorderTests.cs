using System.Text;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Verification;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Custody;

/// <summary>From the case store to the log and the ledger: nothing lost, nothing twice, whatever dies.</summary>
public sealed class EvidenceRecorderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Evidence => _folder.File("evidence");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_commit_enters_what_it_is_about_in_the_order_of_cause_and_effect()
    {
        using var vault = SubjectVault.Open(_folder.Path, null);
        using var store = await StoreAsync(vault);
        await store.CommitAsync(Commit(0), Cancel);

        var waiting = await store.WaitingEvidenceAsync(100, long.MaxValue, Cancel);

        Assert.Equal(["versions", "event", "batch", "alert", "incident"], waiting.Select(item => item.Entry.Kind));
        Assert.Equal([0, 1, 2, 3, 4], waiting.Select(item => item.Entry.Number));
        Assert.NotNull(EvidencePayload.KeyIdOf(waiting[1].Payload));
        Assert.Equal(["{\"subject\":\"patient:1\",\"id\":\"e-0\"}"], await store.EvidenceAsync(["e-0"], Cancel));
    }

    [Fact]
    public async Task A_crash_between_log_head_and_store_loses_nothing_and_doubles_nothing()
    {
        using var vault = SubjectVault.Open(_folder.Path, null);
        var signer = FileSigner.Open(Evidence, SigningAlgorithm.EcdsaP256);
        var expected = 0L;
        for (var round = 0; round < 6; round++)
        {
            using var store = await StoreAsync(vault);
            await store.CommitAsync(Commit(round), Cancel);
            expected = (await store.EvidenceCountAsync(Cancel)).Entered;
            var waiting = await store.WaitingEvidenceAsync(100, long.MaxValue, Cancel);
            // The process dies after a part of the batch reached the log, before the head was signed or the store was told.
            using (var log = EvidenceLog.Open(Evidence, new EvidenceLogOptions(), EvidenceRecorder.KnownHeads(Evidence)))
                log.Append([.. waiting.Take(round).Select(item => new EvidenceRecord(item.Entry.ToLeaf(), item.Payload))]);

            using var recorder = await EvidenceRecorder.OpenAsync(Evidence, store, signer, _clock, Cancel);
            await recorder.DrainAsync(Cancel);

            Assert.Equal(expected, recorder.Log.Size);
            Assert.Empty(await store.WaitingEvidenceAsync(100, long.MaxValue, Cancel));
        }
        using var reader = EvidenceReader.Open(Evidence);
        for (var number = 0; number < expected; number++)
            Assert.Equal(number, EvidenceEntry.FromLeaf(reader.Read(number).Leaf.ToArray()).Number);
        Assert.Equal(new LogVerdict(expected, expected, 0, ""), LogVerifier.Verify(Evidence, null));
    }

    [Fact]
    public async Task A_log_that_lost_what_was_drained_into_it_is_refused()
    {
        using var vault = SubjectVault.Open(_folder.Path, null);
        var signer = FileSigner.Open(Evidence, SigningAlgorithm.EcdsaP256);
        using var store = await StoreAsync(vault);
        await store.CommitAsync(Commit(0), Cancel);
        using (var recorder = await EvidenceRecorder.OpenAsync(Evidence, store, signer, _clock, Cancel))
            await recorder.DrainAsync(Cancel);
        foreach (var file in Directory.GetFiles(Evidence).Where(file => Path.GetFileName(file) is not ("keys.json" or "key-0.pk8")))
            File.Delete(file);

        await Assert.ThrowsAsync<EvidenceTamperedException>(
            () => EvidenceRecorder.OpenAsync(Evidence, store, signer, _clock, Cancel));
    }

    [Fact]
    public async Task A_head_is_anchored_once_whatever_the_ledger_says_in_between()
    {
        using var vault = SubjectVault.Open(_folder.Path, null);
        using var ledger = EmbeddedLedger.Open(_folder.Path, new EmbeddedLedgerRules(), _clock);
        var signer = FileSigner.Open(Evidence, SigningAlgorithm.EcdsaP256);
        using var store = await StoreAsync(vault);
        await store.CommitAsync(Commit(0), Cancel);
        using var recorder = await EvidenceRecorder.OpenAsync(Evidence, store, signer, _clock, Cancel);
        await recorder.DrainAsync(Cancel);
        var before = await ledger.GetHeadAsync(Cancel);

        var lost = new ForgetfulAnchors(ledger);
        Assert.IsType<AnchorReply.Unknown>(await recorder.AnchorAsync(lost, Cancel));
        Assert.IsType<AnchorReply.Anchored>(await recorder.AnchorAsync(ledger, Cancel));
        Assert.Null(await recorder.AnchorAsync(ledger, Cancel));

        Assert.Equal(before.Block + 1, (await ledger.GetHeadAsync(Cancel)).Block);
        Assert.Equal(new LogVerdict(5, 5, 5, ""), LogVerifier.Verify(Evidence, null));
    }

    [Fact]
    public async Task A_rotated_key_is_introduced_by_the_one_before_and_the_old_one_is_gone()
    {
        using var vault = SubjectVault.Open(_folder.Path, null);
        var signer = FileSigner.Open(Evidence, SigningAlgorithm.EcdsaP256);
        using var store = await StoreAsync(vault);
        await store.CommitAsync(Commit(0), Cancel);
        using var recorder = await EvidenceRecorder.OpenAsync(Evidence, store, signer, _clock, Cancel);
        await recorder.DrainAsync(Cancel);

        signer.Rotate(SigningAlgorithm.All.Last(algorithm => algorithm.IsSupported));
        await store.CommitAsync(Commit(1), Cancel);
        await recorder.DrainAsync(Cancel);

        Assert.Equal(2, FileSigner.Open(Evidence, SigningAlgorithm.EcdsaP256).Keys.Count);
        Assert.Equal(signer.Keys[1].Id, recorder.Head!.Signature.KeyId);
        Assert.Equal(signer.Keys[0].Id, recorder.Head.Head.Log);
        Assert.False(File.Exists(Path.Combine(Evidence, "key-0.pk8")));
        Assert.Equal("", LogVerifier.Verify(Evidence, null).Problem);
    }

    private async Task<CaseStore> StoreAsync(SubjectVault vault)
    {
        var store = SqliteCaseStore.Open(_folder.File("cases.db"));
        store.KeepEvidence(new EvidenceIntake(vault, _clock));
        return store;
    }

    private static CaseCommit Commit(int number) => new()
    {
        ScoredOffsets = new Dictionary<int, long> { [0] = number },
        Versions = number == 0 ? Encoding.ASCII.GetBytes("{}") : null,
        Events = [new EventEvidence($"e-{number}", $"{{\"subject\":\"patient:1\",\"id\":\"e-{number}\"}}")],
        Batch = new BatchEvidence(0, number, number, 1, "0x" + new string('a', 64)),
        Alerts = [SomeCase.Alert($"alert-{number}")],
        Incidents = [SomeCase.Incident() with { Version = number + 1 }],
    };

    private sealed class ForgetfulAnchors(IEvidenceAnchors inner) : IEvidenceAnchors
    {
        public async Task<AnchorReply> AnchorAsync(EvidenceAnchor anchor, CancellationToken cancel)
        {
            await inner.AnchorAsync(anchor, cancel);
            return new AnchorReply.Unknown("The answer was lost.");
        }

        public Task<AnchorReceipt?> LatestAnchorAsync(string log, CancellationToken cancel) =>
            inner.LatestAnchorAsync(log, cancel);
    }
}
