using SentinelHealth.Detection.Features;
using SentinelHealth.Detection.Ordering;

namespace SentinelHealth.Detection.Tests.Explanation;

public class NameTableTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void It_goes_back_to_any_of_its_kept_states(int seed)
    {
        output.WriteLine($"seed {seed}");
        // One is kept and gone back to as it is, its twin as bytes alone.
        var (random, names, twin, named) = (new Random(seed), new NameTable(), new NameTable(), 0);
        List<(SavedState Kept, byte[] Bytes)> states = [];
        for (var step = 0; step < 20_000; step++)
        {
            var key = (ulong)random.Next(1, 10_000) * 0x9E3779B97F4A7C15;
            var isWanted = names.Wants(key);
            Assert.Equal(twin.Wants(key), isWanted);
            Assert.Equal(twin.Of(key), names.Of(key));
            if (isWanted && random.Next(2) == 0)
            {
                names.Add(key, $"name {key} ü");
                twin.Add(key, $"name {key} ü");
                named++;
            }
            if (random.Next(500) == 0)
                states.Add((SavedState.Of(Saving(names)), BytesOf(Saving(twin))));
            if (states.Count == 0 || random.Next(500) > 0)
                continue;
            var (kept, bytes) = states[random.Next(Math.Max(0, states.Count - 4), states.Count)];
            names = random.Next(2) == 0 ? names : new NameTable();
            names.Load(new BinaryReader(kept.OpenRead()));
            twin = new NameTable();
            twin.Load(new BinaryReader(new MemoryStream(bytes)));
        }

        Assert.InRange(named, 1_000, 20_000);
        Assert.InRange(states.Count, 10, 100);
        Assert.All(states, state => Assert.Equal(state.Bytes, BytesOf(state.Kept.WriteTo)));
        Assert.All(states, state => Assert.Equal(state.Bytes.Length, state.Kept.Length));
    }

    private static Action<Stream> Saving(NameTable names) => destination =>
    {
        using var writer = new BinaryWriter(destination, System.Text.Encoding.UTF8, leaveOpen: true);
        names.Save(writer);
    };

    private static byte[] BytesOf(Action<Stream> save)
    {
        using var stream = new MemoryStream();
        save(stream);
        return stream.ToArray();
    }
}
