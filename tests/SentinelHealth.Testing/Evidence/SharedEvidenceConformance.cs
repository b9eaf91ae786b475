using System.Text;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Custody.Sharing;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Verification;
using SentinelHealth.Testing.Storage;

namespace SentinelHealth.Testing.Evidence;

/// <summary>An evidence log that several processes share, on every engine: nothing lost, nothing twice, nothing that cannot be verified.</summary>
public abstract class SharedEvidenceConformance(StoreSite site) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly List<IDisposable> _opened = [];
    private int _commits;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (var part in Enumerable.Reverse(_opened))
            part.Dispose();
        site.Dispose();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Whoever_leads_takes_entries_and_the_others_have_all_of_them()
    {
        var (first, second) = await TwoAsync();
        await CommitAsync(first.Store);
        await first.Recorder.DrainAsync(Cancel);
        await second.Recorder.FollowAsync(Cancel);
        Assert.Equal(first.Recorder.Head, second.Recorder.Head);

        // The other takes over: heads by either key stand in one log.
        await CommitAsync(second.Store);
        await second.Recorder.DrainAsync(Cancel);
        await first.Recorder.FollowAsync(Cancel);
        await CommitAsync(first.Store);
        await first.Recorder.DrainAsync(Cancel);
        await second.Recorder.FollowAsync(Cancel);

        Assert.Equal(Convert.ToHexString(first.Recorder.Log.Root()), Convert.ToHexString(second.Recorder.Log.Root()));
        Assert.Empty(await first.Store.WaitingEvidenceAsync(10, long.MaxValue, Cancel));
        foreach (var name in new[] { "a", "b" })
            AssertWhole(name, first.Recorder.Log.Size, 0);
    }

    [Fact]
    public async Task A_pack_made_by_any_process_is_good_under_the_logs_first_key()
    {
        var (first, second) = await TwoAsync();
        // Its key comes after the second's, and the first has introduced it.
        var third = await OpenAsync("c", by: first);
        using var ledger = EmbeddedLedger.Open(_folder.Path, new EmbeddedLedgerRules(), _clock);
        await CommitAsync(first.Store);
        await first.Recorder.DrainAsync(Cancel);
        Assert.IsType<AnchorReply.Anchored>(await first.Recorder.AnchorAsync(ledger, Cancel));
        await CommitAsync(second.Store);
        await second.Recorder.DrainAsync(Cancel);
        Assert.Equal(first.Recorder.Anchored, second.Recorder.Anchored);
        Assert.IsType<AnchorReply.Anchored>(await second.Recorder.AnchorAsync(ledger, Cancel));
        Assert.Null(await second.Recorder.AnchorAsync(ledger, Cancel));
        await first.Recorder.FollowAsync(Cancel);
        Assert.Null(await first.Recorder.AnchorAsync(ledger, Cancel));

        await third.Recorder.FollowAsync(Cancel);
        foreach (var (part, name) in new[] { (first, "a"), (second, "b"), (third, "c") })
        {
            await part.Recorder.FollowAsync(Cancel);
            Assert.Equal(3, part.Signer.Keys.Count);
            var collector = new EvidencePackCollector(part.Store, part.Recorder.Log.Reader, Folder(name), new NoVault());
            var plan = await collector.CollectAsync(
                "inc-1", part.Signer.Keys, new PackOrigin(_clock.GetUtcNow(), "test", "test", ""), Cancel);
            var verdict = PackVerifier.Verify(
                EvidencePack.Write(plan!, part.Signer), new PackTrust { LogKey = first.Signer.Own.Id });
            Assert.Empty(verdict.Problems.Where(problem => problem.Stage is "pack" or "anchor" or "custody"));
            AssertWhole(name, part.Recorder.Log.Size, part.Recorder.Log.Size);
        }
    }

    [Fact]
    public async Task One_that_was_stopped_before_it_wrote_changes_nothing_when_it_wakes()
    {
        var (first, second) = await TwoAsync();
        await CommitAsync(first.Store);
        await first.Recorder.DrainAsync(Cancel);
        var size = first.Recorder.Log.Size;
        await CommitAsync(first.Store);
        // What it was about to write when it was stopped.
        var waiting = await first.Store.WaitingEvidenceAsync(100, long.MaxValue, Cancel);
        var batch = first.Store.Records(waiting);
        var head = new TreeHead(
            first.Signer.Keys[0].Id, size + batch.Count, DecisionEvidence.Hex(first.Recorder.Log.RootWith(batch)),
            _clock.GetUtcNow());
        var signed = new SignedTreeHead(head, first.Signer.Sign(head.ToMessage()));
        await CommitAsync(second.Store);
        await second.Recorder.DrainAsync(Cancel);
        var before = await second.Store.KeptEvidenceAsync(Cancel);

        Assert.False(await first.Store.TryKeepAsync(size, batch, signed, Cancel));

        Assert.Equal(before, await second.Store.KeptEvidenceAsync(Cancel));
        Assert.Equal(0, await first.Recorder.DrainAsync(Cancel));
        AssertWhole("a", before.Kept, 0);
    }

    [Fact]
    public async Task Two_that_both_take_themselves_for_the_leader_take_each_entry_once()
    {
        var (first, second) = await TwoAsync();
        for (var round = 0; round < 20; round++)
        {
            await CommitAsync(round % 2 == 0 ? first.Store : second.Store);
            var (drained, entered) = await first.Store.EvidenceCountAsync(Cancel);
            var taken = await Task.WhenAll(
                new[] { first, second }.Select(part => Task.Run(() => part.Recorder.DrainAsync(Cancel), Cancel)));
            Assert.Equal(entered - drained, taken.Sum());
        }
        await first.Recorder.FollowAsync(Cancel);
        await second.Recorder.FollowAsync(Cancel);
        foreach (var name in new[] { "a", "b" })
            AssertWhole(name, first.Recorder.Log.Size, 0);
    }

    [Fact]
    public async Task One_that_died_after_the_database_had_it_and_before_its_files_did_follows_like_the_others()
    {
        var first = await OpenAsync("a");
        await CommitAsync(first.Store);
        await first.Recorder.DrainAsync(Cancel);
        var before = Directory.GetFiles(Folder("a")).Where(file => !file.EndsWith("lock", StringComparison.Ordinal))
            .ToDictionary(file => file, File.ReadAllBytes);
        await CommitAsync(first.Store);
        await first.Recorder.DrainAsync(Cancel);
        var size = first.Recorder.Log.Size;
        Close(first);
        foreach (var (file, content) in before)
            File.WriteAllBytes(file, content);

        var again = await OpenAsync("a");

        Assert.Equal(size, again.Recorder.Log.Size);
        AssertWhole("a", size, 0);
        // And after its entries were there, and its head was not.
        Close(again);
        File.WriteAllBytes(Path.Combine(Folder("a"), "head.json"), before[Path.Combine(Folder("a"), "head.json")]);
        again = await OpenAsync("a");
        Assert.Equal(size, again.Recorder.Head!.Size);
        AssertWhole("a", size, 0);
    }

    [Fact]
    public async Task One_that_comes_without_files_takes_the_whole_log_over_in_bounded_steps()
    {
        var first = await OpenAsync("a");
        await first.Store.EnterEvidenceAsync([.. Enumerable.Range(0, 12_000).Select(Act)], Cancel);
        await first.Recorder.DrainAsync(Cancel);

        var second = await OpenAsync("b", by: first);

        Assert.Equal(12_000, second.Recorder.Log.Size);
        AssertWhole("b", 12_000, 0);
    }

    [Fact]
    public async Task A_follower_takes_nothing_that_was_altered_in_the_database()
    {
        var (first, second) = await TwoAsync();
        await CommitAsync(first.Store);
        await first.Recorder.DrainAsync(Cancel);
        await second.Recorder.FollowAsync(Cancel);
        var size = second.Recorder.Log.Size;
        await CommitAsync(first.Store);
        await first.Recorder.DrainAsync(Cancel);
        site.Tamper($"UPDATE evidence_kept SET leaf = (SELECT leaf FROM evidence_kept WHERE number = 0) WHERE number = {size + 1}");

        await Assert.ThrowsAsync<EvidenceTamperedException>(() => second.Recorder.FollowAsync(Cancel));

        Assert.Equal(size, second.Recorder.Log.Size);
        AssertWhole("b", size, 0);
    }

    [Fact]
    public async Task One_that_comes_without_files_takes_nothing_of_a_log_that_was_altered_anywhere()
    {
        var first = await OpenAsync("a");
        await first.Store.EnterEvidenceAsync([.. Enumerable.Range(0, 6_000).Select(Act)], Cancel);
        await first.Recorder.DrainAsync(Cancel);
        site.Tamper("UPDATE evidence_kept SET leaf = (SELECT leaf FROM evidence_kept WHERE number = 0) WHERE number = 5500");

        await Assert.ThrowsAsync<EvidenceTamperedException>(() => OpenAsync("b", by: first));

        Assert.All(Directory.GetFiles(Folder("b"), "*.segment"), file => Assert.Equal(0, new FileInfo(file).Length));
    }

    [Fact]
    public async Task Files_that_have_more_than_the_database_or_something_else_are_refused()
    {
        var first = await OpenAsync("a");
        await CommitAsync(first.Store);
        await first.Recorder.DrainAsync(Cancel);
        Close(first);
        using (var log = EvidenceLog.Open(Folder("a"), new EvidenceLogOptions(), EvidenceRecorder.KnownHeads(Folder("a"))))
            log.Append([new EvidenceRecord("{}"u8.ToArray(), new byte[40])]);
        await Assert.ThrowsAsync<EvidenceTamperedException>(() => OpenAsync("a"));

        File.Delete(Path.Combine(Folder("a"), "head.json"));
        File.Delete(Path.Combine(Folder("a"), "00000000.segment"));
        using (var log = EvidenceLog.Open(Folder("a"), new EvidenceLogOptions(), []))
            log.Append([new EvidenceRecord("{}"u8.ToArray(), new byte[40])]);
        await Assert.ThrowsAsync<EvidenceTamperedException>(() => OpenAsync("a"));
    }

    [Fact]
    public async Task A_head_or_a_key_that_none_of_the_logs_keys_vouches_for_is_refused()
    {
        var first = await OpenAsync("a");
        await CommitAsync(first.Store);
        await first.Recorder.DrainAsync(Cancel);
        Directory.CreateDirectory(Folder("x"));
        var stranger = SharedSigner.Open(Folder("x"), SigningAlgorithm.EcdsaP256);
        Assert.Throws<InvalidOperationException>(() => stranger.Sign([1]));

        await first.Store.TryAddEvidenceKeyAsync(1, stranger.Own, Cancel);

        await Assert.ThrowsAsync<EvidenceTamperedException>(() => first.Recorder.FollowAsync(Cancel));
    }

    [Fact]
    public async Task A_log_in_files_moves_in_once_wherever_it_is_cut_off()
    {
        var files = await FilesAsync("a");
        for (var round = 0; round < 3; round++)
            await CommitAsync(files.Store);
        await files.Recorder.DrainAsync(Cancel);
        using (var ledger = EmbeddedLedger.Open(_folder.Path, new EmbeddedLedgerRules(), _clock))
            await files.Recorder.AnchorAsync(ledger, Cancel);
        await CommitAsync(files.Store);
        // What waits when it moves comes along, and a process without the files is not let begin another log.
        await Assert.ThrowsAsync<IOException>(() => EvidenceMove.RunAsync(Folder("b"), files.Store, _clock, Cancel));
        var first = Enumerable.Range(0, 4).Select(number => files.Recorder.Log.Reader.Read(number)).ToList();
        Assert.True(await files.Store.TryMoveAsync(0, first, Cancel));
        Close(files);

        var again = await OpenAsync("a");
        var second = await OpenAsync("b", by: again);

        Assert.Equal(await again.Store.EvidenceCountAsync(Cancel), (again.Recorder.Log.Size, again.Recorder.Log.Size));
        Assert.Equal(again.Recorder.Head, second.Recorder.Head);
        Assert.Equal(again.Recorder.Anchored, second.Recorder.Anchored);
        await CommitAsync(second.Store);
        await second.Recorder.DrainAsync(Cancel);
        AssertWhole("b", second.Recorder.Log.Size, again.Recorder.Anchored!.Head.Size);
        Assert.False(await EvidenceMove.RunAsync(Folder("a"), again.Store, _clock, Cancel));
    }

    [Fact]
    public async Task A_backup_goes_on_elsewhere_as_it_was()
    {
        var first = await OpenAsync("a");
        await CommitAsync(first.Store);
        await first.Recorder.DrainAsync(Cancel);
        await CommitAsync(first.Store);
        await first.Store.BackUpAsync(_folder.File("backup.db"), () => { }, Cancel);
        using var restored = new SqliteSite();
        using var store = restored.Open();
        await store.LoadAsync(_folder.File("backup.db"), Cancel);

        Assert.Equal(await first.Store.KeptEvidenceAsync(Cancel), await store.KeptEvidenceAsync(Cancel));
        Assert.Equal(await first.Store.EvidenceKeysAsync(Cancel), await store.EvidenceKeysAsync(Cancel));
        Close(first);
        store.KeepEvidence(new EvidenceIntake(null, _clock));
        using var recorder = await SharedRecorder.OpenAsync(
            Folder("a"), store, SharedSigner.Open(Folder("a"), SigningAlgorithm.EcdsaP256), _clock, Cancel);
        Assert.True(await recorder.DrainAsync(Cancel) > 0);
    }

    [Fact]
    public async Task Reports_are_written_from_the_whole_log_or_not_at_all()
    {
        var (first, second) = await TwoAsync();
        await CommitAsync(first.Store);
        await first.Recorder.DrainAsync(Cancel);
        await second.Recorder.FollowAsync(Cancel);
        await first.Store.EnterEvidenceAsync([Act(1)], Cancel);
        await first.Recorder.DrainAsync(Cancel);
        await first.Store.EnterEvidenceAsync([Act(2)], Cancel);
        var query = new JournalQuery(new HashSet<string> { EvidenceKind.Analyst }, SomeCase.At.AddYears(-1), long.MaxValue);

        // Where the log is not, nothing is written; where it is behind, what is drained comes first.
        await Assert.ThrowsAsync<EvidenceElsewhereException>(
            () => new EvidenceJournal(second.Store, Folder("nowhere"), null).ReadAsync(query, Cancel).AsTask());
        var reading = new EvidenceJournal(second.Store, Folder("b"), null).ReadAsync(query, Cancel).AsTask();
        await Task.Delay(50, Cancel);
        Assert.False(reading.IsCompleted);
        await second.Recorder.FollowAsync(Cancel);

        Assert.Equal(["act-1", "act-2"], (await reading).Entries.Select(entry => entry.Entry.Key));
    }

    private async Task<(Part First, Part Second)> TwoAsync()
    {
        var first = await OpenAsync("a");
        return (first, await OpenAsync("b", by: first));
    }

    private async Task<Part> OpenAsync(string name, Part? by = null)
    {
        var store = site.Open();
        store.KeepEvidence(new EvidenceIntake(null, _clock));
        var signer = SharedSigner.Open(Folder(name), SigningAlgorithm.EcdsaP256);
        try
        {
            await EvidenceMove.RunAsync(Folder(name), store, _clock, Cancel);
            var keys = await store.EvidenceKeysAsync(Cancel);
            if (keys.Count == 0)
                Assert.True(await store.TryAddEvidenceKeyAsync(0, signer.Own, Cancel));
            else if (by is not null && keys.All(key => key.Id != signer.Own.Id))
                Assert.True(await store.TryAddEvidenceKeyAsync(keys.Count, by.Signer.Introduce(signer.Own), Cancel));
            var part = new Part(store, signer, await SharedRecorder.OpenAsync(Folder(name), store, signer, _clock, Cancel));
            _opened.Add(part);
            return part;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    private async Task<(CaseStore Store, EvidenceRecorder Recorder)> FilesAsync(string name)
    {
        var store = site.Open();
        store.KeepEvidence(new EvidenceIntake(null, _clock));
        return (store, await EvidenceRecorder.OpenAsync(
            Folder(name), store, FileSigner.Open(Folder(name), SigningAlgorithm.EcdsaP256), _clock, Cancel));
    }

    private static void Close((CaseStore Store, EvidenceRecorder Recorder) part)
    {
        part.Recorder.Dispose();
        part.Store.Dispose();
    }

    private void Close(Part part)
    {
        _opened.Remove(part);
        part.Dispose();
    }

    private string Folder(string name) => _folder.File(name);

    private void AssertWhole(string name, long entries, long anchored)
    {
        Assert.Equal(new LogVerdict(entries, entries, anchored, ""), LogVerifier.Verify(Folder(name), null));
        using var reader = EvidenceReader.Open(Folder(name));
        for (var number = 0L; number < entries; number++)
            Assert.Equal(number, EvidenceEntry.FromLeaf(reader.Read(number).Leaf).Number);
    }

    private ValueTask CommitAsync(CaseStore store)
    {
        var number = _commits++;
        return store.CommitAsync(
            new CaseCommit
            {
                ScoredOffsets = new Dictionary<int, long> { [0] = number },
                Versions = number == 0 ? Encoding.ASCII.GetBytes("{}") : null,
                Events = [new EventEvidence($"e-{number}", $"{{\"id\":\"e-{number}\"}}")],
                Batch = new BatchEvidence(0, number, number, 1, "0x" + new string('a', 64)),
                Alerts = [SomeCase.Alert($"alert-{number}")],
                Incidents = [SomeCase.Incident() with { Version = number + 1 }],
            },
            Cancel);
    }

    private EvidenceDraft Act(int number) => CaseEvidence.Act(EvidenceKind.Analyst, $"act-{number}", _clock.GetUtcNow(), new { number });

    private sealed record Part(CaseStore Store, SharedSigner Signer, SharedRecorder Recorder) : IDisposable
    {
        public void Dispose()
        {
            Recorder.Dispose();
            Store.Dispose();
        }
    }
}
