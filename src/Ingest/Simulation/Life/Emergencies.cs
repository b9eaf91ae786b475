using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Records;
using SentinelHealth.Ingest.Simulation.Scenes;

namespace SentinelHealth.Ingest.Simulation.Life;

/// <summary>Emergencies at any hour: unknown faces searched in the gallery, and now and then the glass is broken.</summary>
internal static class Emergencies
{
    private static readonly string[] Reads = ["notes", "medication", "laboratory"];

    public static IEnumerable<DateTimeOffset> Arrive(Scene scene, Organization hospital, DateTimeOffset at)
    {
        var pen = new Pen(scene, null, scene.Random);
        var mean = TimeSpan.FromHours(24.0 * 16 / Math.Max(16, hospital.Staff.Count));
        for (var number = 1; ; number++)
        {
            pen.Oddity = OddityLabel.Of("emergency", "-" + hospital.Id, number);
            yield return at += scene.Random.Wait(mean / scene.Season) + TimeSpan.FromSeconds(30);
            var ward = hospital.Wards[0];
            if (OnDuty(scene, ward, at) is { } physician)
                Treat(pen, physician, scene.Random.Pick(hospital.Patients), at);
        }
    }

    /// <summary>Anyone of the ward who is on shift.</summary>
    private static Staff? OnDuty(Scene scene, Ward ward, DateTimeOffset at)
    {
        var day = new DateTimeOffset(at.UtcDateTime.Date, TimeSpan.Zero);
        var number = (day - scene.Options.StartAt).Days;
        var people = scene.Random.Chance(0.7) ? ward.Physicians : ward.Nurses;
        var first = people.Count == 0 ? 0 : scene.Random.Below(people.Count);
        for (var i = 0; i < people.Count; i++)
        {
            var staff = people[(first + i) % people.Count];
            if (staff.IsEmployed && (IsOn(staff, day, number, at) || IsOn(staff, day.AddDays(-1), number - 1, at)))
                return staff;
        }
        return null;
    }

    private static bool IsOn(Staff staff, DateTimeOffset day, int number, DateTimeOffset at) =>
        number >= 0 && staff.AwayUntil <= day && RotaPlan.On(staff, day, number) is { } shift && at >= shift.From
            && at < shift.To;

    private static void Treat(Pen pen, Staff physician, Patient patient, DateTimeOffset at)
    {
        var random = pen.Random;
        var moment = Presence.Now(pen.Scene, physician, random, at);
        var place = Presence.Place(physician, random);
        var gallery = physician.Home.Patients.Count;
        if (random.Chance(0.25))
            pen.Identify(moment, place, null, (gallery, "ETREAT", null, null));
        moment = moment.After(random.Seconds(5, 40));
        var basis = patient.Basis(physician, "ETREAT", "notes", moment.At);
        var purpose = basis is null ? "BTG" : "ETREAT";
        if (patient.TemplateVersion > 0 && random.Chance(0.8))
        {
            var transaction = pen.Read(moment, new Access(patient, purpose, "notes", basis));
            pen.Identify(moment.After(random.Seconds(1, 6)), place, patient, (gallery, purpose, basis, transaction));
        }
        Read(pen, physician, (patient, purpose), moment);
    }

    private static void Read(Pen pen, Staff physician, (Patient Patient, string Purpose) whose, Moment moment)
    {
        var reads = pen.Random.Whole(1, 4);
        for (var i = 0; i < reads; i++)
        {
            moment = moment.After(pen.Random.Seconds(6, 40));
            var category = pen.Random.Pick(Reads);
            var basis = whose.Purpose == "BTG" ? null : whose.Patient.Basis(physician, "ETREAT", category, moment.At);
            if (whose.Purpose == "BTG" || basis is not null)
                pen.Read(moment, new Access(whose.Patient, whose.Purpose, category, basis));
        }
    }
}
