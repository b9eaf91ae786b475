using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Baselines;

namespace SentinelHealth.Detection.Tests.Baselines;

public sealed class BoundedMapOracleTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_table_holds_what_a_dictionary_would(int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var table = new BoundedMap<long>(100_000);
        Dictionary<ulong, long> expected = [];
        for (var step = 0; step < 60_000; step++)
        {
            var key = Key(random.Next(8_000));
            if (random.Next(5) == 0)
            {
                table.Remove(key);
                expected.Remove(key);
                continue;
            }
            table.Touch(key, step, out var isNew) += step;
            Assert.Equal(isNew, !expected.ContainsKey(key));
            expected[key] = expected.GetValueOrDefault(key) + step;
        }
        Assert.Equal(expected.Count, table.Count);
        Assert.All(expected, pair => Assert.Equal(pair.Value, table.Find(pair.Key)));
        Assert.True(Unsafe.IsNullRef(in table.Find(Key(9_000))));
        Assert.Equal(0, table.EvictedCount);
    }

    [Fact]
    public void At_the_bound_those_forgotten_are_among_the_longest_unseen()
    {
        const int bound = 1_000;
        var table = new BoundedMap<int>(bound);
        for (var i = 0; i < 3 * bound; i++)
        {
            table.Touch(Key(i), i * 1_000L, out _) = i;
            // Someone who is seen all the time stays.
            table.Touch(Key(7), i * 1_000L, out _) = 7;
        }
        Assert.Equal(bound, table.Count);
        Assert.Equal(2 * bound, table.EvictedCount);
        Assert.Equal(7, table.Find(Key(7)));
        Assert.All(Enumerable.Range(3 * bound - 100, 100), i => Assert.Equal(i, table.Find(Key(i))));
    }

    [Fact]
    public void A_reloaded_table_forgets_the_same_entities()
    {
        var table = new BoundedMap<int>(300);
        for (var i = 0; i < 1_000; i++)
            table.Touch(Key(i * 7 % 640), i * 1_500L, out _)++;
        var copy = new BoundedMap<int>(300);
        copy.Load(new BinaryReader(new MemoryStream(Saved(table))));
        Assert.Equal(Saved(table), Saved(copy));
        for (var i = 0; i < 1_000; i++)
        {
            table.Touch(Key(i * 11 % 900), 2_000_000L + i, out _)++;
            copy.Touch(Key(i * 11 % 900), 2_000_000L + i, out _)++;
        }
        Assert.Equal(Saved(table), Saved(copy));
    }

    [Fact]
    public void Memory_is_what_the_entities_take_whatever_their_number()
    {
        foreach (var entities in new[] { 1_000, 10_000, 70_000 })
        {
            var table = new BoundedMap<decimal>(1_000_000);
            for (var i = 0; i < entities; i++)
                table.Touch(Key(i), i, out _);
            output.WriteLine($"{entities} entities: {(double)table.SizeBytes / entities:0.0} bytes each");
            // Sixteen of state, sixteen beside it, up to sixteen of the way to it; the last page is up to half empty.
            Assert.InRange(table.SizeBytes, 32L * entities, (48L * entities) + 131_072);
        }
    }

    [Fact]
    public void Keys_chosen_to_meet_do_not_make_lookups_slow()
    {
        var table = new BoundedMap<int>(100_000);
        for (var i = 1; i <= 10_000; i++)
            table.Touch((ulong)i, i * 1_000L, out _) = i;
        Assert.InRange(table.Count, 1, 32);
        Assert.Equal(10_000, table.Find(10_000));
        Assert.Equal(10_000 - table.Count, table.EvictedCount);
    }

    [Fact]
    public void A_table_that_holds_an_entity_twice_is_refused()
    {
        var table = new BoundedMap<int>(64);
        table.Touch(Key(1), 0, out _);
        table.Touch(Key(2), 0, out _);
        var saved = Saved(table);
        // The second entity's key follows the header, the first entity and its own number.
        saved.AsSpan(20 + 4, 8).CopyTo(saved.AsSpan(20 + 24 + 4));
        Assert.Throws<InvalidDataException>(() => new BoundedMap<int>(64).Load(new BinaryReader(new MemoryStream(saved))));
    }

    private static ulong Key(int number) => ((ulong)number + 1) * 0x9E3779B97F4A7C15;

    private static byte[] Saved<T>(BoundedMap<T> table)
        where T : unmanaged
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        table.Save(writer);
        writer.Flush();
        return stream.ToArray();
    }
}
