using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Tests.Fakes;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Hosting;

/// <summary>A process is of use while some of its partitions go on.</summary>
public sealed class ReadinessTests
{
    [Theory]
    [InlineData("", "", "ready", "open", "all")]
    [InlineData("0", "0", "ready", "open", "some")]
    [InlineData("0,1", "0,1", "ready", "open", "some")]
    [InlineData("0,1,2", "", "notReady", "closed", "all")]
    [InlineData("", "0,1,2", "notReady", "open", "none")]
    [InlineData("", "7", "ready", "open", "all")]
    public async Task Some_partitions_that_wait_do_not_make_a_process_useless(
        string silent, string failing, string status, string log, string partitions)
    {
        var events = new FakeLog { Partitions = [0, 1, 2] };
        events.Silent.UnionWith(Numbers(silent));
        using var readiness = new Readiness(
            events, new FakeMonitor { FailingPartitions = Numbers(failing) }, new ReadableLedger(), new ManualClock(Sample.At))
        {
            Stage = MonitorStage.Running,
        };

        var report = await readiness.CheckAsync(TestContext.Current.CancellationToken);

        Assert.Equal((status, log, partitions), (report.Status, report.Log, report.Partitions));
    }

    private static int[] Numbers(string text) =>
        [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
}
