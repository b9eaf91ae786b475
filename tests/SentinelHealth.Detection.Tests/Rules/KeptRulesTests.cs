using SentinelHealth.Detection.Ordering;
using SentinelHealth.Detection.Rules;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Testing;

namespace SentinelHealth.Detection.Tests.Rules;

/// <summary>Rules whose state is kept as it is: whatever they are told afterwards, it stays what it was, and they go on from it alike.</summary>
public class KeptRulesTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Waiting_queries_stay_what_they_were(int seed) =>
        GoesBackToAnyKeptState(() => new OffLedgerRules(), Queries, eventCount: 4_000, seed);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Speakers_stay_what_they_were(int seed) =>
        GoesBackToAnyKeptState(() => new SilenceRules(), Beats, eventCount: 6_000, seed);

    /// <summary>One is kept and gone back to as it is, its twin as bytes alone.</summary>
    private void GoesBackToAnyKeptState(Func<IRuleSet> cold, Func<int, SentinelEvent> script, int eventCount, int seed)
    {
        var (random, rules, twin, told) = (new Random(seed), cold(), cold(), 0);
        List<(int Next, SavedState Kept, byte[] Bytes)> states = [];
        for (var next = 0; next < eventCount; next++)
        {
            var observed = script(next);
            var said = Told(rules, observed);
            Assert.Equal(Told(twin, observed), said);
            told += said.Count;
            if (random.Next(100) == 0)
                states.Add((next, SavedState.Of(Saving(rules)), BytesOf(Saving(twin))));
            if (states.Count == 0 || random.Next(400) > 0)
                continue;
            var back = states[random.Next(Math.Max(0, states.Count - 8), states.Count)];
            next = back.Next;
            rules = random.Next(2) == 0 ? rules : cold();
            Load(rules, back.Kept.OpenRead());
            Load(twin = cold(), new MemoryStream(back.Bytes));
        }

        output.WriteLine($"{states.Count} states, {told} breaches, the last state {states[^1].Kept.Length:#,0} bytes");
        Assert.InRange(told, 5, eventCount / 5);
        Assert.InRange(states.Count, 20, 400);
        Assert.All(states, state => Assert.Equal(state.Bytes, BytesOf(state.Kept.WriteTo)));
        Assert.All(states, state => Assert.Equal(state.Bytes.Length, state.Kept.Length));
    }

    /// <summary>A query and, one and a half minutes later, its transaction; for every fiftieth none comes.</summary>
    private static SentinelEvent Queries(int i)
    {
        var (query, time) = (i - (i % 2 == 0 ? 0 : 31), LedgerScript.At(i * 0.05).ToString("O"));
        return i % 2 == 0
            ? Some.BiometricQuery([("id", $"bq-{i}-ü"), ("time", time), ("ledgerTxId", $"0x{query:x}"), ("probeHash", $"p{i}")])
            : Some.LedgerTransaction(("id", query % 100 == 50 && i > 600 ? $"0xf{query:x}:0" : $"0x{query:x}:0"), ("time", time));
    }

    /// <summary>Twelve nodes, each every half hour; each is silent for a day now and then, and one is taken out and comes back.</summary>
    private static SentinelEvent Beats(int i)
    {
        var (minute, node) = ((i / 12 * 30.0) + (i % 12), i % 12);
        var time = LedgerScript.At(minute).ToString("O");
        if (i % 1_000 == 999)
        {
            return Some.LedgerTransaction(("id", $"0x{i:x}:0"), ("time", time), ("contract", "NodeRegistry"), ("method", "removeNode"),
                ("args", new { nodeId = "node:5" }));
        }
        var isSilent = (int)(minute / 1_440) is > 4 and var day && (day + node) % 6 == 0;
        return Some.BiometricQuery(
            [("id", $"bq-{i}-ü"), ("time", time), ("node", $"node:{(isSilent ? (node + 1) % 12 : node)}"), ("probeHash", $"p{i}")]);
    }

    private static List<string> Told(IRuleSet rules, SentinelEvent observed)
    {
        List<RuleMatch> matches = [];
        rules.Observe(observed, matches);
        return matches.ConvertAll(match => string.Join('|',
            [match.Rule.Name, match.Entity.ToString(), match.Reason, match.Observed, match.Expected, .. match.EventIds,
                .. match.Related.Select(related => related.ToString())]));
    }

    private static void Load(IRuleSet rules, Stream source)
    {
        using var reader = new BinaryReader(source);
        rules.Load(reader);
    }

    private static Action<Stream> Saving(IRuleSet rules) => destination =>
    {
        using var writer = new BinaryWriter(destination, System.Text.Encoding.UTF8, leaveOpen: true);
        rules.Save(writer);
    };

    private static byte[] BytesOf(Action<Stream> save)
    {
        using var stream = new MemoryStream();
        save(stream);
        return stream.ToArray();
    }
}
