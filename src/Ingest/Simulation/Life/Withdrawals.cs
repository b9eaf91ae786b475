using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Scenes;

namespace SentinelHealth.Ingest.Simulation.Life;

/// <summary>Patients who change their minds: a consent is withdrawn and the data purged in time.</summary>
internal static class Withdrawals
{
    public static IEnumerable<DateTimeOffset> Happen(Scene scene, DateTimeOffset at)
    {
        var mean = TimeSpan.FromHours(24.0 * 900 / scene.Options.EventsPerDay);
        for (; ; )
        {
            yield return at += scene.Random.Wait(mean) + TimeSpan.FromMinutes(1);
            var patient = scene.Random.Pick(scene.Network.Patients);
            if (at.Hour is >= 7 and < 22
                && patient.Authorizations.FindLast(held => !held.IsGrant && held.IsLive(at)) is { } consent)
                scene.Play(One(scene, patient, consent, at), at);
        }
    }

    private static IEnumerable<DateTimeOffset> One(Scene scene, Patient patient, Authorization consent, DateTimeOffset at)
    {
        var pen = new Pen(scene, null, scene.Random);
        var desk = patient.Home!.AnyOf(StaffRole.Registrar, scene.Random);
        var due = at.AddDays(scene.Random.Whole(2, 14));
        at = pen.Withdraw(Permissions.Signer(scene, patient, desk, scene.Random, at), patient, consent, due);
        yield return at += (due - at) * scene.Random.Between(0.1, 0.9);
        desk = patient.Home!.AnyOf(StaffRole.Registrar, scene.Random);
        var purges = scene.Random.Whole(1, 3);
        for (var i = 0; i < purges; i++)
            pen.Purge(Presence.Now(scene, desk, scene.Random, at).After(TimeSpan.FromSeconds(4 * i)), patient);
        if (patient.TemplateVersion > 0 && !patient.IsCared && scene.Random.Chance(0.3))
            DeleteTemplate(pen, patient, desk, at + TimeSpan.FromSeconds(30));
    }

    private static void DeleteTemplate(Pen pen, Patient patient, Staff desk, DateTimeOffset at)
    {
        patient.TemplateVersion = 0;
        var moment = Presence.Now(pen.Scene, desk, pen.Random, at);
        var transaction = pen.Purge(moment, patient);
        pen.Template(moment.After(TimeSpan.FromSeconds(2)), Presence.Place(desk, pen.Random),
            new Access(patient, "PATRQT", "biometric", null), ("delete", transaction));
    }
}
