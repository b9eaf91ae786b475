using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Records;
using SentinelHealth.Ingest.Simulation.Scenes;

namespace SentinelHealth.Ingest.Simulation.Life;

/// <summary>What administrators do: credentials and keys often, governance rarely.</summary>
internal static class Administration
{
    public static readonly string[] Parameters =
        ["blockPeriodSeconds", "grantTtlDaysMax", "escrowFeeBasisPoints", "heartbeatSeconds"];
    private static readonly string[] Roles = ["OPERATOR", "OPERATOR", "AUDITOR", "AUDITOR", "ADMIN"];
    public static readonly string[] Targets =
        ["ConsentRegistry", "AccessRegistry", "ClaimsLedger", "Escrow", "DataToken", "ModelRegistry"];

    public static void Maintain(Pen pen, Staff admin, DateTimeOffset at)
    {
        var moment = Presence.Now(pen.Scene, admin, pen.Random, at);
        var colleague = pen.Random.Pick(admin.Home.Staff);
        switch (pen.Random.Unit())
        {
            case < 0.4:
                RenewCredential(pen, moment, colleague);
                break;
            case < 0.45:
                pen.SetRole(moment, colleague, colleague.RoleName);
                break;
            case < 0.72:
                pen.RotateKey(Presence.Now(pen.Scene, colleague, pen.Random, at), colleague);
                break;
            case < 0.82:
                pen.AddDelegate(Presence.Now(pen.Scene, colleague, pen.Random, at), colleague,
                    pen.Random.Pick(admin.Home.Staff).Did);
                break;
            case < 0.94:
                pen.Govern(moment, pen.Random.Chance(0.7) ? "grantRole" : "revokeRole",
                    Argument.Text(Names.Role, pen.Random.Pick(Roles)), Argument.Text(Names.Account, colleague.Did));
                break;
            default:
                pen.Govern(moment, "setParameter",
                    Argument.Text(Names.Name, pen.Random.Pick(Parameters)),
                        Argument.Number(Names.Value, pen.Random.Whole(5, 90)));
                break;
        }
    }

    private static void RenewCredential(Pen pen, in Moment moment, Staff colleague)
    {
        if (colleague.CredentialId is not { } old || !colleague.IsEmployed)
            return;
        pen.IssueCredential(moment, colleague);
        // The old one is withdrawn only when no transaction that carries it can still be on its way.
        pen.RevokeCredential(moment.After(TimeSpan.FromMinutes(30) + pen.Random.Minutes(1, 20)), colleague, old);
    }

    /// <summary>
    /// A planned upgrade once in a while: pause, upgrade, unpause, in working hours, announced by the same people.
    /// </summary>
    public static IEnumerable<DateTimeOffset> Upgrades(Scene scene, DateTimeOffset at)
    {
        var pen = new Pen(scene, null, scene.Random);
        for (var number = 1; ; number++)
        {
            pen.Oddity = OddityLabel.Of("upgrade", "", number);
            yield return at += scene.Random.Hours(20, 130);
            var admin = scene.Network.Organizations[0].AnyOf(StaffRole.Administrator, scene.Random);
            at = new DateTimeOffset(at.UtcDateTime.Date, TimeSpan.Zero).AddDays(1) + scene.Random.Hours(9, 15);
            yield return at;
            var target = scene.Random.Pick(Targets);
            var moment = Presence.Now(scene, admin, scene.Random, at);
            pen.Govern(moment, "pause", Argument.Text(Names.Target, target));
            pen.Govern(moment.After(scene.Random.Seconds(60, 200)), "upgrade",
                Argument.Text(Names.Target, target), Argument.Text(Names.Implementation, scene.Ids.Address()));
            pen.Govern(moment.After(scene.Random.Seconds(220, 500)), "unpause", Argument.Text(Names.Target, target));
        }
    }
}
