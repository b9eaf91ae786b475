using System.Text;
using System.Text.Json;
using SentinelHealth.Detection.Rules.Sigma;
using SentinelHealth.Detection.Rules.Sigma.Correlations;
using SentinelHealth.Testing;

namespace SentinelHealth.Detection.Tests.Rules.Sigma;

/// <summary>Correlations match as the naive reading does, in whatever order the events come within the lateness.</summary>
public class SigmaCorrelationOracleTests(ITestOutputHelper output)
{
    private const int LatenessSeconds = 40;

    private static readonly (string Type, string Condition)[] Kinds =
    [
        ("event_count", "condition: {gte: 3}"), ("event_count", "condition: {gt: 1, lte: 3}"), ("event_count", "condition: {eq: 2}"),
        ("value_count", "condition: {field: n, gte: 3}"), ("value_count", "condition: {field: [n, host], lt: 2}"), ("value_sum", "condition: {field: n, gte: 9}"),
        ("value_avg", "condition: {field: n, gt: 3}"), ("value_min", "condition: {field: n, eq: 2}"), ("value_max", "condition: {field: n, neq: 4}"),
        ("value_percentile", "condition: {field: n, percentile: 75, gte: 4}"), ("value_percentile", "condition: {field: n, lte: 20}"),
        ("temporal", ""), ("temporal", "condition: {gte: 2}"), ("temporal_ordered", ""), ("temporal_ordered", "condition: {eq: 2}"),
    ];

    [Fact]
    public void In_every_order_within_the_lateness()
    {
        var random = new Random(TestSeed.Next(output));
        var matches = 0;
        for (var round = 0; round < 200; round++)
        {
            var (documents, book) = Documents(random);
            var events = Events(random, 100, step: 1 + random.Next(8));
            var expected = new NaiveCorrelation(book, events).Matches().Order(StringComparer.Ordinal).ToList();
            for (var order = 0; order < 2; order++)
            {
                var arrivals = events.OrderBy(one => one.Second + (random.NextDouble() * LatenessSeconds)).ToList();
                var stream = new SigmaStream(documents, TimeSpan.FromSeconds(LatenessSeconds));

                Send(stream, arrivals);

                Assert.True(expected.SequenceEqual(Told(stream)), Explain(documents, arrivals, expected, stream));
                Assert.Equal(0, stream.Engine.Status.LateHits);
            }
            matches += expected.Count;
        }
        output.WriteLine($"{matches} matches");
        Assert.InRange(matches, 1_000, 1_000_000);
    }

    [Fact]
    public void At_once_when_events_come_in_order()
    {
        var random = new Random(TestSeed.Next(output));
        for (var round = 0; round < 200; round++)
        {
            var (documents, book) = Documents(random);
            var events = Events(random, 100, step: 6).DistinctBy(one => one.Second).OrderBy(one => one.Second).ToList();
            var expected = new NaiveCorrelation(book, events).Matches().Order(StringComparer.Ordinal).ToList();
            var stream = new SigmaStream(documents);

            foreach (var one in events)
            {
                var before = stream.Matches.Count;
                stream.Send(one.Second, one.Id, one.Json.GetRawText());
                Assert.All(
                    stream.Matches.Skip(before),
                    match => Assert.Equal(one.Second, (match.At - SigmaStream.Start).TotalSeconds));
            }

            Assert.True(expected.SequenceEqual(Told(stream)), Explain(documents, events, expected, stream));
        }
    }

    [Fact]
    public void Also_across_a_snapshot()
    {
        var random = new Random(TestSeed.Next(output));
        for (var round = 0; round < 100; round++)
        {
            var (documents, book) = Documents(random);
            var events = Events(random, 100, step: 3);
            var arrivals = events.OrderBy(one => one.Second + (random.NextDouble() * LatenessSeconds)).ToList();
            var expected = new NaiveCorrelation(book, events).Matches().Order(StringComparer.Ordinal).ToList();
            var lateness = TimeSpan.FromSeconds(LatenessSeconds);
            var (before, after) = (new SigmaStream(documents, lateness), new SigmaStream(documents, lateness));
            var cut = random.Next(events.Count);

            foreach (var one in arrivals.Take(cut))
                before.Send(one.Second, one.Id, one.Json.GetRawText());
            Restore(Save(before.Engine), after.Engine);
            Send(after, arrivals.Skip(cut));

            var told = Told(before).Concat(Told(after)).Order(StringComparer.Ordinal);
            Assert.True(expected.SequenceEqual(told), Explain(documents, arrivals, expected, after));
        }
    }

