using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Network;

namespace SentinelHealth.Ingest.Simulation.Attacks;

/// <summary>Finding patients that fit an attacker's wish. Every search is bounded and may come back empty.</summary>
internal static class Targets
{
    private const int Attempts = 60;
    private static readonly string[] Categories = ["notes", "laboratory", "medication", "imaging", "vitals"];

    /// <summary>Someone the thief may read by the letter of a consent or grant, but does not care for.</summary>
    public static Access? Allowed(AttackRun run, Staff thief, DateTimeOffset at, string purpose = "TREAT")
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var patient = run.Random.Pick(thief.Home.Patients);
            var category = run.Random.Pick(Categories);
            if (patient.Ward == thief.Ward && patient.Ward is not null || thief.Panel.Contains(patient))
                continue;
            if (patient.Basis(thief, purpose, category, at) is { } basis)
                return new Access(patient, purpose, category, basis);
        }
        return null;
    }

    /// <summary>Someone of another house whom nothing allows the thief to read.</summary>
    public static Access? Forbidden(AttackRun run, Staff thief, DateTimeOffset at, string purpose = "TREAT")
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var patient = run.Random.Pick(run.Network.Patients);
            var category = run.Random.Pick(Categories);
            if (!patient.IsOpenTo(thief, purpose, category, at))
                return new Access(patient, purpose, category, null);
        }
        return null;
    }

    /// <summary>A patient with a live consent to an organization.</summary>
    public static (Patient Patient, Authorization Consent)? Consenting(
        AttackRun run, Organization to, string purpose, DateTimeOffset at)
    {
        for (var attempt = 0; attempt < Attempts * 4; attempt++)
        {
            var patient = run.Random.Pick(to.Patients.Count > 0 ? to.Patients : run.Network.Patients);
            if (patient.Live(purpose, to.Grantee, at) is { } consent)
                return (patient, consent);
        }
        return null;
    }
}
