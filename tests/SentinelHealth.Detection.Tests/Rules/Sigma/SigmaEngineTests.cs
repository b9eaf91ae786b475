using System.Text;
using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Detection.Tests.Rules.Sigma;

public class SigmaEngineTests
{
    private static readonly string Counting =
        SigmaCorrelationTests.Correlation("event_count", "[a]", "condition: {gte: 3}") + SigmaCorrelationTests.Rule("a");

    [Fact]
    public void A_match_carries_its_rule_with_author_and_licence()
    {
        var match = Assert.Single(new SigmaStream("author: Ann\nlicense: MIT\nlevel: high\ntags: [attack.t1078]\n" + SigmaCorrelationTests.Rule("a"))
            .Send(7, "e1", """{"a":1}""").Matches);

        Assert.Equal(("Ann", "MIT", SigmaLevel.High), (match.Rule.Author, match.Rule.License, match.Rule.Level));
        Assert.Equal(["attack.t1078"], match.Rule.Tags);
        Assert.Equal(SigmaStream.Start.AddSeconds(7), match.At);
        Assert.Equal(["e1"], match.EventIds);
    }

    [Fact]
    public void Values_that_are_added_one_by_one_are_as_good_as_json()
    {
        var book = SigmaRuleBook.Of([SigmaLoader.Read("r.yml",
            "title: r\nlogsource: {product: test}\ndetection: {s: {a.b: TEXT, n: -5, x|gt: 0.25, t: true, z: null, 'w|exists': true}, condition: s}")]);
        var engine = new SigmaEngine(book);
        var (record, matches) = (engine.NewRecord(SigmaFieldMap.Plain), new List<SigmaMatch>());
        var (text, number, fraction, truth, nothing, there) =
            (record.PathOf("a.b"), record.PathOf("n"), record.PathOf("x"), record.PathOf("t"), record.PathOf("z"), record.PathOf("w"));

        for (var turn = 0; turn < 3; turn++)
        {
            record.Begin();
            record.Add(text, "Text"u8);
            record.Add(number, -5L);
            record.Add(fraction, 0.5);
            record.Add(truth, true);
            record.AddNull(nothing);
            if (turn != 1)
                record.Add(there, "x"u8);
            engine.Observe(record, SigmaStream.Start, "e"u8, matches);
            Assert.Equal(turn == 1 ? 0 : 1, matches.Count);
        }
    }

