using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Life;
using SentinelHealth.Ingest.Simulation.Network;

namespace SentinelHealth.Ingest.Simulation.Attacks;

/// <summary>A recorded capture is injected behind the camera: the same probe and the same score, to the last digit.</summary>
internal sealed class BiometricReplay : Attack
{
    public override string Name => "biometric-replay";

    public override string Family => "biometric";

    public override string Description => "A capture recorded from a genuine verification is presented again and again.";

    public override IEnumerable<DateTimeOffset> Play(AttackRun run, DateTimeOffset at)
    {
        if (!run.Scene.Memory.Probes.TryPick(run.Random, out var seen))
            yield break;
        var account = seen.Patient.Home!.AnyOf(run.Random.Chance(0.5) ? StaffRole.Clinician : StaffRole.Registrar, run.Random);
        var place = Presence.Place(account, run.Random);
        var replays = run.Times(30, 15, 8);
        for (var i = 0; i < replays; i++)
        {
            if (seen.Patient.Basis(account, "TREAT", "biometric", at) is { } basis)
                Replay(run, run.Habitual(account, at), place,
                    (new Access(seen.Patient, "TREAT", "biometric", basis), seen.Capture));
            else if (run.Scene.Memory.Probes.TryPick(run.Random, out var other) && other.Patient.Home == account.Home)
                seen = other;
            yield return at += run.Gap(TimeSpan.FromSeconds(25), TimeSpan.FromMinutes(10), TimeSpan.FromHours(2.5));
        }
    }

    private static void Replay(AttackRun run, Moment moment, Records.Workplace place, (Access Access, Capture Capture) what)
    {
        var transaction = run.Pen.Read(moment, what.Access);
        run.Pen.Verify(moment.After(run.Random.Seconds(0.5, 4)), place, what.Access, (what.Capture, transaction));
    }
}
