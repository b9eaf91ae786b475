using SentinelHealth.Response.Storage;

namespace SentinelHealth.Testing.Storage;

public abstract class FencedCommitConformance : IDisposable
{
    private readonly StoreSite _site;
    private readonly CaseStore _first;
    private readonly CaseStore _second;

    protected FencedCommitConformance(StoreSite site)
    {
        _site = site;
        (_first, _second) = (site.Open(), site.Open());
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _site.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Work_on_a_partition_that_another_process_has_taken_further_is_refused_whole()
    {
        await _first.CommitAsync(Commit(partition: 3, from: -1, to: 9), Cancel);
        await _second.CommitAsync(Commit(partition: 3, from: 9, to: 19), Cancel);

        await Assert.ThrowsAsync<PositionMovedException>(
            async () => await _first.CommitAsync(Commit(partition: 3, from: 9, to: 29), Cancel));

        var position = await _first.PositionAsync(Cancel);
        Assert.Equal(19, position.ScoredOffsets[3]);
        Assert.Equal(new PumpTally(20, 0) { Filtered = 2 }, position.Tally);
    }

    [Fact]
    public async Task A_first_commit_is_refused_when_another_process_made_one()
    {
        await _second.CommitAsync(Commit(partition: 0, from: -1, to: 4), Cancel);

        var refusal = await Assert.ThrowsAsync<PositionMovedException>(
            async () => await _first.CommitAsync(Commit(partition: 0, from: -1, to: 9), Cancel));

        Assert.Contains("from offset -1 to 4", refusal.Message, StringComparison.Ordinal);
    }

    private static CaseCommit Commit(int partition, long from, long to) => new()
    {
        ScoredOffsets = new Dictionary<int, long> { [partition] = to },
        ExpectedOffsets = new Dictionary<int, long> { [partition] = from },
        ScoredCount = to - from,
        FilteredCount = 1,
    };
}
