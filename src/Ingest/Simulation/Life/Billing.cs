using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Chance;
using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Scenes;

namespace SentinelHealth.Ingest.Simulation.Life;

/// <summary>Claims after encounters, and the reading that checking them takes.</summary>
internal static class Billing
{
    private static readonly (string Code, double Median)[] Outpatient =
        [("OP-110", 85), ("OP-120", 140), ("OP-215", 220), ("OP-330", 410), ("LB-040", 60), ("IM-200", 330)];

    private static readonly (string Code, double Median)[] Inpatient =
        [("IP-100", 2_400), ("IP-140", 3_900), ("IP-220", 6_800), ("IP-310", 11_500), ("IP-450", 18_000)];

    /// <summary>A new claim with a usual amount.</summary>
    public static Claim NewClaim(Scene scene, SeededRandom random, Patient patient, Organization payee, string kind)
    {
        var (code, median) = random.Pick(kind == "inpatient" ? Inpatient : Outpatient);
        return new Claim(scene.Ids.Next("cl"), scene.Ids.Next("en"), code, Math.Round(random.LogNormal(median, 0.28), 2),
            patient, payee);
    }

    /// <summary>The life of one claim: submitted, decided, paid.</summary>
    public static IEnumerable<DateTimeOffset> Settle(
        Scene scene, Patient patient, Organization home, DateTimeOffset at, string kind)
    {
        var pen = new Pen(scene, null, scene.Random);
        var claim = NewClaim(scene, scene.Random, patient, home, kind);
        yield return at = InOffice(at + scene.Random.Hours(2, 30), scene.Random);
        pen.SubmitClaim(Presence.Now(scene, home.AnyOf(StaffRole.ClaimsOfficer, scene.Random), scene.Random, at), claim);
        yield return at = InOffice(at + scene.Random.Hours(10, 70), scene.Random);
        var officer = scene.Network.Insurer.AnyOf(StaffRole.ClaimsOfficer, scene.Random);
        if (scene.Random.Chance(0.08))
        {
            pen.Adjudicate(Presence.Now(scene, officer, scene.Random, at), claim, "denied");
            if (scene.Random.Chance(0.6))
                yield break;
            // What was missing is added and the same claim comes again.
            yield return at = InOffice(at + scene.Random.Hours(5, 40), scene.Random);
            pen.SubmitClaim(Presence.Now(scene, home.AnyOf(StaffRole.ClaimsOfficer, scene.Random), scene.Random, at), claim);
            yield return at = InOffice(at + scene.Random.Hours(10, 70), scene.Random);
        }
        pen.Adjudicate(Presence.Now(scene, officer, scene.Random, at), claim, "approved");
        yield return at = InOffice(at + scene.Random.Hours(3, 40), scene.Random);
        pen.Pay(Presence.Now(scene, scene.Network.Insurer.AnyOf(StaffRole.ClaimsOfficer, scene.Random), scene.Random, at), claim);
        scene.Memory.PaidClaims.Add(claim);
    }

    /// <summary>An officer reads what a claim rests on.</summary>
    public static void Review(Pen pen, Staff officer, DateTimeOffset at)
    {
        var patients = pen.Scene.Network.Billing.All;
        for (var attempt = 0; attempt < 6 && patients.Count > 0; attempt++)
        {
            var patient = pen.Random.Pick(patients);
            var category = pen.Random.Chance(0.75) ? "billing" : "notes";
            if (patient.Basis(officer, "HPAYMT", category, at) is not { } basis)
                continue;
            var moment = Presence.Now(pen.Scene, officer, pen.Random, at);
            var access = new Access(patient, "HPAYMT", category, basis);
            pen.Read(moment, access);
            if (pen.Random.Chance(0.3))
                pen.Read(moment.After(pen.Random.Seconds(10, 90)), access);
            return;
        }
    }

    /// <summary>The same time when an office is open, or the next morning.</summary>
    private static DateTimeOffset InOffice(DateTimeOffset at, SeededRandom random)
    {
        if (at.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || at.Hour is < 8 or >= 17)
        {
            var days = at.DayOfWeek switch
            {
                DayOfWeek.Friday when at.Hour >= 17 => 3,
                DayOfWeek.Saturday =>
                2,
                DayOfWeek.Sunday => 1,
                _ => at.Hour >= 17 ? 1 : 0
            };
            return new DateTimeOffset(at.UtcDateTime.Date, TimeSpan.Zero).AddDays(days) + random.Hours(8.2, 16.8);
        }
        return at;
    }
}
