using SentinelHealth.Ingest.Kafka;
using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Ingest.Tests.Kafka;

public sealed class PartitionFeedTests
{
    private readonly PartitionFeed _feed = new(new KafkaEventLogOptions { DedupeOffsetsMax = 1_000, BufferedEntriesMax = 100 });

    [Fact]
    public void Before_anyone_reads_nothing_is_kept()
    {
        Fetch(0, 1, 2);

        Assert.False(_feed.HasEntries);
        Assert.True(_feed.ShouldPause);
    }

    [Fact]
    public void What_was_fetched_before_the_fetching_went_elsewhere_is_dropped()
    {
        _feed.Expect(0);
        _feed.Sought(0);
        _feed.Expect(50);

        Fetch(0, 1, 2);

        Assert.False(_feed.HasEntries);
        Assert.Equal(0, _feed.SeekTo);
    }

    [Fact]
    public void Entries_before_the_wanted_one_only_warm_the_index()
    {
        _feed.Expect(3);
        _feed.Sought(0);

        Fetch(0, 1, 2, 3, 4);

        Assert.Equal([3L, 4L], _feed.Take(10).Select(entry => entry.Offset));
    }

    [Fact]
    public void A_hole_is_looked_at_once_more_before_it_is_believed()
    {
        _feed.Expect(0);
        _feed.Sought(0);
        Fetch(0, 1, 5);

        Assert.Equal(0, _feed.SeekTo);
        _feed.Sought(0);
        Fetch(0, 1, 2, 3, 4, 5);

        Assert.Equal([0L, 1, 2, 3, 4, 5], _feed.Take(10).Select(entry => entry.Offset));
    }

    [Fact]
    public void A_hole_that_is_still_there_is_what_retention_has_removed()
    {
        _feed.Expect(0);
        _feed.Sought(0);
        Fetch(7);
        _feed.Sought(0);

        Fetch(7, 8);

        Assert.Equal([7L, 8L], _feed.Take(10).Select(entry => entry.Offset));
    }

    [Fact]
    public void The_end_is_reached_only_when_what_was_appended_here_has_been_read()
    {
        _feed.Expect(0);
        _feed.Sought(0);
        _feed.ReachedEnd();

        Assert.True(_feed.IsReadToEnd(knownEnd: 0));
        Assert.False(_feed.IsReadToEnd(knownEnd: 1));
        Fetch(0);
        _feed.ReachedEnd();
        Assert.False(_feed.IsReadToEnd(knownEnd: 1));
        _feed.Take(1);
        Assert.True(_feed.IsReadToEnd(knownEnd: 1));
    }

    [Fact]
    public void A_full_buffer_pauses_and_a_half_empty_one_resumes()
    {
        _feed.Expect(0);
        _feed.Sought(0);
        Fetch([.. Enumerable.Range(0, 99).Select(offset => (long)offset)]);
        Assert.False(_feed.ShouldPause);
        Fetch(99);

        Assert.True(_feed.ShouldPause);
        _feed.Take(50);
        Assert.False(_feed.ShouldResume);
        _feed.Take(1);
        Assert.True(_feed.ShouldResume);
    }

    private void Fetch(params long[] offsets)
    {
        foreach (var offset in offsets)
            _feed.Add(new LogEntry(0, offset, "s", DateTimeOffset.UnixEpoch, new byte[1]), (UInt128)(ulong)offset);
    }
}
