using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Testing.Storage;

/// <summary>Orders to erase a person from the files of several processes: open until each has confirmed, and nameless from then on.</summary>
public abstract class FileErasureConformance(StoreSite site) : IDisposable
{
    private const string Person = "patient:9f3c77";

    private static readonly Dictionary<int, long> Ends = new() { [0] = 41, [3] = 7 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        site.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_order_names_the_person_until_every_process_known_at_that_moment_has_confirmed()
    {
        using var store = site.Open();
        using var other = site.Open();
        await store.KeepsFilesAsync(new FileKeeper("a", "desk-1", SomeCase.At), Cancel);
        await other.KeepsFilesAsync(new FileKeeper("b", "desk-2", SomeCase.At), Cancel);

        var number = await store.OrderFileErasureAsync(Person, SomeCase.At, Ends, Cancel);
        await store.KeepsFilesAsync(new FileKeeper("c", "later", SomeCase.At), Cancel);

        var open = Assert.Single(await other.FileErasuresAsync(0, Cancel));
        Assert.Equal((Person, SomeCase.At), (open.Subject, open.At));
        Assert.Equal(Ends, open.UpTo);
        Assert.Equal(["desk-1", "desk-2"], open.Outstanding.Select(keeper => keeper.Name));
        Assert.False(await store.ConfirmFileErasureAsync(number, "a", 3, SomeCase.At, Cancel));
        Assert.Equal(Person, Assert.Single(await other.FileErasuresAsync(0, Cancel)).Subject);
        Assert.Empty(await store.ErasedUpToAsync(Cancel));
        Assert.True(await other.ConfirmFileErasureAsync(number, "b", 4, SomeCase.At, Cancel));

        Assert.Empty(await store.FileErasuresAsync(0, Cancel));
        var done = Assert.Single(await store.FileErasuresAsync(10, Cancel));
        Assert.Equal(("", 7L), (done.Subject, done.Records));
        Assert.Equal(Ends, await store.ErasedUpToAsync(Cancel));
    }

    [Fact]
    public async Task A_process_that_never_comes_back_is_taken_out()
    {
        using var store = site.Open();
        await store.KeepsFilesAsync(new FileKeeper("a", "desk-1", SomeCase.At), Cancel);
        await store.KeepsFilesAsync(new FileKeeper("b", "desk-2", SomeCase.At), Cancel);
        var number = await store.OrderFileErasureAsync(Person, SomeCase.At, Ends, Cancel);
        await store.ConfirmFileErasureAsync(number, "a", 1, SomeCase.At, Cancel);

        Assert.True(await store.RemoveFileKeeperAsync("b", SomeCase.At, Cancel));
        Assert.False(await store.RemoveFileKeeperAsync("b", SomeCase.At, Cancel));

        Assert.Equal("", Assert.Single(await store.FileErasuresAsync(10, Cancel)).Subject);
    }

    [Fact]
    public async Task Without_processes_that_keep_files_an_order_is_done_with_the_next_look()
    {
        using var store = site.Open();
        var number = await store.OrderFileErasureAsync(Person, SomeCase.At, Ends, Cancel);

        Assert.Equal([number], await store.FinishFileErasuresAsync(SomeCase.At, Cancel));
        Assert.Empty(await store.FinishFileErasuresAsync(SomeCase.At, Cancel));
    }

    [Fact]
    public async Task A_process_is_seen_while_it_is_here_and_not_entered_again_by_that_after_it_was_taken_out()
    {
        using var store = site.Open();
        var keeper = new FileKeeper("a", "desk-1", SomeCase.At);
        Assert.False(await store.StillKeepsFilesAsync(keeper, Cancel));
        await store.KeepsFilesAsync(keeper, Cancel);
        await store.OrderFileErasureAsync(Person, SomeCase.At, Ends, Cancel);
        var later = SomeCase.At.AddMinutes(5);

        Assert.True(await store.StillKeepsFilesAsync(keeper with { SeenAt = SomeCase.At.AddSeconds(30) }, Cancel));
        Assert.Equal(SomeCase.At, await SeenAtAsync(store));
        Assert.True(await store.StillKeepsFilesAsync(keeper with { SeenAt = later }, Cancel));
        Assert.Equal(later, await SeenAtAsync(store));
        await store.RemoveFileKeeperAsync("a", later, Cancel);

        Assert.False(await store.StillKeepsFilesAsync(keeper with { SeenAt = later.AddMinutes(5) }, Cancel));
        Assert.False(await store.StillKeepsFilesAsync(keeper with { SeenAt = later }, Cancel));
    }

    [Fact]
    public async Task Each_order_that_is_done_everywhere_is_entered_once_whoever_finishes_it()
    {
        using var store = site.Open();
        store.KeepEvidence(new EvidenceIntake(vault: null, new ManualClock(SomeCase.At)));
        await store.KeepsFilesAsync(new FileKeeper("a", "desk-1", SomeCase.At), Cancel);
        var first = await store.OrderFileErasureAsync(Person, SomeCase.At, Ends, Cancel);
        await store.OrderFileErasureAsync("patient:51ab02", SomeCase.At, Ends, Cancel);

        Assert.True(await store.ConfirmFileErasureAsync(first, "a", 1, SomeCase.At, Cancel));
        Assert.Single(await EnteredAsync(store));
        await store.RemoveFileKeeperAsync("a", SomeCase.At, Cancel);
        Assert.Equal(2, (await EnteredAsync(store)).Count);

        Assert.False(await store.ConfirmFileErasureAsync(first, "a", 0, SomeCase.At, Cancel));
        Assert.Equal(2, (await EnteredAsync(store)).Count);
    }

    private static async Task<DateTimeOffset> SeenAtAsync(CaseStore store) =>
        Assert.Single(Assert.Single(await store.FileErasuresAsync(0, Cancel)).Outstanding).SeenAt;

    private static async Task<IReadOnlyList<EvidencePlace>> EnteredAsync(CaseStore store) =>
        await store.EvidenceAboutAsync(EvidenceKind.Erasure, "everywhere", 10, Cancel);
}
