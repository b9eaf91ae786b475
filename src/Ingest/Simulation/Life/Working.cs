using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Scenes;

namespace SentinelHealth.Ingest.Simulation.Life;

/// <summary>One person's working life: shift after shift, task after task.</summary>
internal static class Working
{
    /// <summary>Minutes between tasks at an average hour and pace, by role.</summary>
    private static double GapMinutes(StaffRole role) => role switch
    {
        StaffRole.Clinician => 15,
        StaffRole.Nurse => 14,
        StaffRole.Technician => 9,
        StaffRole.Registrar => 14,
        StaffRole.ClaimsOfficer => 11,
        StaffRole.Researcher => 26,
        StaffRole.Agent => 12,
        _ => 240,
    };

    public static IEnumerable<DateTimeOffset> Live(Scene scene, Staff staff, DateTimeOffset from)
    {
        var pen = new Pen(scene, null, staff.Random);
        var day = new DateTimeOffset(from.UtcDateTime.Date, TimeSpan.Zero);
        for (; staff.IsEmployed; day = day.AddDays(1))
        {
            var shift = RotaPlan.On(staff, day, (day - scene.Options.StartAt).Days);
            if (shift is not { } hours || hours.To <= from || staff.AwayUntil > day)
            {
                yield return day.AddDays(1);
                continue;
            }
            var at = hours.From > from ? hours.From : from;
            yield return at;
            staff.Session = scene.Ids.Next("s");
            pen.Oddity = staff.OddityAt(at);
            BeginDay(pen, staff, at);
            at += Gap(scene, staff, at) * staff.Random.Unit();
            for (; at < hours.To && staff.IsEmployed; at += Gap(scene, staff, at))
            {
                yield return at;
                pen.Oddity = staff.OddityAt(at);
                Tasks.Do(pen, staff, at);
            }
        }
    }

    /// <summary>Waiting time to the next task. Tasks of people are irregular, those of software nearly even.</summary>
    private static TimeSpan Gap(Scene scene, Staff staff, DateTimeOffset at)
    {
        var rate = staff.Pace * scene.Workload * scene.Season;
        if (staff.Role == StaffRole.Agent)
            return TimeSpan.FromMinutes(GapMinutes(staff.Role) / rate) * staff.Random.Between(0.7, 1.3);
        var mean = TimeSpan.FromMinutes(GapMinutes(staff.Role) / (rate * RotaPlan.Rhythm(at)));
        return staff.Random.Wait(mean) + TimeSpan.FromSeconds(20);
    }

    /// <summary>Some gateways ask for a fresh proof of the credential when a session begins.</summary>
    private static void BeginDay(Pen pen, Staff staff, DateTimeOffset at)
    {
        staff.Panel.RemoveAll(patient => patient.Ward is null && staff.Random.Chance(0.1));
        if (staff.Role != StaffRole.Agent && staff.Random.Chance(0.3))
            pen.Prove(Presence.Now(pen.Scene, staff, staff.Random, at), "TREAT");
    }
}
