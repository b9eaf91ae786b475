using System.Text;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Monitoring;

public sealed class SourceWatchTests
{
    private const string Heartbeat = "sentinel-heartbeat";
    private static readonly DateTimeOffset At = SomeCase.At;
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(3);

    private readonly SourceWatch _watch = new();

    [Fact]
    public void A_promise_that_is_kept_is_not_spoken_of()
    {
        _watch.Promise(Heartbeat, Within, At);

        for (var minute = 1; minute <= 10; minute++)
        {
            _watch.Heard(Heartbeat, At.AddMinutes(minute));
            Assert.Empty(_watch.Look(At.AddMinutes(minute + 3)));
        }
    }

    [Fact]
    public void A_heartbeat_that_stops_is_told_of_once_without_waiting_for_a_habit()
    {
        _watch.Promise(Heartbeat, Within, At);
        _watch.Heard(Heartbeat, At.AddMinutes(1));

        Assert.Empty(_watch.Look(At.AddMinutes(4)));
        var told = Assert.Single(_watch.Look(At.AddMinutes(4).AddSeconds(1)));

        var record = Encoding.UTF8.GetString(told.Payload.Span);
        Assert.Contains("\"method\":\"sourceSilent\"", record, StringComparison.Ordinal);
        Assert.Contains("\"source\":\"sentinel-heartbeat\"", record, StringComparison.Ordinal);
        Assert.Empty(_watch.Look(At.AddMinutes(30)));
    }

    [Fact]
    public void One_that_never_spoke_at_all_is_told_of_too_and_promising_again_does_not_put_it_off()
    {
        _watch.Promise(Heartbeat, Within, At);
        _watch.Promise(Heartbeat, Within, At.AddMinutes(2));

        Assert.Single(_watch.Look(At.AddMinutes(4)));
    }

    [Fact]
    public void One_that_speaks_again_can_fall_silent_again()
    {
        _watch.Promise(Heartbeat, Within, At);
        Assert.Single(_watch.Look(At.AddMinutes(10)));

        _watch.Heard(Heartbeat, At.AddMinutes(11));

        Assert.Empty(_watch.Look(At.AddMinutes(13)));
        Assert.Single(_watch.Look(At.AddMinutes(15)));
    }
}
