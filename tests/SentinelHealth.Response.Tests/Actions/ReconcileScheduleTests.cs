using SentinelHealth.Response.Actions;

namespace SentinelHealth.Response.Tests.Actions;

public sealed class ReconcileScheduleTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(6, 64)]
    [InlineData(7, 120)]
    [InlineData(1_000_000, 120)]
    public void Waits_double_up_to_a_ceiling(int asks, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), new ReconcileSchedule().WaitAfter(asks));
}
