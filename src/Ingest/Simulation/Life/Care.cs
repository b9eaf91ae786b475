using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Chance;
using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Records;
using SentinelHealth.Ingest.Simulation.Scenes;

namespace SentinelHealth.Ingest.Simulation.Life;

/// <summary>What clinicians, nurses and technicians do with a patient: verify, read, sometimes unseal, sometimes write.</summary>
internal static class Care
{
    private static readonly string[] ClinicianReads =
        ["notes", "laboratory", "imaging", "medication", "notes", "laboratory", "vitals"];
    private static readonly string[] NurseReads = ["vitals", "medication", "medication", "notes"];
    private static readonly string[] TechnicianReads = ["laboratory", "laboratory", "imaging"];

    /// <summary>One look after one patient. Nothing is written when nothing allows it.</summary>
    /// <returns>Whether anything was allowed.</returns>
    public static bool LookAfter(Pen pen, Staff staff, Patient patient, DateTimeOffset at)
    {
        var purpose = staff.WardAt(at) is { IsEmergency: true } && pen.Random.Chance(0.3) ? "ETREAT" : "TREAT";
        if (Find(patient, staff, purpose, pen.Random, at) is not { } access)
            return false;
        var moment = Presence.Now(pen.Scene, staff, pen.Random, at);
        var last = pen.Random.Chance(staff.Role == StaffRole.Technician ? 0.25 : 0.62) && patient.TemplateVersion > 0
            ? VerifiedRead(pen, moment, Presence.Place(staff, pen.Random), access)
            : PlainRead(pen, moment, access);
        Continue(pen, moment.After(last), staff, access);
        return true;
    }

    /// <summary>The access a person of this role would want and is allowed; null when nothing allows any.</summary>
    public static Access? Find(Patient patient, Staff staff, string purpose, SeededRandom random, DateTimeOffset at)
    {
        var reads = staff.Role switch
        {
            StaffRole.Nurse => NurseReads,
            StaffRole.Technician => TechnicianReads,
            _ => ClinicianReads,
        };
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var category = random.Pick(reads);
            if (patient.Basis(staff, purpose, category, at) is { } basis)
                return new Access(patient, purpose, category, basis);
        }
        return null;
    }

    /// <summary>Verifies the patient, tries again when the capture was bad, and reads. Returns how long it took.</summary>
    public static TimeSpan VerifiedRead(Pen pen, in Moment moment, Workplace place, in Access access)
    {
        var random = pen.Random;
        var transaction = pen.NewTransaction();
        var took = TimeSpan.Zero;
        if (random.Chance(0.006))
        {
            // The wrong patient was called up first.
            pen.Verify(moment, place, access, (Capture.Impostor(random, pen.Scene.Ids.Fingerprint()), null));
            took += random.Seconds(8, 25);
        }
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var capture = Capture.Genuine(random, access.Patient, pen.Scene.Ids.Fingerprint());
            if (random.Chance(0.004))
                capture = capture with { PadScore = random.Between(0.55, 0.84) };
            // The gateway's transaction is mostly final before the matcher answers, sometimes a block later.
            var lead = random.Chance(0.75) ? random.Seconds(0.3, 5) : -random.Seconds(0.2, 6);
            var queryAt = moment.After(took + (lead > TimeSpan.Zero ? lead : TimeSpan.Zero));
            if (pen.Verify(queryAt, place, access, (capture, transaction)))
            {
                pen.Scene.Memory.Probes.Add(new SeenProbe(access.Patient, capture));
                pen.Read(moment.After(took + (lead > TimeSpan.Zero ? TimeSpan.Zero : -lead)), access, transaction);
                return took + TimeSpan.FromSeconds(7);
            }
            took += random.Seconds(6, 20);
        }
        // Three failures: identity is checked by hand and the record is read without a query.
        pen.Read(moment.After(took), access, transaction);
        return took + TimeSpan.FromSeconds(2);
    }

    /// <summary>
    /// The key of a sealed record; now and then a template is unsealed or handed to another house with the record.
    /// </summary>
    private static void Unseal(Pen pen, in Moment moment, Staff staff, in Access access)
    {
        var transaction = pen.Decrypt(moment, access);
        if (access.Patient.TemplateVersion > 0 && pen.Random.Chance(0.12))
            pen.Template(moment.After(pen.Random.Seconds(1, 5)), Presence.Place(staff, pen.Random), access,
                (pen.Random.Chance(0.6) ? "decrypt" : "export", transaction));
    }

    private static TimeSpan PlainRead(Pen pen, in Moment moment, in Access access)
    {
        pen.Read(moment, access);
        return TimeSpan.FromSeconds(2);
    }

    private static void Continue(Pen pen, Moment moment, Staff staff, in Access first)
    {
        var random = pen.Random;
        var more = random.Unit() switch { < 0.45 => 0, < 0.8 => 1, < 0.95 => 2, _ => 3 };
        for (var i = 0; i < more; i++)
        {
            moment = moment.After(random.Seconds(4, 40));
            if (Find(first.Patient, staff, first.Purpose, random, moment.At) is { } next)
                pen.Read(moment, next);
        }
        if (random.Chance(staff.Role == StaffRole.Clinician ? 0.16 : 0.05))
            Unseal(pen, moment = moment.After(random.Seconds(2, 15)), staff, first);
        if (random.Chance(staff.Role == StaffRole.Technician ? 0.55 : 0.22))
            pen.Anchor(moment.After(random.Seconds(10, 60)), first.Patient);
    }
}
