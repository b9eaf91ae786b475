using System.Text;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Custody;

/// <summary>A process without persons' keys enters evidence too; the one that keeps the log seals it on its way.</summary>
public sealed class KeylessEvidenceTests : IDisposable
{
    private const string Record = """{"subject":"patient:1","id":"e-1"}""";

    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new(SomeCase.At);
    private readonly CaseStore _worker;

    public KeylessEvidenceTests()
    {
        _worker = SqliteCaseStore.Open(_folder.File("cases.db"));
        _worker.KeepEvidence(new EvidenceIntake(vault: null, _clock));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _worker.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_it_enters_about_a_person_is_sealed_before_it_is_in_the_log_and_in_the_store()
    {
        await _worker.CommitAsync(
            new CaseCommit
            {
                ScoredOffsets = new Dictionary<int, long> { [0] = 1 },
                Events = [new EventEvidence("e-1", Record)],
                Alerts = [SomeCase.Alert() with { EventIds = ["e-1"] }],
            },
            Cancel);
        using var vault = SubjectVault.Open(_folder.Path, null);
        using var store = SqliteCaseStore.Open(_folder.File("cases.db"));
        store.KeepEvidence(new EvidenceIntake(vault, _clock));
        using var recorder = await EvidenceRecorder.OpenAsync(
            _folder.File("evidence"), store, FileSigner.Open(_folder.File("evidence"), SigningAlgorithm.EcdsaP256), _clock, Cancel);
        Assert.Equal([Record], await store.EvidenceAsync(["e-1"], Cancel));

        await recorder.DrainAsync(Cancel);
        Assert.Equal(1, await store.SealEventsAsync(100, Cancel));
        Assert.Equal(0, await store.SealEventsAsync(100, Cancel));

        var records = Enumerable.Range(0, (int)recorder.Log.Size).Select(number => recorder.Log.Reader.Read(number)).ToList();
        var about = Assert.Single(records, record => EvidencePayload.KeyIdOf(record.Payload.Span) is not null);
        Assert.All(records, record => Assert.Null(EvidencePayload.SubjectOf(record.Payload.Span)));
        Assert.DoesNotContain("patient:1", Encoding.UTF8.GetString(about.Payload.Span), StringComparison.Ordinal);
        var opened = EvidencePayload.Open(about.Payload.Span, vault.Find)!.Value;
        Assert.Equal(
            Convert.ToHexString(EvidenceEntry.FromLeaf(about.Leaf).Commitment.Span),
            Convert.ToHexString(EvidenceEntry.Commit(opened.Salt.Span, opened.Body.Span)));
        // Sealed, it is read where the keys are, and nowhere else.
        Assert.Equal([Record], await store.EvidenceAsync(["e-1"], Cancel));
        Assert.Empty(await _worker.EvidenceAsync(["e-1"], Cancel));
        await AssertNowhereInTheStoreAsync("patient:1");
    }

    [Fact]
    public async Task An_erased_persons_record_is_found_before_it_was_sealed()
    {
        await _worker.CommitAsync(
            new CaseCommit { ScoredOffsets = new Dictionary<int, long> { [0] = 1 }, Events = [new EventEvidence("e-1", Record)] }, Cancel);
        using var vault = SubjectVault.Open(_folder.Path, null);
        var intake = new EvidenceIntake(vault, _clock);

        Assert.Equal(1, await _worker.EraseEventsAsync(text => intake.IsOf("patient:1", text), Cancel));
        Assert.Empty(await _worker.EvidenceAsync(["e-1"], Cancel));
    }

    [Fact]
    public void A_payload_that_is_cut_short_is_refused()
    {
        var open = EvidencePayload.OpenAbout("patient:1", new byte[EvidenceEntry.SaltBytes], "{}"u8);
        foreach (var length in new[] { 4, 8, 20 })
            Assert.Throws<InvalidDataException>(() => EvidencePayload.SubjectOf(open.AsSpan(0, length)));
        Assert.Equal("patient:1", EvidencePayload.SubjectOf(open)!.Value.Subject);
    }

    private async Task AssertNowhereInTheStoreAsync(string text)
    {
        foreach (var waiting in await _worker.WaitingEvidenceAsync(100, long.MaxValue, Cancel))
            Assert.DoesNotContain(text, Encoding.UTF8.GetString(waiting.Payload), StringComparison.Ordinal);
    }
}
