namespace SentinelHealth.Response.Monitoring;

/// <summary>Decides when pages are told: at once after a pause, otherwise together at the end of the gap. Pure; not thread-safe.</summary>
internal sealed class ChangeThrottle(TimeSpan gapMin)
{
    private DateTimeOffset _toldAt = DateTimeOffset.MinValue;
    private bool _isPending;

    /// <summary>How long to wait before telling; zero to tell now; null when a wait is under way already.</summary>
    public TimeSpan? Report(DateTimeOffset now)
    {
        if (_isPending)
            return null;
        var wait = _toldAt == DateTimeOffset.MinValue ? TimeSpan.Zero : _toldAt + gapMin - now;
        if (wait <= TimeSpan.Zero || wait > gapMin)
        {
            _toldAt = now;
            return TimeSpan.Zero;
        }
        _isPending = true;
        return wait;
    }

    /// <summary>The wait is over and pages are told now.</summary>
    public void Told(DateTimeOffset now)
    {
        _toldAt = now;
        _isPending = false;
    }
}
