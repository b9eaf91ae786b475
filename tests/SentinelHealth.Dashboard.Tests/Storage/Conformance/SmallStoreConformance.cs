using System.Text;
using SentinelHealth.Dashboard.Rules;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Detection.Lifecycle;

namespace SentinelHealth.Dashboard.Tests.Storage.Conformance;

/// <summary>What the store of answers promises on any engine.</summary>
public abstract class AnswerStoreConformance : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_000);

    private readonly StoreTables _tables;
    private readonly AnswerStore _here;
    private readonly AnswerStore _there;

    protected AnswerStoreConformance(StoreTables tables)
    {
        _tables = tables;
        _here = new AnswerStore(tables.Open());
        _there = new AnswerStore(tables.Open());
    }

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
        _tables.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Of_many_orders_under_one_key_one_is_carried_out()
    {
        var known = AtOnce.Run(12, _here, _there, (store, _) => store.Take("ann", "key", "print", Now));

        Assert.Single(known, state => state is null);
        Assert.All(known.OfType<KeyState>(), state => Assert.Equal(("print", null), (state.Fingerprint, state.Answer)));
        Assert.Null(_there.Take("bo", "key", "print", Now));
    }

    [Fact]
    public void What_was_answered_in_one_process_is_answered_again_in_the_other_for_a_day()
    {
        Assert.Null(_here.Take("ann", "key", "print", Now));
        _here.Keep("ann", "key", new KeptAnswer(201, "application/json", [1, 2, 3]));

        var answer = _there.Take("ann", "key", "print", Now.AddHours(23))!.Answer!;

        Assert.Equal((201, "application/json"), (answer.Status, answer.ContentType));
        Assert.Equal([1, 2, 3], answer.Body);
        Assert.Null(_there.Take("ann", "key", "print", Now.AddHours(25)));
        _there.Release("ann", "key");
        Assert.Null(_here.Take("ann", "key", "other", Now.AddHours(25)));
    }
}

/// <summary>What documents promise wherever they are.</summary>
public abstract class DocumentsConformance : IDisposable
{
    private readonly IDisposable _place;
    private readonly IDocuments _here;
    private readonly IDocuments _there;

    /// <param name="place">Disposed at the end.</param>
    /// <param name="open">Gives one more process's view of them, as an <see cref="IDocuments"/>.</param>
    protected DocumentsConformance(IDisposable place, Func<object> open)
    {
        _place = place;
        (_here, _there) = ((IDocuments)open(), (IDocuments)open());
    }

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
        _place.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Nobody_overwrites_what_another_has_written_meanwhile()
    {
        AtOnce.Run(16, _here, _there, (documents, i) =>
        {
            documents.Change("count", before => [.. before ?? [], (byte)i]);
            return true;
        });

        Assert.Equal(Enumerable.Range(0, 16).Select(i => (byte)i), _there.Read("count")!.Order());
    }

    [Fact]
    public void Documents_are_listed_by_how_their_names_begin_and_removed()
    {
        Assert.Empty(_here.Names("keys/"));
        foreach (var name in new[] { "keys/b.xml", "keys/a.xml", "stages.json" })
            _here.Change(name, _ => Encoding.UTF8.GetBytes(name));

        Assert.Equal(["keys/a.xml", "keys/b.xml"], _there.Names("keys/"));
        Assert.Equal(["stages.json"], _there.Names("stages.json"));
        Assert.Equal("keys/a.xml"u8.ToArray(), _there.Read("keys/a.xml"));
        Assert.True(_there.Remove("keys/a.xml"));
        Assert.False(_here.Remove("keys/a.xml"));
        Assert.Null(_here.Read("keys/a.xml"));
        Assert.Equal("", _here.MarkOf("keys/a.xml"));
    }

    [Fact]
    public void A_change_that_fails_leaves_the_document_and_its_mark()
    {
        _here.Change("one", _ => [1]);
        var mark = _there.MarkOf("one");

        Assert.Throws<IOException>(() => _here.Change("one", _ => throw new IOException("no")));

        Assert.Equal([1], _there.Read("one")!);
        Assert.Equal(mark, _there.MarkOf("one"));
        _there.Change("one", _ => [1, 2]);
        Assert.NotEqual(mark, _here.MarkOf("one"));
    }

    [Fact]
    public void Decisions_about_rules_that_are_made_at_once_are_all_kept()
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_000);
        AtOnce.Run(12, new RuleStageStore(_here), new RuleStageStore(_there), (store, i) =>
            store.Decide($"rule-{i}", new RuleStageDecision(DetectorStage.Shadow, "ann", at, "looked at it")).Count);

        Assert.Equal(12, new RuleStageStore(_there).Read().Count);
    }
}
