namespace SentinelHealth.Response.Policy;

/// <summary>A part of the day, in UTC and event time.</summary>
/// <param name="From">When it begins.</param>
/// <param name="Until">When it is over; not part of it. Earlier than <paramref name="From"/> means the next day, equal the whole day.</param>
public readonly record struct DailyHours(TimeOnly From, TimeOnly Until)
{
    /// <summary>Whether an instant lies in it.</summary>
    public bool Holds(DateTimeOffset at)
    {
        var time = TimeOnly.FromTimeSpan(at.UtcDateTime.TimeOfDay);
        return From < Until ? time >= From && time < Until : time >= From || time < Until;
    }
}
