using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Records;

namespace SentinelHealth.Ingest.Simulation.Life;

/// <summary>The front desk: check-ins, admissions, enrolment and the consents that go with them.</summary>
internal static class Desk
{
    public static void Serve(Pen pen, Staff desk, DateTimeOffset at)
    {
        var ward = pen.Random.Pick(desk.Home.Wards);
        if (ward.Inpatients.Count < ward.BedsMax && pen.Random.Chance(0.35))
            Admit(pen, desk, ward, at);
        else
            CheckIn(pen, desk, at);
    }

    /// <summary>Admits someone to a ward: identity, consents, grants for the care team, and the stay that follows.</summary>
    public static void Admit(Pen pen, Staff desk, Ward ward, DateTimeOffset at)
    {
        if (Arriving(pen, desk.Home) is not { } patient || ward.Physicians.Count == 0)
            return;
        patient.IsCared = true;
        var stay = pen.Random.Wait(TimeSpan.FromDays(3.5)) + TimeSpan.FromHours(14);
        var at1 = Register(pen, desk, patient, at);
        Stays.Assign(pen, patient, ward);
        at1 = Stays.GrantTeam(pen, desk, patient, at1, stay + TimeSpan.FromHours(pen.Random.Whole(12, 60)));
        pen.Anchor(Presence.Now(pen.Scene, desk, pen.Random, at1), patient);
        pen.Scene.Play(Stays.Stay(pen.Scene, patient, at1, at1 + stay), at1);
    }

    /// <summary>An appointment: the patient is checked in and the physician may read for a day or two.</summary>
    private static void CheckIn(Pen pen, Staff desk, DateTimeOffset at)
    {
        if (Arriving(pen, desk.Home) is not { } patient)
            return;
        var physician = desk.Home.AnyOf(StaffRole.Clinician, pen.Random);
        var at1 = Register(pen, desk, patient, at);
        if (patient.Basis(physician, "TREAT", "notes", at1) is null)
            Permissions.Open(pen, patient, desk, physician, at1);
        physician.Follow(patient);
        if (pen.Random.Chance(0.8))
            pen.Scene.Play(Billing.Settle(pen.Scene, patient, desk.Home, at1, "outpatient"), at1);
    }

    /// <summary>Establishes who it is and what is allowed. Returns when that is done.</summary>
    private static DateTimeOffset Register(Pen pen, Staff desk, Patient patient, DateTimeOffset at)
    {
        if (!patient.IsReserved)
            Permissions.Ensure(pen, patient, desk, at);
        GiveOther(pen, patient, desk, at + pen.Random.Seconds(15, 50));
        at += pen.Random.Seconds(60, 120);
        if (patient.Basis(desk, "TREAT", "biometric", at) is { } basis)
            at += Identify(pen, desk, new Access(patient, "TREAT", "biometric", basis), at);
        return at + pen.Random.Seconds(5, 30);
    }

    /// <summary>Billing consents with the first encounter, research consents from some, laboratory consents from most.</summary>
    private static void GiveOther(Pen pen, Patient patient, Staff desk, DateTimeOffset at)
    {
        var network = pen.Scene.Network;
        var year = TimeSpan.FromDays(365);
        if (patient.Live("HPAYMT", network.Insurer.Grantee, at) is null)
        {
            Permissions.Give(pen, patient, desk, Permissions.ToOrganization(pen.Scene, network.Insurer, "HPAYMT", at, year));
            Permissions.Give(pen, patient, desk,
                Permissions.ToOrganization(pen.Scene, desk.Home, "HPAYMT", at + TimeSpan.FromSeconds(4), year));
            if (pen.Random.Chance(0.7))
                Permissions.Give(pen, patient, desk,
                    Permissions.ToOrganization(pen.Scene, network.Laboratory, "TREAT", at + TimeSpan.FromSeconds(9), year));
            if (pen.Random.Chance(0.18))
            {
                Permissions.Give(pen, patient, desk,
                    Permissions.ToOrganization(pen.Scene, network.Institute, "HRESCH", at + TimeSpan.FromSeconds(14), year));
                network.Cohort.Add(patient);
            }
        }
        network.Billing.Add(patient);
    }

    private static TimeSpan Identify(Pen pen, Staff desk, in Access access, DateTimeOffset at)
    {
        var moment = Presence.Now(pen.Scene, desk, pen.Random, at);
        var place = Presence.Place(desk, pen.Random);
        var patient = access.Patient;
        if (patient.TemplateVersion > 0 && !pen.Random.Chance(0.01))
            return Care.VerifiedRead(pen, moment, place, access);
        var operation = patient.TemplateVersion == 0 ? "enroll" : "update";
        patient.TemplateVersion++;
        var transaction = pen.Anchor(moment, patient);
        pen.Template(moment.After(pen.Random.Seconds(1, 5)), place, access, (operation, transaction));
        return TimeSpan.FromSeconds(12);
    }

    private static Patient? Arriving(Pen pen, Organization home)
    {
        for (var attempt = 0; attempt < 12; attempt++)
        {
            var patient = pen.Random.PickHabitual(home.Patients);
            if (!patient.IsCared)
                return patient;
        }
        return null;
    }
}
