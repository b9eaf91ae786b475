namespace SentinelHealth.Dashboard.Components;

/// <summary>The clock pages show and count down by; the demo runs it faster than the wall.</summary>
/// <param name="Time">Where "now" comes from.</param>
public sealed record DashboardClock(TimeProvider Time)
{
    /// <summary>Now, in UTC.</summary>
    public DateTimeOffset Now => Time.GetUtcNow();
}
