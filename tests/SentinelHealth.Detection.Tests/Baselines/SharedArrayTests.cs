using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Ordering;

namespace SentinelHealth.Detection.Tests.Baselines;

/// <summary>A fixed number of items that kept states share until they change.</summary>
public sealed class SharedArrayTests(ITestOutputHelper output)
{
    private const int Count = 4_096;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void It_holds_what_an_array_holds_and_goes_back_to_any_of_its_kept_states(int seed)
    {
        output.WriteLine($"seed {seed}");
        var (random, array, model) = (new Random(seed), new SharedArray<int>(Count), new int[Count]);
        List<(SavedState Kept, int[] Model)> states = [];
        for (var step = 1; step < 20_000; step++)
        {
            var at = random.Next(Count);
            Assert.Equal(model[at], array.Read(at));
            model[at] = array.Write(at) += step;
            if (random.Next(1_000) == 0)
                states.Add((Kept(array), [.. model]));
            if (states.Count == 0 || random.Next(1_000) > 0)
                continue;
            var (kept, then) = states[random.Next(states.Count)];
            array = random.Next(2) == 0 ? array : new SharedArray<int>(Count);
            Load(array, kept.OpenRead());
            model = [.. then];
        }

        Assert.InRange(states.Count, 5, 60);
        Assert.All(states, state => Assert.Equal(BytesOf(state.Model), BytesOf(state.Kept.WriteTo)));
        Assert.All(states, state => Assert.Equal(Count * sizeof(int), state.Kept.Length));
        Assert.Equal(BytesOf(model), BytesOf(array));
    }

    [Fact]
    public void What_was_read_from_bytes_is_what_was_written()
    {
        var (array, again) = (new SharedArray<int>(Count), new SharedArray<int>(Count));
        (array.Write(0), array.Write(Count - 1)) = (7, 8);

        Load(again, new MemoryStream(BytesOf(array)));

        Assert.Equal((7, 0, 8), (again.Read(0), again.Read(1), again.Read(Count - 1)));
        Assert.Equal(BytesOf(array), BytesOf(again));
        Assert.Equal(0, new SharedArray<int>(Count).Read(0));
    }

    [Fact]
    public void Making_keeping_and_going_back_cost_a_reference_a_page()
    {
        const int many = 1 << 20;
        new SharedArray<int>(Count).Write(0) = 1;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var array = new SharedArray<int>(many);
        array.Write(5) = 1;
        var kept = Kept(array);
        Load(new SharedArray<int>(many), kept.OpenRead());
        var cost = GC.GetAllocatedBytesForCurrentThread() - before;

        output.WriteLine($"{cost:#,0} bytes for {array.SizeBytes:#,0}");
        Assert.InRange(cost, 1, array.SizeBytes / 8);
    }

    [Fact]
    public void Another_number_of_items_or_another_kind_is_refused()
    {
        var kept = Kept(new SharedArray<int>(Count));

        Assert.Throws<InvalidDataException>(() => Load(new SharedArray<int>(2 * Count), kept.OpenRead()));
        Assert.Throws<InvalidDataException>(() => Load(new SharedArray<uint>(Count), kept.OpenRead()));
        Assert.Throws<EndOfStreamException>(() => Load(new SharedArray<int>(Count), new MemoryStream(new byte[Count])));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SharedArray<int>(Count + 1));
    }

    private static SavedState Kept(SharedArray<int> array) => SavedState.Of(stream => Save(array, stream));

    private static void Save(SharedArray<int> array, Stream destination)
    {
        using var writer = new BinaryWriter(destination, System.Text.Encoding.UTF8, leaveOpen: true);
        array.Save(writer);
    }

    private static void Load<T>(SharedArray<T> array, Stream source)
        where T : unmanaged
    {
        using var reader = new BinaryReader(source);
        array.Load(reader);
    }

    private static byte[] BytesOf(int[] items) => System.Runtime.InteropServices.MemoryMarshal.AsBytes(items.AsSpan()).ToArray();

    private static byte[] BytesOf(SharedArray<int> array) => BytesOf(stream => Save(array, stream));

    private static byte[] BytesOf(Action<Stream> save)
    {
        using var stream = new MemoryStream();
        save(stream);
        return stream.ToArray();
    }
}
