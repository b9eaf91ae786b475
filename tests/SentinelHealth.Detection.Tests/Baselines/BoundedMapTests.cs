using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Tests.Baselines;

public class BoundedMapTests
{
    private const int Bound = 1 << 16;

    [Fact]
    public void Nobody_is_forgotten_while_half_of_the_bound_is_in_use()
    {
        var map = Filled(Bound / 2);

        Assert.Equal(0, map.EvictedCount);
        Assert.Equal(Bound / 2, map.Count);
        for (var i = 0; i < Bound / 2; i++)
            Assert.Equal(i, map.Find(KeyOf(i)));
    }

    [Fact]
    public void Over_the_bound_the_count_stays_below_it_and_every_forgotten_one_is_counted()
    {
        var map = Filled(Bound * 2);

        Assert.True(map.Count <= Bound);
        Assert.Equal(Bound * 2, map.Count + map.EvictedCount);
        Assert.Equal(map.Count, Enumerable.Range(0, Bound * 2).Count(i => !IsForgotten(map, i)));
    }

    [Fact]
    public void Whoever_was_seen_last_is_still_there_over_the_bound()
    {
        var map = Filled(Bound * 4);
        for (var i = (Bound * 4) - 1000; i < Bound * 4; i++)
            Assert.Equal(i, map.Find(KeyOf(i)));
    }

    [Fact]
    public void A_reloaded_table_goes_on_byte_for_byte_like_the_saved_one()
    {
        var map = Filled(Bound / 2);
        var again = new BoundedMap<int>(Bound);
        again.Load(new BinaryReader(new MemoryStream(Saved(map))));
        foreach (var grown in new[] { map, again })
        {
            for (var i = Bound / 2; i < Bound * 2; i++)
                grown.Touch(KeyOf(i), i, out _) = i;
        }
        Assert.Equal(Saved(map), Saved(again));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(64)]
    public void A_tiny_bound_holds(int bound)
    {
        var map = new BoundedMap<int>(bound);
        for (var i = 0; i < 1000; i++)
        {
            map.Touch(KeyOf(i), i, out var isNew) = i;
            Assert.True(isNew);
            Assert.InRange(map.Count, 1, bound);
            Assert.Equal(i, map.Find(KeyOf(i)));
        }
    }

    [Fact]
    public void A_removed_one_leaves_its_neighbors_alone()
    {
        var map = Filled(1000);
        for (var i = 0; i < 1000; i += 2)
            map.Remove(KeyOf(i));
        Assert.Equal(500, map.Count);
        for (var i = 0; i < 1000; i++)
            Assert.Equal(i % 2 == 0, IsForgotten(map, i));
    }

    private static BoundedMap<int> Filled(int count)
    {
        var map = new BoundedMap<int>(Bound);
        for (var i = 0; i < count; i++)
            map.Touch(KeyOf(i), i, out _) = i;
        return map;
    }

    private static bool IsForgotten(BoundedMap<int> map, int i) => Unsafe.IsNullRef(in map.Find(KeyOf(i)));

    private static ulong KeyOf(int i) => StableHash.Of($"entity {i}");

    private static byte[] Saved(BoundedMap<int> map)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream))
            map.Save(writer);
        return stream.ToArray();
    }
}
