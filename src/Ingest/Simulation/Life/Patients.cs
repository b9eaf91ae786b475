using SentinelHealth.Ingest.Simulation.Chance;
using SentinelHealth.Ingest.Simulation.Network;

namespace SentinelHealth.Ingest.Simulation.Life;

/// <summary>Which patient someone turns to next: the habit that snooping breaks.</summary>
internal static class Patients
{
    /// <summary>The next patient of a person's ordinary day; null when there is none to look after.</summary>
    public static Patient? Next(Staff staff, SeededRandom random, DateTimeOffset at)
    {
        var ward = staff.WardAt(at);
        return staff.Role switch
        {
            StaffRole.Nurse when ward is not null => Bedside(staff, ward, random),
            StaffRole.Clinician when ward is not null => OfPhysician(staff, ward, random),
            _ => AnywhereIn(staff.Home, random),
        };
    }

    /// <summary>Nurses keep to their own beds, help out on the ward, rarely elsewhere.</summary>
    private static Patient? Bedside(Staff nurse, Ward ward, SeededRandom random)
    {
        var patients = ward.Inpatients;
        if (patients.Count == 0 || random.Chance(0.02))
            return AnywhereIn(nurse.Home, random);
        if (random.Chance(0.25))
            return random.Pick(patients);
        var bed = (nurse.RotaPhase * 5) + random.Below(6);
        return patients[bed % patients.Count];
    }

    /// <summary>Physicians see their own patients, those of the ward, and are consulted elsewhere.</summary>
    private static Patient? OfPhysician(Staff physician, Ward ward, SeededRandom random)
    {
        var chance = random.Unit();
        if (chance < 0.66 && physician.Panel.Count > 0)
            return random.Pick(physician.Panel);
        return chance < 0.95 && ward.Inpatients.Count > 0 ? random.Pick(ward.Inpatients) : AnywhereIn(physician.Home, random);
    }

    /// <summary>An inpatient anywhere in the house: laboratory work, consultations.</summary>
    public static Patient? AnywhereIn(Organization home, SeededRandom random)
    {
        if (home.Wards.Count == 0)
            return null;
        var ward = random.Pick(home.Wards);
        return ward.Inpatients.Count == 0 ? null : random.Pick(ward.Inpatients);
    }
}