    [Fact]
    public void A_record_has_a_bounded_number_of_values()
    {
        var record = new SigmaEngine(SigmaRuleBook.Of([])).NewRecord(SigmaFieldMap.Plain);
        var path = record.PathOf("a");
        for (var value = 0; value < SigmaRecord.ValuesMax; value++)
            record.Add(path, value);

        Assert.Throws<InvalidOperationException>(() => record.Add(path, 1L));
        Assert.True(record.TryRead("""{"a":1}"""u8, out _));
        Assert.False(record.TryRead(Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Range(0, 5_000))}]"), out _));
        Assert.False(record.TryRead(Encoding.UTF8.GetBytes($$"""{"a":[{{string.Join(',', Enumerable.Range(0, 5_000))}}]}"""), out _));
        Assert.False(record.TryRead("""{"a":"\ud800"}"""u8, out _));
    }

    [Fact]
    public void Beyond_the_keys_allowed_the_one_that_was_quiet_longest_goes()
    {
        var stream = new SigmaStream(Counting, options: new SigmaEngineOptions { KeysMax = 2 });
        void Send(double second, string user) => stream.Send(second, $"{user}{second}", $$"""{"a":1,"user":"{{user}}"}""");

        Send(0, "x");
        Send(1, "y");
        Send(2, "x");
        Send(3, "z");
        Send(4, "x");
        Send(5, "y");
        Send(6, "y");

        Assert.Equal(["k 4 x x0+x2+x4"], stream.Told);
        Assert.Equal((2, 2), (stream.Engine.Status.Keys, stream.Engine.Status.EvictedKeys));
    }

    [Fact]
    public void Beyond_the_events_allowed_the_oldest_of_the_key_goes()
    {
        var stream = new SigmaStream(Counting, options: new SigmaEngineOptions { KeyEventsMax = 2 });

        for (var second = 0; second < 10; second++)
            stream.Send(second, $"e{second}", """{"a":1,"user":"u"}""");

        Assert.Empty(stream.Told);
        Assert.Equal(8, stream.Engine.Status.DroppedHits);
    }

    [Fact]
    public void A_flood_of_one_rule_does_not_push_out_what_another_saw()
    {
        var stream = new SigmaStream(
            SigmaCorrelationTests.Correlation("temporal", "[a, b, c]", "") + SigmaCorrelationTests.Rule("a") + SigmaCorrelationTests.Rule("b") + SigmaCorrelationTests.Rule("c"),
            options: new SigmaEngineOptions { KeyEventsMax = 3 });

        stream.Send(0, "e0", """{"a":1,"user":"u"}""");
        for (var second = 1; second < 50; second++)
            stream.Send(second, $"e{second}", """{"b":1,"user":"u"}""");

        Assert.Equal(["k 50 u e0+e49+e50"], stream.Send(50, "e50", """{"c":1,"user":"u"}""").Told);
        Assert.Equal(0, stream.Engine.Status.DroppedHits);
    }

    [Fact]
    public void A_match_names_so_many_events_and_no_more()
    {
        var stream = new SigmaStream(Counting.Replace("gte: 3", "gte: 100", StringComparison.Ordinal));

        for (var second = 0; second < 100; second++)
            stream.Send(second / 2.0, $"e{second}", """{"a":1,"user":"u"}""");

        var match = Assert.Single(stream.Matches);
        Assert.Equal((100, 64, "e36", "e99"), (match.Measure, match.EventIds.Count, match.EventIds[0], match.EventIds[^1]));
    }

    [Fact]
    public void Quiet_keys_are_let_go()
    {
        var stream = new SigmaStream(Counting);
        for (var user = 0; user < 100; user++)
            stream.Send(0, $"e{user}", $$"""{"a":1,"user":"u{{user}}"}""");
        Assert.Equal(100, stream.Engine.Status.Keys);

        for (var second = 0; second < 40; second++)
            stream.Send(100 + second, $"f{second}", """{"a":1,"user":"v"}""");

        Assert.Equal(1, stream.Engine.Status.Keys);
    }

    [Fact]
    public void What_comes_later_than_allowed_is_counted_and_still_used()
    {
        var stream = new SigmaStream(Counting, TimeSpan.FromSeconds(10));

        stream.Send(0, "e0", """{"a":1,"user":"u"}""").Send(30, "e30", """{"a":1,"user":"u"}""").Send(50, "other", """{"b":1}""")
            .Send(20, "e20", """{"a":1,"user":"u"}""");
        Assert.Equal((1, 0), (stream.Engine.Status.LateHits, stream.Told.Count));
        // A key that has seen nothing newer is evaluated as if it were in time.
        stream.Send(1, "f1", """{"a":1,"user":"v"}""").Send(2, "f2", """{"a":1,"user":"v"}""").Send(3, "f3", """{"a":1,"user":"v"}""");
        Assert.Equal(["k 3 v f1+f2+f3"], stream.Told);

        Assert.Equal("k 51 u e0+e20+e30+e51", stream.Send(51, "e51", """{"a":1,"user":"u"}""").Complete().Told[^1]);
    }

    [Fact]
    public void With_lateness_a_match_waits_for_what_may_come_before()
    {
        var stream = new SigmaStream(Counting, TimeSpan.FromSeconds(10));
        for (var second = 0; second < 3; second++)
            stream.Send(second, $"e{second}", """{"a":1,"user":"u"}""");

        Assert.Empty(stream.Send(12, "other", "{}").Told);
        Assert.Equal(["k 2 u e0+e1+e2"], stream.Send(12.1, "other", "{}").Told);
    }

    [Fact]
    public void A_correlation_that_changed_starts_empty_and_the_others_go_on()
    {
        var both = Counting + SigmaCorrelationTests.Correlation("event_count", "[a]", "condition: {gte: 3}", "l");
        var before = new SigmaStream(both).Send(0, "e0", """{"a":1,"user":"u"}""").Send(1, "e1", """{"a":1,"user":"u"}""");
        using var state = new MemoryStream();
        using var writer = new BinaryWriter(state);
        before.Engine.Save(writer);

        var after = new SigmaStream(both.Replace("name: l", "name: l\nlevel: low", StringComparison.Ordinal));
        state.Position = 0;
        using var reader = new BinaryReader(state);
        after.Engine.Load(reader);

        Assert.Equal(["k 2 u e0+e1+e2"], after.Send(2, "e2", """{"a":1,"user":"u"}""").Told);
        state.Position = 0;
        state.WriteByte(77);
        state.Position = 0;
        Assert.Throws<InvalidDataException>(() => after.Engine.Load(reader));
    }

    [Fact]
    public void A_record_that_nothing_matches_allocates_nothing()
    {
        var engine = new SigmaEngine(SigmaRuleBook.Of([SigmaLoader.Read("r.yml", Counting
            + "title: r\nlogsource: {product: test}\ndetection: {s: {'b|re': '^x+y$'}, t: {'b|contains': abcd}, u: [word], condition: s or t or u}")]));
        var (record, matches) = (engine.NewRecord(SigmaFieldMap.Plain), new List<SigmaMatch>());
        var json = """{"user":"u","b":"xxxxz and abcx","c":{"d":[1,2,{"e":"Ünïcode"}]},"f":null}"""u8;
        void Observe(ReadOnlySpan<byte> line)
        {
            Assert.True(record.TryRead(line, out _));
            engine.Observe(record, SigmaStream.Start, "e"u8, matches);
            if (matches.Count > 0)
                Assert.Fail("Nothing should match.");
        }
        for (var warm = 0; warm < 200; warm++)
            Observe(json);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var turn = 0; turn < 1_000; turn++)
            Observe(json);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
