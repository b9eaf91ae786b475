using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Records;
using SentinelHealth.Ingest.Simulation.Scenes;

namespace SentinelHealth.Ingest.Simulation.Life;

/// <summary>Research on consented cohorts, federated learning and the data market.</summary>
internal static class Research
{
    private static readonly string[] Reads = ["laboratory", "imaging", "genomics"];

    public static void Study(Pen pen, Staff researcher, DateTimeOffset at)
    {
        var moment = Presence.Now(pen.Scene, researcher, pen.Random, at);
        var scene = pen.Scene;
        if (pen.Random.Chance(0.3))
            pen.Prove(moment, "HRESCH");
        if (pen.Random.Chance(0.05))
            pen.Token(moment.After(pen.Random.Seconds(5, 20)), "redeem", pen.Random.Whole(1, 3),
                (scene.Network.TreasuryOf(researcher.Home), pen.Random.Pick(scene.Network.Datasets)));
        var reads = pen.Random.Whole(1, 4);
        for (var i = 0; i < reads; i++)
        {
            moment = moment.After(pen.Random.Seconds(3, 30));
            Read(pen, researcher, moment);
        }
    }

    private static void Read(Pen pen, Staff researcher, in Moment moment)
    {
        var cohort = pen.Scene.Network.Cohort.All;
        if (cohort.Count == 0)
            return;
        var patient = pen.Random.Pick(cohort);
        var category = pen.Random.Pick(Reads);
        if (patient.Basis(researcher, "HRESCH", category, moment.At) is not { } basis)
            return;
        var access = new Access(patient, "HRESCH", category, basis);
        pen.Read(moment, access);
        if (pen.Random.Chance(0.08))
            pen.Decrypt(moment.After(pen.Random.Seconds(1, 6)), access);
    }

    /// <summary>Rounds of one model: every member's service sends an update, the institute aggregates and publishes.</summary>
    public static IEnumerable<DateTimeOffset> Rounds(Scene scene, string model, DateTimeOffset at)
    {
        var pen = new Pen(scene, null, scene.Random);
        for (var round = 1; ; round++)
        {
            scene.Memory.Rounds[model] = round;
            yield return at += scene.Random.Hours(7, 9);
            foreach (var organization in scene.Network.Organizations)
            {
                if (organization.Kind is not (OrganizationKind.Hospital or OrganizationKind.Institute)
                    || scene.Random.Chance(0.06))
                    continue;
                yield return at += scene.Random.Minutes(1, 9);
                var service = organization.AnyOf(StaffRole.Agent, scene.Random);
                Submit(pen, service, model, round, at);
                // A sender that saw no receipt sends again.
                if (scene.Random.Chance(0.03))
                    Submit(pen, service, model, round, at + TimeSpan.FromSeconds(30));
            }
            yield return at += scene.Random.Minutes(3, 8);
            Conclude(pen, model, round, at);
        }
    }

    /// <summary>An honest update: norms shrink as the model converges.</summary>
    public static void Submit(Pen pen, Staff service, string model, int round, DateTimeOffset at) =>
        SubmitUpdate(pen, service, (model, round), at,
            (Math.Max(0.05, pen.Random.Normal(1.0 + (2.0 / (1 + round)), 0.09)),
                Math.Clamp(pen.Random.Normal(0.86, 0.045), -1, 1)));

    public static void SubmitUpdate(
        Pen pen, Staff service, (string Model, int Round) of, DateTimeOffset at, (double Norm, double Cosine) update) =>
        pen.Model(Presence.Now(pen.Scene, service, pen.Random, at), "submitUpdate",
            Argument.Text(Names.ModelId, of.Model),
            Argument.Number(Names.Round, of.Round),
            Argument.Number(Names.UpdateNorm, update.Norm),
            Argument.Number(Names.Cosine, update.Cosine),
            Argument.Text(Names.Provenance, pen.Scene.Ids.Hash()));

    private static void Conclude(Pen pen, string model, int round, DateTimeOffset at)
    {
        var service = pen.Scene.Network.Institute.AnyOf(StaffRole.Agent, pen.Random);
        var moment = Presence.Now(pen.Scene, service, pen.Random, at);
        pen.Model(moment, "aggregate", Argument.Text(Names.ModelId, model), Argument.Number(Names.Round, round));
        if (round % 3 == 0)
            pen.Model(moment.After(pen.Random.Seconds(40, 120)), "publishModel", Argument.Text(Names.ModelId, model),
                Argument.Number(Names.Round, round));
    }
}
