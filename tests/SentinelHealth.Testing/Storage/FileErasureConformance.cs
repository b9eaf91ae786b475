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
        Assert.False(await store.ConfirmFileErasureAsync(number, "a", 3, Cancel));
        Assert.Equal(Person, Assert.Single(await other.FileErasuresAsync(0, Cancel)).Subject);
        Assert.Empty(await store.ErasedUpToAsync(Cancel));
        Assert.True(await other.ConfirmFileErasureAsync(number, "b", 4, Cancel));

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
        await store.ConfirmFileErasureAsync(number, "a", 1, Cancel);

        Assert.True(await store.RemoveFileKeeperAsync("b", Cancel));
        Assert.False(await store.RemoveFileKeeperAsync("b", Cancel));

        Assert.False(await store.IsFileKeeperAsync("b", Cancel));
        Assert.Equal("", Assert.Single(await store.FileErasuresAsync(10, Cancel)).Subject);
    }

    [Fact]
    public async Task Without_processes_that_keep_files_an_order_is_done_with_the_next_look()
    {
        using var store = site.Open();
        await store.OrderFileErasureAsync(Person, SomeCase.At, Ends, Cancel);

        Assert.Equal(1, await store.FinishFileErasuresAsync(Cancel));
        Assert.Equal(0, await store.FinishFileErasuresAsync(Cancel));
    }
}
