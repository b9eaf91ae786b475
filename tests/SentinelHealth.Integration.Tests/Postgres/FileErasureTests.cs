using System.Text;
using SentinelHealth.Dashboard.Evidence;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Hunting;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Storage;

namespace SentinelHealth.Integration.Tests.Postgres;

/// <summary>An erasure that one process orders reaches the files of all of them, over a real server; what is searched for are bytes.</summary>
public sealed class FileErasureTests : IDisposable
{
    private const string Person = "patient:9f3c77", Other = "patient:51ab02", Mark = "appendectomy-note-4711", OthersMark = "cataract-note-0815";

    private readonly TemporaryFolder _folder = new();
    private readonly PostgresSite _site;
    private readonly ManualClock _clock = new(SomeCase.At);
    private readonly CaseStore _store;

    public FileErasureTests(PostgresFixture fixture)
    {
        _site = new PostgresSite(fixture.Server);
        _store = _site.Open();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _site.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Each_process_erases_its_own_files_confirms_and_only_then_the_order_names_nobody()
    {
        var (first, second) = (await OpenAsync("desk-1"), await OpenAsync("desk-2"));
        first.Take(Entry(0, Person, Mark), Entry(1, Other, OthersMark));
        second.Take(Entry(0, Person, Mark), Entry(1, Other, OthersMark));
        await ScoredAsync(1);

        await _store.OrderFileErasureAsync(Person, SomeCase.At, new Dictionary<int, long> { [0] = 1 }, Cancel);
        Assert.Equal(1, await first.Erasures.LookAsync(Cancel));

        Assert.False(first.Holds(Mark));
        // At the order, and again when what was in the log at the order has been read.
        Assert.Equal([Person, Person], first.Forgotten);
        Assert.True(second.Holds(Mark));
        Assert.StartsWith("desk-2@", Assert.Single(Assert.Single(await _store.FileErasuresAsync(0, Cancel)).Outstanding).Name, StringComparison.Ordinal);
        Assert.Equal(1, await second.Erasures.LookAsync(Cancel));
        Assert.False(second.Holds(Mark));
        Assert.True(second.Holds(OthersMark));
        var done = Assert.Single(await _store.FileErasuresAsync(10, Cancel));
        Assert.Equal("", done.Subject);
        // Two processes, each with an event and a disclosure.
        Assert.Equal(4, done.Records);
    }

    [Fact]
    public async Task A_process_that_was_away_erases_before_it_serves_and_one_that_reads_late_writes_nothing_back()
    {
        var late = await OpenAsync("desk-1");
        late.Take(Entry(0, Person, Mark));
        late.Dispose();
        await ScoredAsync(9);
        await _store.OrderFileErasureAsync(Person, SomeCase.At, new Dictionary<int, long> { [0] = 5 }, Cancel);

        late = await OpenAsync("desk-1");
        Assert.False(late.Holds(Mark));
        late.Take(Entry(3, Person, Mark), Entry(4, Other, OthersMark));
        Assert.Equal(0, await late.Erasures.LookAsync(Cancel));
        Assert.Single((await _store.FileErasuresAsync(0, Cancel))[0].Outstanding);
        Assert.False(late.Holds(Mark));
        Assert.True(late.Holds(OthersMark));
        late.Take(Entry(5, Person, Mark), Entry(6, Person, "came-after-4712"));
        Assert.False(late.Holds(Mark));

        // It is past what was there at the order; what the person did later is nobody's order to erase.
        Assert.Equal(6, late.ReadTo(0));
        Assert.Equal(1, await late.Erasures.LookAsync(Cancel));
        Assert.Empty(await _store.FileErasuresAsync(0, Cancel));
    }

    [Fact]
    public async Task A_new_process_does_not_read_again_what_was_there_before_an_erasure_that_is_done()
    {
        var desk = await OpenAsync("desk-1");
        desk.Take(Entry(5, Other, OthersMark));
        await ScoredAsync(5);
        await _store.OrderFileErasureAsync(Person, SomeCase.At, new Dictionary<int, long> { [0] = 5 }, Cancel);
        await desk.Erasures.LookAsync(Cancel);

        var next = await OpenAsync("desk-2");

        Assert.Equal((5L, -1L), (next.Erasures.BeginAfter(0), next.Erasures.BeginAfter(1)));
    }

    [Fact]
    public async Task What_is_not_scored_yet_keeps_an_order_open_and_a_process_that_was_taken_out_does_not_start()
    {
        var desk = await OpenAsync("desk-1");
        desk.Take(Entry(5, Other, OthersMark));
        await ScoredAsync(4);
        await _store.OrderFileErasureAsync(Person, SomeCase.At, new Dictionary<int, long> { [0] = 5 }, Cancel);
        Assert.Equal(0, await desk.Erasures.LookAsync(Cancel));
        await ScoredAsync(5);
        Assert.Equal(1, await desk.Erasures.LookAsync(Cancel));
        desk.Dispose();

        await _store.RemoveFileKeeperAsync(desk.Erasures.Id, SomeCase.At, Cancel);

        await Assert.ThrowsAsync<InvalidDataException>(() => OpenAsync("desk-1"));
    }

    [Fact]
    public async Task A_process_that_was_taken_out_while_it_runs_is_not_entered_again_and_must_end()
    {
        var desk = await OpenAsync("desk-1");
        await _store.RemoveFileKeeperAsync(desk.Erasures.Id, SomeCase.At, Cancel);
        _clock.Advance(TimeSpan.FromMinutes(5));

        await Assert.ThrowsAsync<InvalidDataException>(() => desk.Erasures.LookAsync(Cancel));
        await Assert.ThrowsAsync<InvalidDataException>(() => desk.Erasures.LookAsync(Cancel));

        Assert.True(desk.Erasures.IsTakenOut);
        desk.Dispose();
        await Assert.ThrowsAsync<InvalidDataException>(() => OpenAsync("desk-1"));
    }

    [Fact]
    public async Task A_first_start_that_fails_before_the_process_is_entered_is_a_first_start_the_next_time()
    {
        var folder = Directory.CreateDirectory(_folder.File("desk-1")).FullName;
        var closed = _site.Open();
        closed.Dispose();
        await Assert.ThrowsAnyAsync<ObjectDisposedException>(
            () => FileErasures.OpenAsync(new FileErasurePlan(closed, folder, _clock), Cancel));

        var begun = Assert.Single(Directory.GetFiles(folder));
        var id = await File.ReadAllTextAsync(begun, Cancel);
        var desk = await OpenAsync("desk-1");

        // By the same name: had the server entered it all the same, nobody would have to take that one out.
        Assert.Equal(id, desk.Erasures.Id);
        Assert.False(File.Exists(begun));
        desk.Dispose();
        Assert.Equal(id, (await OpenAsync("desk-1")).Erasures.Id);
    }

    [Fact]
    public async Task A_file_without_an_identifier_is_that_of_a_new_process()
    {
        Directory.CreateDirectory(_folder.File("desk-1"));
        await File.WriteAllTextAsync(Path.Combine(_folder.File("desk-1"), "files.id"), "", Cancel);

        Assert.Equal(32, (await OpenAsync("desk-1")).Erasures.Id.Length);
    }

    [Fact]
    public async Task The_search_engine_is_told_of_an_order_once_and_the_order_is_confirmed_when_it_is_done_there()
    {
        var desk = await OpenAsync("desk-1");
        desk.Archive.BeginFeed();
        desk.Take(Entry(0, Person, Mark));
        await ScoredAsync(0);
        await _store.OrderFileErasureAsync(Person, SomeCase.At, new Dictionary<int, long> { [0] = 0 }, Cancel);
        Assert.Equal(0, await desk.Erasures.LookAsync(Cancel));
        Assert.Equal([Person], desk.Archive.FeedErasures());

        desk.Archive.FeedErased(Person);

        Assert.Equal(1, await desk.Erasures.LookAsync(Cancel));
        Assert.Empty(await _store.FileErasuresAsync(0, Cancel));
        Assert.Empty(desk.Archive.FeedErasures());
    }

    [Fact]
    public async Task What_a_new_process_has_read_before_an_order_was_done_elsewhere_does_not_get_into_its_files_after_it()
    {
        var desk = await OpenAsync("desk-1");
        desk.Take(Entry(5, Other, OthersMark));
        await ScoredAsync(5);
        await _store.OrderFileErasureAsync(Person, SomeCase.At, new Dictionary<int, long> { [0] = 5 }, Cancel);
        var next = await OpenAsync("desk-2");
        LogEntry[] read = [Entry(4, Person, Mark), Entry(5, Other, OthersMark), Entry(6, Other, "came-after-4712")];

        Assert.Equal(1, await desk.Erasures.LookAsync(Cancel));
        await next.Erasures.LookAsync(Cancel);
        next.Take(read);

        Assert.False(next.Holds(Mark));
        Assert.True(next.Holds("came-after-4712"));
        Assert.Equal(6, next.ReadTo(0));
    }

    private static LogEntry Entry(long offset, string subject, string note) => new(
        0, offset, "test", SomeCase.At, Encoding.UTF8.GetBytes($$"""
            {"schema":"sentinel.ledger-transaction.v1","id":"e-{{offset}}","time":"2026-11-02T08:00:00Z","node":"node:clinic-9","actor":"did:ethr:0x1000000000000000000000000000000000000001","contract":"AccessRegistry","method":"recordAccess","status":"success","subject":"{{subject}}","purpose":"HRESCH","args":{"note":"{{note}}"} }
            """));

    private Task ScoredAsync(long offset) => _store.CommitAsync(
        new CaseCommit { ScoredOffsets = new Dictionary<int, long> { [0] = offset } }, Cancel).AsTask();

    private async Task<Process> OpenAsync(string name)
    {
        Directory.CreateDirectory(_folder.File(name));
        var store = _site.Open();
        store.KeepEvidence(new EvidenceIntake(vault: null, _clock));
        return await Process.OpenAsync(_folder.File(name), store, _clock);
    }

    /// <summary>The files of one process, with a store of its own.</summary>
    private sealed class Process : IDisposable
    {
        private readonly string _folder;
        private readonly CaseStore _store;
        private readonly ObservedIndex _observed;

        private Process(string folder, CaseStore store, TimeProvider clock)
        {
            (_folder, _store) = (folder, store);
            Archive = EventArchive.Open(Path.Combine(folder, EventArchive.FileName), new EventArchiveOptions());
            _observed = new ObservedIndex(Path.Combine(folder, ObservedIndex.FileName), clock);
        }

        public EventArchive Archive { get; }

        /// <summary>Persons whom the pump was told to forget.</summary>
        public List<string> Forgotten { get; } = [];

        public FileErasures Erasures { get; private set; } = null!;

        public static async Task<Process> OpenAsync(string folder, CaseStore store, TimeProvider clock)
        {
            var process = new Process(folder, store, clock);
            process.Erasures = await FileErasures.OpenAsync(
                new FileErasurePlan(store, folder, clock)
                {
                    ReadTo = process.ReadTo,
                    Forget = process.Forgotten.Add,
                    EraseSearched = (subject, _) => Task.FromResult(!process.Archive.FeedErasures().Contains(subject)),
                },
                Cancel);
            return process;
        }

        public long ReadTo(int partition) => Archive.PositionOf(partition);

        public void Take(params LogEntry[] entries) => Erasures.Index(entries, kept =>
        {
            _observed.Add(kept);
            Archive.Add(kept);
        });

        public bool Holds(string text) => Directory.EnumerateFiles(_folder).Any(file =>
            File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

        public void Dispose()
        {
            Archive.Dispose();
            _observed.Dispose();
            _store.Dispose();
        }
    }
}
