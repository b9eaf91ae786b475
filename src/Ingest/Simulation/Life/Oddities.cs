using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Records;
using SentinelHealth.Ingest.Simulation.Scenes;

namespace SentinelHealth.Ingest.Simulation.Life;

/// <summary>Unusual and harmless: what a detector must learn to leave alone.</summary>
internal static class Oddities
{
    /// <summary>A busy week of fever and full wards, about once in three weeks.</summary>
    public static IEnumerable<DateTimeOffset> Fever(Scene scene, DateTimeOffset at)
    {
        for (; ; )
        {
            yield return at += scene.Random.Hours(24 * 8, 24 * 26);
            for (var day = 0; day < 7; day++)
            {
                scene.Season = 1 + (0.3 * Math.Min(day + 1, 7 - day) / 4.0);
                yield return at = at.AddDays(1);
            }
            scene.Season = 1;
        }
    }

    /// <summary>A nightly job of the assistants that reads every inpatient with a consent to the house, in one go.</summary>
    public static IEnumerable<DateTimeOffset> NightlyBatch(Scene scene, Organization hospital, DateTimeOffset at)
    {
        var pen = new Pen(scene, null, scene.Random);
        var agent = hospital.AnyOf(StaffRole.Agent, scene.Random);
        var number = 0;
        for (var day = new DateTimeOffset(at.UtcDateTime.Date, TimeSpan.Zero).AddDays(1); ; day = day.AddDays(1))
        {
            pen.Oddity = OddityLabel.Of("nightlyBatch", "-" + hospital.Id, ++number);
            yield return at = day + TimeSpan.FromHours(3.5) + scene.Random.Minutes(0, 12);
            foreach (var patient in hospital.Wards.SelectMany(ward => ward.Inpatients).ToList())
            {
                if (patient.Basis(agent, "TREAT", "laboratory", at) is not { } basis)
                    continue;
                pen.Read(Presence.Now(scene, agent, scene.Random, at), new Access(patient, "TREAT", "laboratory", basis));
                yield return at += scene.Random.Seconds(0.8, 1.6);
            }
        }
    }

    /// <summary>Inpatients of a ward are enrolled anew with a better camera, one afternoon every week or two.</summary>
    public static IEnumerable<DateTimeOffset> Reenrolment(Scene scene, DateTimeOffset at)
    {
        var pen = new Pen(scene, null, scene.Random);
        var hospitals = scene.Network.Hospitals.ToList();
        for (var number = 1; ; number++)
        {
            pen.Oddity = OddityLabel.Of("reenrolment", "", number);
            at += scene.Random.Hours(90, 280);
            yield return at = new DateTimeOffset(at.UtcDateTime.Date, TimeSpan.Zero).AddDays(1) + scene.Random.Hours(12, 14);
            var hospital = scene.Random.Pick(hospitals);
            var desk = hospital.AnyOf(StaffRole.Registrar, scene.Random);
            var place = Presence.Place(desk, scene.Random);
            foreach (var patient in scene.Random.Pick(hospital.Wards).Inpatients.ToList())
            {
                if (patient.Basis(desk, "TREAT", "biometric", at) is not { } basis)
                    continue;
                patient.TemplateVersion++;
                var moment = Presence.Now(scene, desk, scene.Random, at);
                var transaction = pen.Anchor(moment, patient);
                pen.Template(moment.After(TimeSpan.FromSeconds(3)), place, new Access(patient, "TREAT", "biometric", basis),
                    ("update", transaction));
                yield return at += scene.Random.Minutes(2, 6);
            }
        }
    }

    /// <summary>Quality review: an administrator reads a sample of records for operations, with a grant made for it.</summary>
    public static IEnumerable<DateTimeOffset> Review(Scene scene, Organization hospital, DateTimeOffset at)
    {
        var pen = new Pen(scene, null, scene.Random);
        for (var number = 1; ; number++)
        {
            pen.Oddity = OddityLabel.Of("qualityReview", "-" + hospital.Id, number);
            at += scene.Random.Hours(60, 170);
            yield return at = new DateTimeOffset(at.UtcDateTime.Date, TimeSpan.Zero).AddDays(1) + scene.Random.Hours(9, 16);
            var reviewer = hospital.AnyOf(StaffRole.Administrator, scene.Random);
            var desk = hospital.AnyOf(StaffRole.Registrar, scene.Random);
            for (var i = 0; i < 8; i++)
            {
                var patient = scene.Random.Pick(hospital.Patients);
                pen.Grant(Presence.Now(scene, desk, scene.Random, at), patient, ReviewGrant(scene, reviewer, at));
                yield return at += scene.Random.Minutes(3, 9);
                if (patient.Basis(reviewer, "HOPERAT", "notes", at) is { } basis)
                    pen.Read(Presence.Now(scene, reviewer, scene.Random, at), new Access(patient, "HOPERAT", "notes", basis));
            }
        }
    }

    private static Authorization ReviewGrant(Scene scene, Staff reviewer, DateTimeOffset at) => new()
    {
        Id = scene.Ids.Next("g"),
        IsGrant = true,
        Grantee = reviewer.Did,
        Purpose = "HOPERAT",
        Scope = ["notes", "billing"],
        GivenAt = at,
        ExpiresAt = at.AddDays(2),
    };
}
