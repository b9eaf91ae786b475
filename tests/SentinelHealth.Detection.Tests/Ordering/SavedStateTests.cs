using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Ordering;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Simulation;

namespace SentinelHealth.Detection.Tests.Ordering;

/// <summary>A state kept in memory shares its tables with the living ones: whatever happens to those, it stays what it was.</summary>
public sealed class SavedStateTests(ITestOutputHelper output)
{
    private const int EventsBetween = 400;
    private static readonly DetectionOptions Options = new() { WarmUpEvents = 500, WarmUpSpan = TimeSpan.FromHours(4) };

    private static readonly Lazy<byte[][]> Network = new(() => [.. new HospitalSimulator(
        new SimulationOptions { Seed = 17, Days = 2, EventsPerDay = 4_000, Attacks = ["all"] }).Events().Select(item => item.Json)]);

    [Fact]
    public void A_kept_state_is_what_was_saved_then_however_the_engine_goes_on()
    {
        var engine = new DetectionEngine(Options);
        List<(SavedState Kept, byte[] Bytes)> states = [];
        foreach (var records in Network.Value.Chunk(EventsBetween))
        {
            Process(engine, records);
            states.Add((SavedState.Of(engine.Save), BytesOf(engine)));
        }

        Assert.All(states, state => Assert.Equal(state.Bytes, BytesOf(state.Kept)));
        Assert.All(states, state => Assert.Equal(state.Bytes.Length, state.Kept.Length));
        var last = states[^1].Kept;
        output.WriteLine($"{last.WrittenBytes:#,0} of {last.Length:#,0} bytes were written");
        Assert.InRange(last.WrittenBytes, 1, last.Length / 2);
    }

    [Fact]
    public void An_engine_made_from_a_kept_state_goes_on_alike_and_leaves_it_alone()
    {
        var engine = new DetectionEngine(Options);
        var half = Network.Value.Length / 2;
        Process(engine, Network.Value[..half]);
        var kept = SavedState.Of(engine.Save);
        var bytes = BytesOf(engine);
        Process(engine, Network.Value[half..]);

        foreach (var _ in Enumerable.Range(0, 2))
        {
            using var state = kept.OpenRead();
            var again = DetectionEngine.Load(state, Options);
            Process(again, Network.Value[half..]);
            Assert.Equal(BytesOf(engine), BytesOf(again));
            Assert.Equal(bytes, BytesOf(kept));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_table_goes_back_to_any_of_its_kept_states(int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var table = new BoundedMap<decimal>(500);
        List<(SavedState Kept, byte[] Bytes)> states = [];
        var evicted = 0L;
        for (var step = 0; step < 60_000; step++)
        {
            var key = StableHash.Of($"entity {random.Next(1 + (step / 10))}");
            switch (random.Next(8))
            {
                case 0:
                    table.Remove(key);
                    break;
                case 1 when !Unsafe.IsNullRef(in table.Find(key)):
                    table.Change(key)++;
                    break;
                default:
                    table.Touch(key, step * 1_000L, out _) += step;
                    break;
            }
            evicted = Math.Max(evicted, table.EvictedCount);
            if (random.Next(2_000) == 0)
                states.Add((SavedState.Of(Saving(table)), BytesOf(Saving(table))));
            if (states.Count == 0 || random.Next(3_000) > 0)
                continue;
            var (kept, bytes) = states[random.Next(states.Count)];
            using var reader = new BinaryReader(kept.OpenRead());
            table.Load(reader);
            Assert.Equal(bytes, BytesOf(Saving(table)));
        }

        Assert.InRange(states.Count, 10, 60);
        Assert.InRange(evicted, 1, 60_000);
        Assert.All(states, state => Assert.Equal(state.Bytes, BytesOf(state.Kept)));
    }

    [Fact]
    public void A_table_of_another_kind_is_refused()
    {
        var kept = SavedState.Of(Saving(new BoundedMap<int>(64)));

        using var reader = new BinaryReader(kept.OpenRead());

        Assert.Throws<InvalidDataException>(() => new BoundedMap<long>(64).Load(reader));
    }

    private static void Process(DetectionEngine engine, IEnumerable<byte[]> records)
    {
        var (decoder, observed) = (new NativeEventDecoder(), new SentinelEvent());
        foreach (var record in records)
        {
            Assert.True(decoder.TryDecode(record, observed, out _));
            engine.Process(observed);
        }
    }

    private static Action<Stream> Saving<T>(BoundedMap<T> table)
        where T : unmanaged => destination =>
        {
            using var writer = new BinaryWriter(destination, System.Text.Encoding.UTF8, leaveOpen: true);
            table.Save(writer);
        };

    private static byte[] BytesOf(DetectionEngine engine) => BytesOf(engine.Save);

    private static byte[] BytesOf(SavedState kept) => BytesOf(kept.WriteTo);

    private static byte[] BytesOf(Action<Stream> save)
    {
        using var stream = new MemoryStream();
        save(stream);
        return stream.ToArray();
    }
}
