using SentinelHealth.Detection.Ordering;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Testing;

namespace SentinelHealth.Detection.Tests.Ordering;

/// <summary>Transactions of one block have one time: their order is that of the ledger, however they came and whatever they are called.</summary>
public sealed class LedgerOrderTests
{
    private const string At = "2026-11-02T08:00:00Z";
    private const int Blocks = 3, EventsOfEach = 12;
    private static readonly DetectionOptions Options = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Events_of_one_time_stand_in_the_order_of_their_ledger(int seed)
    {
        var inLedger = Enumerable.Range(0, Blocks * EventsOfEach).ToList();
        var arrived = inLedger.ToArray();
        new Random(seed).Shuffle(arrived);
        var scoring = Make();

        foreach (var batch in arrived.Chunk(5))
            Take(scoring, batch);

        Assert.Equal(inLedger.Select(NameOf), NamesHeld(scoring));
    }

    [Fact]
    public void Who_acts_after_its_removal_in_the_same_block_is_told_of_and_who_acted_before_it_is_not()
    {
        // Of ten names each, about half come before that of the removal by their hashes: an order by those would say the opposite of them.
        foreach (var number in Enumerable.Range(0, 10))
        {
            Assert.Equal(["node.removed"], Told(Removal(logIndex: 1), Act($"act-{number}", logIndex: 2)));
            Assert.Empty(Told(Removal(logIndex: 2), Act($"act-{number}", logIndex: 1)));
        }
    }

    [Fact]
    public void Who_does_not_say_where_in_the_block_it_stands_is_not_told_of_for_the_time_alone() =>
        Assert.All(Enumerable.Range(0, 10), number => Assert.Empty(Told(Removal(logIndex: 1), Act($"act-{number}", logIndex: null))));

    [Fact]
    public void A_state_saved_before_ledgers_counted_keeps_its_order_and_goes_on()
    {
        var saved = Make();
        var all = Enumerable.Range(0, Blocks * EventsOfEach).ToArray();
        Take(saved, all[..10]);
        using var state = new MemoryStream();
        saved.Save(state);

        var (now, before) = (Make(), Make());
        now.Restore(new MemoryStream(state.ToArray()));
        before.Restore(new MemoryStream(WithoutPlaces(state.ToArray())));
        foreach (var scoring in (OrderedScoring[])[now, before])
        {
            foreach (var number in all[..10])
                Assert.True(scoring.TakeAgain((0, number), DateTimeOffset.MaxValue.AddDays(-2), Event(number)));
            scoring.EndRestore();
            Take(scoring, all[10..]);
        }

        Assert.Equal(all.Select(NameOf), NamesHeld(now));
        // Those it had stand as they stood then; what came later stands in the order of the ledger.
        Assert.Equal(all[..10].Select(NameOf).OrderBy(StableHash.Of), NamesHeld(before)[..10]);
        Assert.Equal(all[10..].Select(NameOf), NamesHeld(before)[10..]);
    }

    private static List<string> Told(params IEnumerable<SentinelEvent> events)
    {
        var scoring = Make();
        var number = 0;
        foreach (var observed in events.Prepend(Admission()))
            scoring.Add((0, number++), DateTimeOffset.MaxValue.AddDays(-2), observed);
        return scoring.Settle().SelectMany(said => said.Alerts).Select(alert => alert.Source).ToList();
    }

    private static SentinelEvent Admission() => Some.LedgerTransaction(
        ("id", "admission"), ("time", "2026-11-02T07:00:00Z"), ("contract", "NodeRegistry"), ("method", "admitNode"),
        ("node", "node:b"), ("args", new { nodeId = "node:a", nodeOrganization = "hospital-a" }));

    private static SentinelEvent Removal(int logIndex) => Some.LedgerTransaction(
        ("id", "removal"), ("time", At), ("block", 7), ("logIndex", logIndex), ("contract", "NodeRegistry"), ("method", "removeNode"),
        ("node", "node:b"), ("args", new { nodeId = "node:a" }));

    private static SentinelEvent Act(string id, int? logIndex) => Some.LedgerTransaction(
        ("id", id), ("time", At), ("block", 7), ("logIndex", logIndex), ("contract", "Heartbeat"), ("method", "heartbeat"), ("node", "node:a"));

    private static SentinelEvent Event(int number) => Some.LedgerTransaction(
        ("id", NameOf(number)), ("time", At), ("block", 1 + (number / EventsOfEach)), ("logIndex", number % EventsOfEach));

    private static string NameOf(int number) => $"t-{number}";

    private static OrderedScoring Make() => new(
        state => state is null ? new DetectionEngine(Options) : DetectionEngine.Load(state, Options),
        new NativeEventDecoder(), new OrderedScoringOptions());

    private static void Take(OrderedScoring scoring, IEnumerable<int> numbers)
    {
        foreach (var number in numbers)
            scoring.Add((0, number), DateTimeOffset.MaxValue.AddDays(-2), Event(number));
        foreach (var _ in scoring.Settle())
            continue;
    }

    private static List<string> NamesHeld(OrderedScoring scoring)
    {
        var (decoder, observed) = (new NativeEventDecoder(), new SentinelEvent());
        return [.. scoring.Held.Select(held =>
        {
            Assert.True(decoder.TryDecode(held.Payload, observed, out _));
            return observed.TextOf(TextField.Id);
        })];
    }

    /// <summary>The same state in the format before.</summary>
    private static byte[] WithoutPlaces(byte[] state)
    {
        using var reader = new BinaryReader(new MemoryStream(state));
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        Assert.Equal(0x53_48_4F_34u, reader.ReadUInt32());
        writer.Write(0x53_48_4F_33u);
        var partitions = reader.ReadInt32();
        writer.Write(partitions);
        writer.Write(reader.ReadBytes(partitions * (sizeof(int) + (2 * sizeof(long)))));
        CopyRank();
        var held = reader.ReadInt32();
        writer.Write(held);
        for (var i = 0; i < held; i++)
        {
            CopyRank();
            writer.Write(reader.ReadByte());
        }
        writer.Write(reader.ReadBytes(state.Length));
        return stream.ToArray();

        void CopyRank()
        {
            writer.Write(reader.ReadInt64());
            reader.ReadBytes(2 * sizeof(long));
            writer.Write(reader.ReadBytes(sizeof(ulong) + sizeof(int) + sizeof(long)));
        }
    }
}
