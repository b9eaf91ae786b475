using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Network;

namespace SentinelHealth.Ingest.Simulation.Life;

/// <summary>Software agents: they read on behalf of the house, day and night, evenly.</summary>
internal static class Assistants
{
    private static readonly string[] Reads = ["laboratory", "vitals", "medication"];

    public static void Assist(Pen pen, Staff agent, DateTimeOffset at)
    {
        switch (agent.Home.Kind)
        {
            case OrganizationKind.Hospital:
                Watch(pen, agent, at);
                break;
            case OrganizationKind.Insurer:
                Billing.Review(pen, agent, at);
                break;
            default:
                Research.Study(pen, agent, at);
                break;
        }
    }

    /// <summary>Looks through one ward's new values.</summary>
    private static void Watch(Pen pen, Staff agent, DateTimeOffset at)
    {
        var ward = pen.Random.Pick(agent.Home.Wards);
        var moment = Presence.Now(pen.Scene, agent, pen.Random, at);
        foreach (var patient in ward.Inpatients)
        {
            var category = pen.Random.Pick(Reads);
            if (!pen.Random.Chance(0.3) || patient.Basis(agent, "TREAT", category, moment.At) is not { } basis)
                continue;
            pen.Read(moment, new Access(patient, "TREAT", category, basis));
            moment = moment.After(pen.Random.Seconds(0.5, 2.5));
        }
    }
}
