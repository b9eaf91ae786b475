using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Life;
using SentinelHealth.Ingest.Simulation.Network;

namespace SentinelHealth.Ingest.Simulation.Attacks;

/// <summary>A synthetic face is improved probe by probe until the matcher takes it.</summary>
internal sealed class BiometricHillClimb : Attack
{
    public override string Name => "biometric-hill-climb";

    public override string Family => "biometric";

    public override string Description =>
        "Probe after probe against one patient, each scoring a little higher, until one matches.";

    public override IEnumerable<DateTimeOffset> Play(AttackRun run, DateTimeOffset at)
    {
        // Only a matcher that tells its scores can be climbed.
        var homes = run.Network.Hospitals.Where(one => one.LogsScores).ToList();
        var account = run.Random.Pick(homes).AnyOf(
            run.Random.Chance(0.6) ? StaffRole.Registrar : StaffRole.Clinician, run.Random);
        if (Targets.Allowed(run, account, at) is not { } access)
            yield break;
        var place = Presence.Place(account, run.Random);
        var goal = BiometricActs.Threshold(access.Patient.Modality) + 0.02;
        var best = run.Random.Between(0.3, 0.42);
        var probesMax = run.Times(140, 90, 60);
        for (var i = 0; i < probesMax && best < goal; i++)
        {
            best += (goal - 0.36) / probesMax * run.Random.Between(0.4, 2.2);
            var capture = new Capture(
                best - (run.Random.Chance(0.5) ? run.Random.Between(0, 0.04) : 0), run.Random.Between(0.55, 0.9),
                run.Random.Between(0.86, 0.97), run.Scene.Ids.Fingerprint());
            Probe(run, run.Habitual(account, at), place, (access, capture));
            yield return at += run.Gap(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(50), TimeSpan.FromMinutes(15));
        }
    }

    private static void Probe(AttackRun run, Moment moment, Records.Workplace place, (Access Access, Capture Capture) what)
    {
        var transaction = run.Pen.NewTransaction();
        if (run.Pen.Verify(moment, place, what.Access, (what.Capture, transaction)))
            run.Pen.Read(moment.After(run.Random.Seconds(0.5, 4)), what.Access, transaction);
    }
}