    [Fact]
    public void Also_when_it_goes_back_to_what_was_kept()
    {
        var random = new Random(TestSeed.Next(output));
        for (var round = 0; round < 100; round++)
        {
            var (documents, book) = Documents(random);
            var events = Events(random, 100, step: 3);
            var arrivals = events.OrderBy(one => one.Second + (random.NextDouble() * LatenessSeconds)).ToList();
            var expected = new NaiveCorrelation(book, events).Matches().Order(StringComparer.Ordinal).ToList();
            var stream = new SigmaStream(documents, TimeSpan.FromSeconds(LatenessSeconds));
            List<(int Cut, int Told, CorrelationsState Kept, byte[] Bytes)> states = [];

            for (var next = 0; next < arrivals.Count; Send(stream, arrivals[next++]))
            {
                if (states.Count == 0 || random.Next(10) == 0)
                    states.Add((next, stream.Matches.Count, stream.Engine.Keep(), Save(stream.Engine)));
                if (random.Next(20) > 0)
                    continue;
                var back = states[random.Next(states.Count)];
                stream.Engine.TakeOver(back.Kept);
                Assert.Equal(back.Bytes, Save(stream.Engine));
                stream.Matches.RemoveRange(back.Told, stream.Matches.Count - back.Told);
                states.RemoveAll(state => state.Cut > back.Cut);
                next = back.Cut;
            }
            stream.Complete();

            Assert.True(expected.SequenceEqual(Told(stream)), Explain(documents, arrivals, expected, stream));
            Assert.All(states, state => Assert.Equal(state.Bytes, BytesOf(state.Kept.Save)));
            Assert.All(states, state => Assert.Equal(state.Bytes.Length, state.Kept.SavedBytes));
        }
    }

    private static byte[] Save(SigmaEngine engine) => BytesOf(engine.Save);

    private static byte[] BytesOf(Action<BinaryWriter> save)
    {
        using var state = new MemoryStream();
        using var writer = new BinaryWriter(state);
        save(writer);
        return state.ToArray();
    }

    private static void Restore(byte[] state, SigmaEngine engine)
    {
        using var reader = new BinaryReader(new MemoryStream(state));
        engine.Load(reader);
        Assert.Equal(state, Save(engine));
    }

    private static void Send(SigmaStream stream, IEnumerable<NaiveCorrelation.Event> events)
    {
        foreach (var one in events)
            Send(stream, one);
        stream.Complete();
    }

    private static void Send(SigmaStream stream, NaiveCorrelation.Event one) =>
        stream.Send(one.Second, one.Id, one.Json.GetRawText());

    private static List<string> Told(SigmaStream stream) =>
        [.. stream.Matches.Where(match => match.Rule is SigmaCorrelation).Select(SigmaStream.Text).Order(StringComparer.Ordinal)];

    private static string Explain(
        string documents, IEnumerable<NaiveCorrelation.Event> arrivals, IEnumerable<string> expected, SigmaStream stream) =>
        $"{documents}\n{string.Join('\n', arrivals.Select(one => $"{one.Second} {one.Id} {one.Json.GetRawText()}"))}\nmissing: "
        + $"{string.Join("; ", expected.Except(Told(stream)))}\ntoo much: {string.Join("; ", Told(stream).Except(expected))}";

    private static (string Documents, SigmaRuleBook Book) Documents(Random random)
    {
        var text = new StringBuilder();
        for (var number = 0; number < 4; number++)
        {
            var (type, rest) = Kinds[random.Next(Kinds.Length)];
            string[] candidates = number > 1 ? ["a", "b", "c", "k0", "k1"] : ["a", "b", "c"];
            var rules = candidates.OrderBy(_ => random.Next()).Take(random.Next(1, 4));
            text.Append(SigmaCorrelationTests.Correlation(type, $"[{string.Join(", ", rules)}]", rest, $"k{number}"));
            if (random.Next(3) == 0)
                text.Replace("group-by: [user]", random.Next(2) == 0 ? "group-by: [host]" : "group-by: [user, host]");
        }
        foreach (var rule in new[] { "a", "b", "c" })
            text.Append(SigmaCorrelationTests.Rule(rule));
        return (text.ToString(), SigmaRuleBook.Of([SigmaLoader.Read("r.yml", text.ToString())]));
    }

    private static List<NaiveCorrelation.Event> Events(Random random, int count, int step) =>
    [
        .. Enumerable.Range(0, count).Select(number =>
        {
            var json = $$"""{"{{"abcd"[random.Next(4)]}}":1,"{{"abcd"[random.Next(4)]}}2":1,"user":"u{{random.Next(2)}}","n":{{random.Next(6)}},"host":{{(random.Next(8) == 0 ? "null" : $"\"h{random.Next(2)}\"")}}}""";
            return new NaiveCorrelation.Event(random.Next(count * step), $"e{number:000}", JsonDocument.Parse(json).RootElement);
        }),
    ];
}
