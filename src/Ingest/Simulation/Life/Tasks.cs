using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Network;

namespace SentinelHealth.Ingest.Simulation.Life;

/// <summary>What each role does when it is time for the next task.</summary>
internal static class Tasks
{
    public static void Do(Pen pen, Staff staff, DateTimeOffset at)
    {
        switch (staff.Role)
        {
            case StaffRole.Clinician or StaffRole.Nurse:
                LookAfterSomeone(pen, staff, at);
                break;
            case StaffRole.Technician:
                Analyze(pen, staff, at);
                break;
            case StaffRole.Registrar:
                Desk.Serve(pen, staff, at);
                break;
            case StaffRole.ClaimsOfficer:
                Billing.Review(pen, staff, at);
                break;
            case StaffRole.Researcher:
                Research.Study(pen, staff, at);
                break;
            case StaffRole.Agent:
                Assistants.Assist(pen, staff, at);
                break;
            default:
                Administration.Maintain(pen, staff, at);
                break;
        }
    }

    private static void LookAfterSomeone(Pen pen, Staff staff, DateTimeOffset at)
    {
        // A patient may have withdrawn consent; the next one is tried, three at most.
        for (var attempt = 0; attempt < 3; attempt++)
        {
            if (Patients.Next(staff, pen.Random, at) is { } patient && Care.LookAfter(pen, staff, patient, at))
                return;
        }
    }

    /// <summary>Hospital technicians work for their wards; the laboratory for whoever has consented to it.</summary>
    private static void Analyze(Pen pen, Staff staff, DateTimeOffset at)
    {
        for (var attempt = 0; attempt < 4; attempt++)
        {
            var home = staff.Home.Kind == OrganizationKind.Laboratory ? pen.Random.Pick(pen.Scene.Network.Organizations)
                : staff.Home;
            if (Patients.AnywhereIn(home, pen.Random) is { } patient && Care.LookAfter(pen, staff, patient, at))
                return;
        }
    }
}
