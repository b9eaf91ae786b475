using SentinelHealth.Detection.Ordering;

namespace SentinelHealth.Detection.Tests.Ordering;

public class ReorderBufferTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Any_arrival_order_within_the_lateness_comes_out_the_same()
    {
        var inOrder = Enumerable.Range(0, 500).ToList();
        foreach (var seed in new[] { 1, 2, 3 })
        {
            var random = new Random(seed);
            // Each record is delayed by less than ten minutes.
            var arrived = inOrder.OrderBy(i => (i * 7) + random.Next(0, 590)).ToList();
            Assert.Equal(inOrder, Through(arrived, lateness: TimeSpan.FromMinutes(10), out var late));
            Assert.Equal(0, late);
        }
    }

    [Fact]
    public void A_record_beyond_the_lateness_comes_out_late_and_is_not_lost()
    {
        List<int> arrived = [0, 1, 5, 300, 3, 301];
        var released = Through(arrived, lateness: TimeSpan.FromMinutes(10), out var late);
        Assert.Equal(arrived.Order(), released.Order());
        Assert.Equal(1, late);
    }

    [Fact]
    public void At_the_bound_the_oldest_comes_out_early()
    {
        var buffer = new ReorderBuffer<int>(TimeSpan.FromHours(1), recordsMax: 3);
        foreach (var i in new[] { 5, 4, 3, 2 })
            buffer.Add(i, Start.AddSeconds(i), default, (ulong)i);
        Assert.True(buffer.TryTake(out var first));
        Assert.Equal(2, first);
        Assert.False(buffer.TryTake(out _));
    }

    [Fact]
    public void Records_of_one_time_come_out_in_the_order_of_their_ledger()
    {
        var buffer = new ReorderBuffer<int>(TimeSpan.FromHours(1), recordsMax: 10);
        foreach (var i in new[] { 3, 0, 2, 1 })
            buffer.Add(i, Start, new LedgerPlace(10 + (i / 2), i % 2), (ulong)(9 - i));
        var released = new List<int>();
        while (buffer.TryDrain(out var record))
            released.Add(record);
        Assert.Equal([0, 1, 2, 3], released);
    }

    [Fact]
    public void Late_records_come_out_as_they_came()
    {
        var buffer = new ReorderBuffer<int>(TimeSpan.FromMinutes(1), recordsMax: 10);
        buffer.Add(0, Start, default, 0);
        foreach (var i in new[] { 1, 2, 3 })
            buffer.Add(i, Start.AddHours(-i), new LedgerPlace(9 - i, 0), (ulong)(9 - i));
        var released = new List<int>();
        while (buffer.TryDrain(out var record))
            released.Add(record);
        Assert.Equal([1, 2, 3, 0], released);
        Assert.Equal(3, buffer.LateCount);
    }

    private static List<int> Through(IEnumerable<int> arrived, TimeSpan lateness, out long late)
    {
        var buffer = new ReorderBuffer<int>(lateness, recordsMax: 10_000);
        List<int> released = [];
        foreach (var i in arrived)
        {
            buffer.Add(i, Start.AddSeconds(i * 7), default, (ulong)i);
            while (buffer.TryTake(out var record))
                released.Add(record);
        }
        while (buffer.TryDrain(out var record))
            released.Add(record);
        late = buffer.LateCount;
        return released;
    }
}
