using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Detection.Ordering;

namespace SentinelHealth.Detection.Tests.Lifecycle;

/// <summary>Scorecards that are kept as they are: whatever is noted afterwards, a kept state stays what it was.</summary>
public class KeptScorecardsTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void They_go_back_to_any_of_their_kept_states(int seed)
    {
        output.WriteLine($"seed {seed}");
        // One is kept and gone back to as it is, its twin as bytes alone.
        var (random, cards, twin) = (new Random(seed), new Scorecards(), new Scorecards());
        List<(SavedState Kept, byte[] Bytes)> states = [];
        for (var step = 0; step < 10_000; step++)
        {
            var (name, alert, kind) = ($"ü-{random.Next(6)}", $"al-{random.Next(1 + step)}", random.Next(10));
            foreach (var both in new[] { cards, twin })
                Happen(both, (name, alert, kind), step);
            if (random.Next(200) == 0)
                states.Add((SavedState.Of(Saving(cards)), BytesOf(Saving(twin))));
            if (states.Count == 0 || random.Next(400) > 0)
                continue;
            var (kept, bytes) = states[random.Next(Math.Max(0, states.Count - 4), states.Count)];
            cards = random.Next(2) == 0 ? cards : new Scorecards();
            cards.Load(new BinaryReader(kept.OpenRead()));
            twin = new Scorecards();
            twin.Load(new BinaryReader(new MemoryStream(bytes)));
        }

        Assert.Equal(BytesOf(Saving(twin)), BytesOf(Saving(cards)));
        Assert.InRange(states.Count, 20, 100);
        Assert.All(states, state => Assert.Equal(state.Bytes, BytesOf(state.Kept.WriteTo)));
        Assert.All(states, state => Assert.Equal(state.Bytes.Length, state.Kept.Length));
        Assert.Contains(states, state => state.Kept.Length > 20_000);
    }

    private static void Happen(Scorecards cards, (string Name, string Alert, int Kind) what, int step)
    {
        if (what.Kind == 0)
            cards.Decide(what.Alert, step % 2 == 0 ? Disposition.Benign : Disposition.Confirmed);
        else if (what.Kind == 1)
            cards.Tune(cards.Tuning.With(what.Name, step % 2 == 0 ? DetectorStage.Shadow : DetectorStage.Enforced));
        else
            cards.Of(what.Name).Note(what.Alert, 1.0 / (1 + step));
        cards.Of(what.Name).ScoredCount = step;
    }

    private static Action<Stream> Saving(Scorecards cards) => destination =>
    {
        using var writer = new BinaryWriter(destination, System.Text.Encoding.UTF8, leaveOpen: true);
        cards.Save(writer);
    };

    private static byte[] BytesOf(Action<Stream> save)
    {
        using var stream = new MemoryStream();
        save(stream);
        return stream.ToArray();
    }
}
