using SentinelHealth.Dashboard.Backup;
using SentinelHealth.Dashboard.Evidence;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Verification;
using SentinelHealth.Testing;

namespace SentinelHealth.Integration.Tests.Postgres;

/// <summary>Processes that keep one evidence log, put together as the program does.</summary>
public sealed class SharedEvidencePartsTests : IAsyncDisposable
{
    private const string Person = "patient:1";

    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new(SomeCase.At);
    private readonly StorageSection _storage;
    private readonly Stack<IDisposable> _opened = new();
    private readonly CancellationTokenSource _ends = new();
    private readonly List<Task> _looking = [];

    public SharedEvidencePartsTests(PostgresFixture fixture)
    {
        var options = fixture.Server.Options();
        File.WriteAllBytes(_folder.File("ring"), [.. Enumerable.Range(0, 32).Select(number => (byte)number)]);
        _storage = new StorageSection
        {
            Engine = StorageEngineKind.Postgres,
            Postgres = new PostgresSection
            {
                ConnectionString = options.ConnectionString,
                SchemaPrefix = options.SchemaPrefix,
                KeyRingFile = _folder.File("ring"),
                ConnectionsMax = 3,
            },
        };
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        await Task.WhenAll(_looking);
        while (_opened.TryPop(out var part))
            part.Dispose();
        _ends.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_one_process_kept_in_files_goes_on_in_the_database_and_others_join_it()
    {
        var (entries, key) = await KeepInFilesAsync("a");
        var others = await Assert.ThrowsAsync<IOException>(() => OpenAsync("b", TimeSpan.FromMilliseconds(300)));
        Assert.Contains("no process that has the key", others.Message, StringComparison.Ordinal);

        var first = await OpenAsync("a");
        Look(first);
        var second = await OpenAsync("b");

        Assert.Equal(entries, second.Recorder.Log.Size);
        Assert.Equal(key.Key, second.Vault.Find(key.Id));
        Assert.True(second.Vault.IsHeld("patient:2"));
        Assert.DoesNotContain(
            Directory.GetFiles(Folder("a")).Select(Path.GetFileName), name => name is "subjects.db" or "master.key" or "subjects.moved");
        Assert.Equal("", LogVerifier.Verify(Folder("b"), null).Problem);
        // The key of before names the log still, and both sign.
        Assert.Equal(second.Signer.Keys[0].Id, second.Recorder.Head!.Head.Log);
        Assert.Equal(2, second.Signer.Keys.Count);
        await second.Store.EnterEvidenceAsync([About(Person, "later")], Cancel);
        await second.Recorder.DrainAsync(Cancel);
        await first.Recorder.FollowAsync(Cancel);
        var about = first.Recorder.Log.Reader.Read(first.Recorder.Log.Size - 1);
        Assert.Contains("later", Text(EvidencePayload.Open(about.Payload.Span, first.Vault.Find)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_stands_by_does_not_take_entries_and_waits_for_the_one_that_leads()
    {
        var first = await OpenAsync("a");
        Look(first);
        var second = await OpenAsync("b");
        second.Leads = () => false;
        await second.Store.EnterEvidenceAsync([About("", "x")], Cancel);

        Assert.False(await second.UpToDateAsync(Cancel));
        Assert.NotEmpty(await second.Store.WaitingEvidenceAsync(10, long.MaxValue, Cancel));
        var waiting = second.UpToDateAsync(Cancel);
        await first.Recorder.DrainAsync(Cancel);

        Assert.True(await waiting);
        Assert.Equal(first.Recorder.Log.Size, second.Recorder.Log.Size);
    }

    [Fact]
    public async Task An_erasure_at_one_process_reaches_all_and_says_who_still_has_a_key_from_before()
    {
        var first = await OpenAsync("a");
        using var lets = new CancellationTokenSource();
        var letting = LookAsync(first, lets.Token);
        var second = await OpenAsync("b");
        await lets.CancelAsync();
        await letting;
        await first.Store.EnterEvidenceAsync([About(Person, "x")], Cancel);
        await first.Recorder.DrainAsync(Cancel);
        await second.Recorder.FollowAsync(Cancel);
        var entry = first.Recorder.Log.Reader.Read(first.Recorder.Log.Size - 1).Payload;
        Assert.NotNull(EvidencePayload.Open(entry.Span, second.Vault.Find));
        using var orders = _storage.OpenCompliance(_folder.File("a"));
        using var erasure = new SubjectErasure(new ErasureReach(first, orders, _folder.File("a"), _clock));

        Assert.False((await erasure.OrderAsync(Person, "ann", "Asked for.", Cancel)).IsDone);
        var outcome = await erasure.OrderAsync(Person, "bob", "Asked for.", Cancel);

        // The other does not run: it is named.
        Assert.True(outcome.IsDone);
        Assert.Contains($"when {Environment.MachineName} has replaced its key", outcome.Detail, StringComparison.Ordinal);
        Assert.Null(EvidencePayload.Open(entry.Span, first.Vault.Find));
        await second.Shared!.LookAsync(Cancel);
        Assert.Null(EvidencePayload.Open(entry.Span, second.Vault.Find));
        Assert.Equal("", await first.OutstandingAsync(Cancel));
    }

    [Fact]
    public async Task A_backup_with_keys_goes_on_elsewhere_and_one_without_opens_nothing()
    {
        var first = await OpenAsync("a");
        await first.Store.EnterEvidenceAsync([About(Person, "x")], Cancel);
        await first.Recorder.DrainAsync(Cancel);
        var entry = first.Recorder.Log.Reader.Read(first.Recorder.Log.Size - 1).Payload;
        foreach (var (name, withKeys) in new[] { ("with", true), ("bare", false) })
            await new DataBackup(first.Store, _storage, (_folder.File("a"), Directory.CreateDirectory(_folder.File(name)).FullName), withKeys)
                .RunAsync(TimeProvider.System, Cancel);
        Assert.Equal(
            ["evidence/custodian.pk8", "evidence/key-0.pk8"], BackupManifest.Read(_folder.File("bare")).KeysLeftOut.Order());

        await DataRestore.RunAsync(_folder.File("with"), _folder.File("c"), Elsewhere("x"), Cancel);
        await DataRestore.RunAsync(_folder.File("bare"), _folder.File("d"), Elsewhere("y"), Cancel);
        var again = await OpenAsync("c", storage: Elsewhere("x"));

        Assert.Contains("x", Text(EvidencePayload.Open(entry.Span, again.Vault.Find)), StringComparison.Ordinal);
        Assert.Equal(first.Recorder.Head, again.Recorder.Head);
        await Assert.ThrowsAsync<InvalidDataException>(() => OpenAsync("d", TimeSpan.FromMilliseconds(300), Elsewhere("y")));
        var alone = await Assert.ThrowsAsync<InvalidOperationException>(
            () => DataRestore.RunAsync(_folder.File("with"), _folder.File("e"), new StorageSection(), Cancel));
        Assert.Contains("PostgreSQL", alone.Message, StringComparison.Ordinal);
    }

    private StorageSection Elsewhere(string name) =>
        _storage with { Postgres = _storage.Postgres with { SchemaPrefix = _storage.Postgres.SchemaPrefix + name } };

    private string Folder(string name) => EvidenceParts.FolderOf(_folder.File(name));

    private async Task<EvidenceParts> OpenAsync(string name, TimeSpan? patience = null, StorageSection? storage = null)
    {
        Directory.CreateDirectory(_folder.File(name));
        var store = (storage ?? _storage).OpenCases(_folder.File(name));
        _opened.Push(store);
        var plan = new EvidencePlan(_folder.File(name), null, storage ?? _storage)
        {
            Patience = patience ?? TimeSpan.FromMinutes(1),
        };
        var parts = await EvidenceParts.OpenAsync(plan, store, _clock, Cancel);
        _opened.Push(parts);
        return parts;
    }

    /// <summary>The log as one process kept it before several could.</summary>
    private async Task<(long Entries, SubjectKey Key)> KeepInFilesAsync(string name)
    {
        using var store = _storage.OpenCases(_folder.File(name));
        var signer = FileSigner.Open(Folder(name), SigningAlgorithm.EcdsaP256);
        using var vault = SubjectVault.Open(Folder(name), null);
        store.KeepEvidence(new EvidenceIntake(vault, _clock));
        using var recorder = await EvidenceRecorder.OpenAsync(Folder(name), store, signer, _clock, Cancel);
        await store.EnterEvidenceAsync([About(Person, "early"), About("", "plain")], Cancel);
        await recorder.DrainAsync(Cancel);
        await store.EnterEvidenceAsync([About(Person, "waits")], Cancel);
        vault.Hold("patient:2", "A case in court.", "ann", SomeCase.At);
        return ((await store.EvidenceCountAsync(Cancel)).Entered, vault.KeysFor([Person])[Person]);
    }

    private void Look(EvidenceParts parts) => _looking.Add(LookAsync(parts, _ends.Token));

    private static Task LookAsync(EvidenceParts parts, CancellationToken ends) => Task.Run(async () =>
    {
        while (!ends.IsCancellationRequested)
        {
            await parts.Shared!.LookAsync(CancellationToken.None);
            await Task.Delay(50, ends).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }, CancellationToken.None);

    private EvidenceDraft About(string subject, string detail) =>
        CaseEvidence.Act(EvidenceKind.Analyst, $"act-{detail}", _clock.GetUtcNow(), new { detail }) with { Subject = subject };

    private static string Text(OpenedPayload? payload) => System.Text.Encoding.UTF8.GetString(payload!.Value.Body.Span);
}
