using Microsoft.Extensions.Logging;
using SentinelHealth.Dashboard.Jobs;
using SentinelHealth.Dashboard.Rules;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Jobs;

public sealed class RuleWatchJobTests : IDisposable
{
    private const string Rule = """
        title: A payment
        name: payment
        level: low
        logsource: {product: sentinelhealth, category: ledger_tx}
        detection: {s: {method: pay}, condition: s}
        """;

    private readonly TemporaryFolder _rules = new();
    private readonly TemporaryFolder _data = new();
    private readonly RecordingLogger<RuleWatchJob> _logger = new();
    private readonly RuleShelf _shelf;

    public RuleWatchJobTests()
    {
        File.WriteAllText(_rules.File("a.yml"), Rule);
        _shelf = RuleShelf.Open(_rules.Path, new RuleStageStore(_data.Path), new ManualClock());
    }

    [Fact]
    public async Task A_file_that_is_added_is_taken_into_use()
    {
        using var job = await StartAsync();

        File.WriteAllText(_rules.File("b.yml"), Rule.Replace("payment", "refund", StringComparison.Ordinal));

        await Eventually.HoldsAsync(
            () => _shelf.Current.Rules.Count == 2, () => $"{_shelf.Current.Rules.Count} rules are in use.");
        await job.StopAsync(CancellationToken.None);
        Assert.Empty(_shelf.State.Problems);
    }

    [Fact]
    public async Task A_file_that_is_no_rule_keeps_the_old_ones_and_mending_it_brings_the_new()
    {
        using var job = await StartAsync();

        File.WriteAllText(_rules.File("b.yml"), "title: r\ndetection: x\n");
        await Eventually.HoldsAsync(() => _shelf.State.Problems.Count > 0, () => "Nothing was wrong with the folder.");
        Assert.Equal(["sigma.payment"], _shelf.Current.Rules.Select(rule => rule.Name));

        File.WriteAllText(_rules.File("b.yml"), Rule.Replace("payment", "refund", StringComparison.Ordinal));
        await Eventually.HoldsAsync(
            () => _shelf.Current.Rules.Count == 2, () => $"{_shelf.Current.Rules.Count} rules are in use.");
        await job.StopAsync(CancellationToken.None);
    }

    public void Dispose()
    {
        _rules.Dispose();
        _data.Dispose();
    }

    private async Task<RuleWatchJob> StartAsync()
    {
        var job = new RuleWatchJob(_shelf, TimeProvider.System, _logger);
        await job.StartAsync(CancellationToken.None);
        return job;
    }
}
