using SentinelHealth.Ingest.Kafka;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Kafka;

public sealed class PayloadArenaTests(ITestOutputHelper output)
{
    [Fact]
    public void Nothing_taken_overlaps_until_it_is_cleared()
    {
        var random = new Random(TestSeed.Next(output));
        var arena = new PayloadArena();
        for (var round = 0; round < 3; round++)
        {
            var taken = Enumerable.Range(0, 2_000)
                .Select(i => (Room: arena.Take(random.Next(i % 50 == 0 ? 200_000 : 900)), Mark: (byte)i)).ToList();
            taken.ForEach(of => of.Room.AsSpan().Fill(of.Mark));

            Assert.All(taken, of => Assert.False(of.Room.AsSpan().ContainsAnyExcept(of.Mark)));
            arena.Clear();
        }
    }

    [Fact]
    public void Cleared_memory_is_given_out_again()
    {
        var arena = new PayloadArena();
        var before = Enumerable.Range(0, 2_000).Select(_ => arena.Take(500)).ToList();
        arena.Clear();

        Assert.Equal(before, Enumerable.Range(0, 2_000).Select(_ => arena.Take(500)));
    }
}
