namespace SentinelHealth.Dashboard.Jobs;

/// <summary>How long to wait before each further attempt: doubling, up to a minute.</summary>
internal sealed class RestartSchedule
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private TimeSpan _next = First;

    public TimeSpan Next()
    {
        var wait = _next;
        _next = wait * 2 < Longest ? wait * 2 : Longest;
        return wait;
    }
}
