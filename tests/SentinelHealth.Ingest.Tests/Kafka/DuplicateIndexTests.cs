using SentinelHealth.Ingest.Kafka;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Kafka;

public sealed class DuplicateIndexTests
{
    [Fact]
    public void A_repetition_is_recognized_up_to_the_last_offset_of_the_window()
    {
        var index = new DuplicateIndex(offsetsMax: 10);
        Assert.False(index.Observe(0, 7));

        Assert.True(index.Observe(10, 7));
    }

    [Fact]
    public void Beyond_the_window_it_is_a_record_of_its_own()
    {
        var index = new DuplicateIndex(offsetsMax: 10);
        index.Observe(0, 7);

        Assert.False(index.Observe(11, 7));
    }

    [Fact]
    public void A_repetition_keeps_the_record_in_the_window()
    {
        var index = new DuplicateIndex(offsetsMax: 10);
        index.Observe(0, 7);
        index.Observe(8, 7);

        Assert.True(index.Observe(18, 7));
    }

    [Fact]
    public void Warming_up_from_where_it_says_gives_the_answers_of_one_that_saw_everything()
    {
        const int Offsets = 5_000, Window = 100;
        var random = new Random(TestSeed.Default);
        var keys = Enumerable.Range(0, Offsets).Select(_ => (UInt128)random.Next(1_000)).ToArray();
        var whole = new DuplicateIndex(Window);
        var expected = keys.Select((key, offset) => whole.Observe(offset, key)).ToArray();

        foreach (var from in new[] { 0, 1, 99, 100, 101, 2_500, 4_999 })
        {
            var late = new DuplicateIndex(Window);
            var start = (int)late.WarmUpFrom(from);
            var answers = Enumerable.Range(start, Offsets - start).Select(offset => late.Observe(offset, keys[offset])).ToArray();

            Assert.Equal(expected[from..], answers[(from - start)..]);
        }
    }
}
