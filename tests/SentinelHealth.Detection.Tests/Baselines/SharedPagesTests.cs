using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Testing;

namespace SentinelHealth.Detection.Tests.Baselines;

/// <summary>Copies of pages are what they were, whatever is written to others, also where pages become larger.</summary>
public sealed class SharedPagesTests(ITestOutputHelper output)
{
    /// <summary>Enough for pages of the largest size.</summary>
    private const int ItemsMax = 70_000;

    private const int Steps = 300_000;

    [Fact]
    public void Copies_do_not_see_what_is_written_after_them()
    {
        var random = new Random(TestSeed.Next(output));
        var living = (Pages: new SharedPages<Item>(16), Values: new int[ItemsMax]);
        var room = 16;
        List<(SharedPages<Item> Pages, int Room, int[] Values)> copies = [];
        for (var step = 1; step <= Steps; step++)
        {
            if (room < ItemsMax && random.Next(4) == 0)
                living.Pages.EnsureRoom(++room);
            var number = random.Next(room);
            living.Pages.Write(number)[0] = living.Values[number] = step;
            if (step % 20_000 == 0)
                copies.Add((living.Pages.Share(), room, [.. living.Values]));
            if (random.Next(50_000) > 0)
                continue;
            var back = copies.Count == 0 ? (Pages: living.Pages.Share(), room, living.Values) : copies[random.Next(copies.Count)];
            living = (back.Pages.Share(), [.. back.Item3]);
            room = back.Item2;
        }
        living.Pages.EnsureRoom(ItemsMax);

        Assert.InRange(copies.Count, 10, 20);
        Assert.All(copies, copy => Assert.Equal(copy.Values[..copy.Room], ValuesOf(copy.Pages, copy.Room)));
        Assert.Equal(living.Values, ValuesOf(living.Pages, ItemsMax));
    }

    [Fact]
    public void New_items_are_zero_and_pages_take_about_what_the_items_do()
    {
        var pages = new SharedPages<Item>(1);
        foreach (var count in (int[])[1, 3, 100, 16_383, 16_385, 32_770, ItemsMax])
        {
            pages.EnsureRoom(count);
            Assert.All(ValuesOf(pages, count), value => Assert.Equal(0, value));
            Assert.InRange(pages.SizeBytes, (long)count * Unsafe.SizeOf<Item>(), ((count * 2L) + 32) * Unsafe.SizeOf<Item>());
        }
    }

    private static int[] ValuesOf(SharedPages<Item> pages, int count)
    {
        var values = new int[count];
        for (var number = 0; number < count; number++)
            values[number] = pages.Read(number)[0];
        return values;
    }

    [InlineArray(64)]
    private struct Item
    {
        private int _first;
    }
}
