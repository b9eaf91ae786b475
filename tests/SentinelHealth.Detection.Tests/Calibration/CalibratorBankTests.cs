using SentinelHealth.Detection.Calibration;
using SentinelHealth.Detection.Ordering;

namespace SentinelHealth.Detection.Tests.Calibration;

public class CalibratorBankTests
{
    private const ulong Loud = 1, Quiet = 2, New = 3;

    [Fact]
    public void A_quiet_group_of_few_scores_finds_a_score_rarer_than_everybody_does_and_ever_more_so()
    {
        var bank = Learned();
        var last = bank.PValue(New, 6);
        Assert.InRange(last, 0.01, 0.2);
        for (var record = 50; record <= 400; record += 50)
        {
            for (var i = 0; i < 50; i++)
                bank.Learn(Quiet, 0.1, 1);
            var now = bank.PValue(Quiet, 6);
            Assert.True(now < last, $"{now} after {record} scores, {last} before");
            last = now;
        }
        Assert.Equal(bank.PValue(New, 6) * 100 / 500, last, 0.02 * last);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void It_goes_back_to_any_of_its_kept_states(int seed)
    {
        // One is kept and gone back to as it is, its twin as bytes alone.
        var (random, bank, twin) = (new Random(seed), new CalibratorBank(), new CalibratorBank());
        List<(SavedState Kept, byte[] Bytes)> states = [];
        for (var step = 0; step < 20_000; step++)
        {
            var (group, score) = ((ulong)random.Next(1 + (step / 30)), -2 * Math.Log(random.NextDouble()));
            Assert.Equal(twin.PValue(group, score), bank.PValue(group, score));
            bank.Learn(group, score, 1);
            twin.Learn(group, score, 1);
            if (random.Next(500) == 0)
                states.Add((SavedState.Of(Saving(bank)), BytesOf(Saving(twin))));
            if (states.Count == 0 || random.Next(500) > 0)
                continue;
            var (kept, bytes) = states[random.Next(states.Count)];
            bank = random.Next(2) == 0 ? bank : new CalibratorBank();
            bank.Load(new BinaryReader(kept.OpenRead()));
            twin = new CalibratorBank();
            twin.Load(new BinaryReader(new MemoryStream(bytes)));
        }

        Assert.InRange(states.Count, 10, 100);
        Assert.All(states, state => Assert.Equal(state.Bytes, BytesOf(state.Kept.WriteTo)));
        Assert.All(states, state => Assert.Equal(state.Bytes.Length, state.Kept.Length));
        Assert.Contains(states, state => state.Kept.Length > 300_000);
    }

    [Fact]
    public void A_group_that_is_always_loud_is_not_surprised_by_a_loud_score()
    {
        var bank = Learned();
        for (var i = 0; i < 200; i++)
            bank.Learn(New, 8, 1);
        Assert.True(bank.PValue(New, 6) > 0.6);
    }

    [Fact]
    public void A_full_record_outweighs_everybody()
    {
        var bank = Learned();
        var random = new Random(7);
        for (var i = 0; i < 10_000; i++)
            bank.Learn(Quiet, 8 * random.NextDouble(), 1);
        Assert.Equal(0.25, bank.PValue(Quiet, 6), 0.01);
    }

    [Fact]
    public void A_group_behind_the_bound_is_everybody()
    {
        var bank = Learned();
        for (var group = 10UL; group < 1000; group++)
            bank.Learn(group, 0.1, 1);
        Assert.Equal(bank.PValue(New, 6), bank.PValue(999, 6));
    }

    /// <summary>Thousands of scores of a loud group: one in twenty is above 6.</summary>
    private static CalibratorBank Learned()
    {
        var bank = new CalibratorBank();
        var random = new Random(5);
        for (var i = 0; i < 4_000; i++)
            bank.Learn(Loud, -Math.Log(random.NextDouble()) * 2, 1);
        return bank;
    }

    private static Action<Stream> Saving(CalibratorBank bank) => destination =>
    {
        using var writer = new BinaryWriter(destination, System.Text.Encoding.UTF8, leaveOpen: true);
        bank.Save(writer);
    };

    private static byte[] BytesOf(Action<Stream> save)
    {
        using var stream = new MemoryStream();
        save(stream);
        return stream.ToArray();
    }
}
