using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Scenes;

namespace SentinelHealth.Ingest.Simulation.Life;

/// <summary>What happens between admission and discharge besides care: renewals, transfers, the end.</summary>
internal static class Stays
{
    private const int NursesMax = 6;

    /// <summary>Puts a patient on a ward and makes the care team.</summary>
    public static void Assign(Pen pen, Patient patient, Ward ward)
    {
        patient.Ward?.Inpatients.Remove(patient);
        patient.Ward = ward;
        ward.Inpatients.Add(patient);
        patient.CareTeam.Clear();
        patient.Attending = pen.Random.Pick(ward.Physicians);
        patient.CareTeam.Add(patient.Attending);
        if (ward.Physicians.Count > 1 && pen.Random.Pick(ward.Physicians) is var second && second != patient.Attending)
            patient.CareTeam.Add(second);
        var first = pen.Random.Below(Math.Max(1, ward.Nurses.Count));
        for (var i = 0; i < Math.Min(NursesMax, ward.Nurses.Count); i++)
            patient.CareTeam.Add(ward.Nurses[(first + i) % ward.Nurses.Count]);
        foreach (var member in patient.CareTeam)
        {
            if (member.Role == StaffRole.Clinician)
                member.Follow(patient);
        }
    }

    /// <summary>Grants the team access, one transaction each. Returns when the last is written.</summary>
    public static DateTimeOffset GrantTeam(Pen pen, Staff desk, Patient patient, DateTimeOffset at, TimeSpan lasts)
    {
        var consent = patient.Live("TREAT", desk.Home.Grantee, at);
        var signer = Permissions.Signer(pen.Scene, patient, desk, pen.Random, at);
        foreach (var member in patient.CareTeam)
        {
            if (!member.IsEmployed)
                continue;
            at += pen.Random.Seconds(2, 12);
            pen.Grant(signer with { At = at }, patient, Permissions.ToPerson(pen.Scene, member, at, lasts, consent?.Id));
        }
        return at;
    }

    public static IEnumerable<DateTimeOffset> Stay(Scene scene, Patient patient, DateTimeOffset at, DateTimeOffset until)
    {
        var pen = new Pen(scene, null, scene.Random);
        while (until - at > TimeSpan.FromHours(27))
        {
            yield return at += scene.Random.Hours(16, 26);
            var desk = patient.Home!.AnyOf(StaffRole.Registrar, scene.Random);
            if (patient.Ward!.IsEmergency || scene.Random.Chance(0.06))
            {
                Assign(pen, patient, scene.Random.Pick(patient.Ward.Home.Wards));
                at = GrantTeam(pen, desk, patient, at, until - at + TimeSpan.FromHours(30));
            }
            else if (patient.IsReserved
                && patient.Basis(patient.Attending!, "TREAT", "notes", at + TimeSpan.FromHours(24)) is null)
            {
                at = GrantTeam(pen, desk, patient, at, until - at + TimeSpan.FromHours(30));
            }
        }
        yield return until;
        Discharge(pen, patient, until);
    }

    private static void Discharge(Pen pen, Patient patient, DateTimeOffset at)
    {
        var home = patient.Ward!.Home;
        var attending = patient.Attending!;
        pen.Anchor(Presence.Now(pen.Scene, attending, pen.Random, at), patient);
        patient.Ward.Inpatients.Remove(patient);
        patient.Ward = null;
        patient.IsCared = false;
        var desk = home.AnyOf(StaffRole.Registrar, pen.Random);
        var moment = Presence.Now(pen.Scene, desk, pen.Random, at);
        // Half of the grants are taken back, the others run out.
        foreach (var grant in patient.Authorizations)
        {
            if (grant.IsGrant && grant.IsLive(at) && pen.Random.Chance(0.5))
                pen.Revoke(moment, patient, grant);
        }
        pen.Scene.Network.Billing.Add(patient);
        pen.Scene.Play(Billing.Settle(pen.Scene, patient, home, at, "inpatient"), at);
    }
}
