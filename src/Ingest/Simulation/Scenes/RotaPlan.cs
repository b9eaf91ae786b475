using SentinelHealth.Ingest.Simulation.Network;

namespace SentinelHealth.Ingest.Simulation.Scenes;

/// <summary>When someone works: a pure function of the person and the day.</summary>
internal static class RotaPlan
{
    private static readonly TimeSpan DayBegins = TimeSpan.FromHours(7), EveningBegins = TimeSpan.FromHours(15),
        NightBegins = TimeSpan.FromHours(23);
    private static readonly TimeSpan ShiftLasts = TimeSpan.FromHours(8.4), OfficeBegins = TimeSpan.FromHours(8.3),
        OfficeLasts = TimeSpan.FromHours(8.7);

    /// <summary>Twenty-one days of a nurse: early, late and night blocks with days off.</summary>
    private const string Rotation = "DDD--EEEE--NNN---DDDD";

    /// <summary>Fixed public holidays: only shifts and those on call work.</summary>
    private static readonly (int Month, int Day)[] Holidays = [(1, 1), (5, 5), (12, 25), (12, 26)];

    /// <param name="staff">The person.</param>
    /// <param name="day">Midnight of the day the shift begins on.</param>
    /// <param name="dayNumber">Days since the start of the simulation.</param>
    /// <returns>Begin and end; null on a day off.</returns>
    public static (DateTimeOffset From, DateTimeOffset To)? On(Staff staff, DateTimeOffset day, int dayNumber)
    {
        var isFree = day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday
            || Array.IndexOf(Holidays, (day.Month, day.Day)) >= 0;
        var phase = dayNumber + staff.RotaPhase;
        return staff.Rota switch
        {
            Rota.Continuous => (day, day.AddDays(1)),
            Rota.Office => isFree ? null : Span(staff, day, OfficeBegins, OfficeLasts),
            Rota.Rotating => Rotating(staff, day, Rotation[phase % Rotation.Length]),
            _ => Physician(staff, day, phase, isFree),
        };
    }

    private static (DateTimeOffset, DateTimeOffset)? Physician(Staff staff, DateTimeOffset day, int phase, bool isFree)
    {
        // One night in twelve, free the day after; one weekend in four.
        if (phase % 12 == 5)
            return Span(staff, day, NightBegins, ShiftLasts);
        if (phase % 12 == 6)
            return null;
        return isFree && phase / 7 % 4 != 0 ? null : Span(staff, day, DayBegins + TimeSpan.FromMinutes(30), ShiftLasts);
    }

    private static (DateTimeOffset, DateTimeOffset)? Rotating(Staff staff, DateTimeOffset day, char shift) => shift switch
    {
        'D' => Span(staff, day, DayBegins, ShiftLasts),
        'E' => Span(staff, day, EveningBegins, ShiftLasts),
        'N' => Span(staff, day, NightBegins, ShiftLasts),
        _ => null,
    };

    private static (DateTimeOffset, DateTimeOffset) Span(Staff staff, DateTimeOffset day, TimeSpan begins, TimeSpan lasts) =>
        (day + begins + staff.Offset, day + begins + staff.Offset + lasts);

    /// <summary>
    /// How busy an hour is: handover, rounds, lunch and the quiet of the night. The mean over a working day is about 1.
    /// </summary>
    public static double Rhythm(DateTimeOffset at)
    {
        var hour = at.Hour + (at.Minute / 60.0);
        return hour switch
        {
            < 1 => 0.6,
            < 5 => 0.38,
            < 7 => 0.7,
            < 8 => 1.1,
            < 11.5 => 1.4,
            < 13.2 => 0.75,
            < 16.5 => 1.15,
            < 18 => 0.95,
            < 21 => 0.8,
            _ => 0.65,
        };
    }
}
