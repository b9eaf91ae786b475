using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Life;
using SentinelHealth.Ingest.Simulation.Network;

namespace SentinelHealth.Ingest.Simulation.Attacks;

/// <summary>Money leaves the escrow that no access stands for, or leaves it twice.</summary>
internal sealed class EscrowDrain : Attack
{
    public override string Name => "escrow-drain";

    public override string Family => "market";

    public override string Description => "Deals already paid are released again, or released without the grant they were for.";

    public override IEnumerable<DateTimeOffset> Play(AttackRun run, DateTimeOffset at)
    {
        var steward = run.Employee(StaffRole.Administrator);
        var payee = run.Random.Chance(0.5) ? run.Scene.Ids.Did() : run.Network.TreasuryOf(steward.Home);
        var releases = run.Times(16, 9, 6);
        for (var i = 0; i < releases; i++)
        {
            if (run.Random.Chance(0.5) && run.Scene.Memory.ReleasedDeals.TryPick(run.Random, out var paid))
                run.Pen.Escrow(run.Habitual(steward, at), "release", paid);
            else
                run.Pen.Escrow(run.Habitual(steward, at), "release",
                    new Deal(run.Scene.Ids.Next("es"), payee, null, Math.Round(run.Random.LogNormal(1_400, 0.5), 0)));
            yield return at += run.Gap(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(25), TimeSpan.FromHours(3));
        }
    }
}
