using SentinelHealth.Dashboard.Rules;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Rules;

public sealed class RuleShelfTests : IDisposable
{
    private const string Rule = """
        title: A payment
        name: payment
        level: low
        logsource: {product: sentinelhealth, category: ledger_tx}
        detection: {s: {method: pay}, condition: s}
        """;

    private static readonly RuleStageDecision Promotion =
        new(DetectorStage.Shadow, "ann", new DateTimeOffset(2026, 11, 2, 8, 0, 0, TimeSpan.Zero), "Too loud for now.");

    private readonly TemporaryFolder _rules = new();
    private readonly TemporaryFolder _data = new();

    [Fact]
    public void A_change_of_the_folder_is_taken_into_use_whole()
    {
        Write("a.yml", Rule);
        var shelf = Open();
        Assert.Null(shelf.Refresh());

        Write("b.yml", Rule.Replace("payment", "refund", StringComparison.Ordinal));

        Assert.Equal(["sigma.payment", "sigma.refund"], shelf.Refresh()!.Rules.Rules.Select(rule => rule.Name));
        Assert.Equal((1L, 0L), (shelf.State.ReloadCount, shelf.State.FailureCount));
        Assert.Null(shelf.Refresh());
    }

    [Fact]
    public void One_document_that_cannot_be_honoured_keeps_the_old_rules_and_is_told()
    {
        Write("a.yml", Rule);
        var shelf = Open();
        var before = shelf.Current;

        Write("a.yml", Rule.Replace("method: pay", "method: refund", StringComparison.Ordinal));
        Write("b.yml", Rule.Replace("payment", "other", StringComparison.Ordinal).Replace("method", "method|contians", StringComparison.Ordinal));

        var state = shelf.Refresh()!;
        Assert.Same(before, state.Rules);
        Assert.Equal((0L, 1L), (state.ReloadCount, state.FailureCount));
        var problem = Assert.Single(state.Problems);
        Assert.Equal("b.yml", problem.File);
        Assert.Contains("contians", problem.Reason, StringComparison.Ordinal);

        File.Delete(_rules.File("b.yml"));
        Assert.Empty(shelf.Refresh()!.Problems);
        Assert.NotSame(before, shelf.Current);
    }

    [Fact]
    public void A_folder_that_is_gone_keeps_the_old_rules_and_is_told_once()
    {
        Write("a.yml", Rule);
        var shelf = Open();
        var moved = _data.File("moved");
        Directory.Move(_rules.Path, moved);

        Assert.Single(shelf.Refresh()!.Problems);
        Assert.Null(shelf.Refresh());
        Assert.Single(shelf.Current.Rules);
        Assert.Equal(1, shelf.State.FailureCount);
        Directory.Move(moved, _rules.Path);
        Assert.Empty(shelf.Refresh()?.Problems ?? shelf.State.Problems);
    }

    [Fact]
    public void At_the_start_what_cannot_be_honoured_is_left_out_and_told()
    {
        Write("a.yml", Rule);
        Write("b.yml", "title: nothing");

        var shelf = Open();

        Assert.Equal("sigma.payment", Assert.Single(shelf.Current.Rules).Name);
        Assert.Equal("b.yml", Assert.Single(shelf.State.Problems).File);
    }

    [Fact]
    public void The_stage_a_person_decided_outlives_the_process_and_the_file()
    {
        Write("a.yml", Rule);
        var shelf = Open();

        Assert.True(shelf.Decide("sigma.payment", Promotion));
        Assert.False(shelf.Decide("sigma.unknown", Promotion));
        Assert.Equal(DetectorStage.Shadow, Assert.Single(shelf.Current.Rules).Stage);

        Write("a.yml", Rule.Replace("level: low", "level: medium", StringComparison.Ordinal));
        shelf.Refresh();
        Assert.Equal(DetectorStage.Shadow, Assert.Single(shelf.Current.Rules).Stage);
        var again = Open();
        Assert.Equal(DetectorStage.Shadow, Assert.Single(again.Current.Rules).Stage);
        Assert.Equal(Promotion, Assert.Single(again.Decisions).Value);
    }

    [Fact]
    public void A_stage_that_was_decided_in_another_process_is_taken_up_and_both_decisions_are_kept()
    {
        Write("a.yml", Rule);
        Write("b.yml", Rule.Replace("payment", "refund", StringComparison.Ordinal));
        var (here, there) = (Open(), Open());
        var names = here.Current.Rules.Select(rule => rule.Name).ToList();

        Assert.True(here.Decide(names[0], Promotion));
        Assert.Null(here.Refresh());
        Assert.NotNull(there.Refresh());
        Assert.Equal(DetectorStage.Shadow, there.Current.Rules.Single(rule => rule.Name == names[0]).Stage);
        Assert.True(there.Decide(names[1], Promotion));

        Assert.NotNull(here.Refresh());
        Assert.Equal(2, here.Decisions.Count);
        Assert.All(here.Current.Rules, rule => Assert.Equal(DetectorStage.Shadow, rule.Stage));
    }

    [Fact]
    public void Decisions_that_cannot_be_read_are_not_guessed()
    {
        Write("a.yml", Rule);
        File.WriteAllText(_data.File(RuleStageStore.FileName), "{");

        Assert.Throws<InvalidDataException>(Open);
    }

    public void Dispose()
    {
        _rules.Dispose();
        _data.Dispose();
    }

    private RuleShelf Open() => RuleShelf.Open(_rules.Path, new RuleStageStore(_data.Path), new ManualClock());

    /// <summary>Another length each time, so that no clock of a file system is asked.</summary>
    private void Write(string name, string text) =>
        File.WriteAllText(_rules.File(name), text + new string('\n', 1 + Directory.GetFiles(_rules.Path).Length));
}
