using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Life;
using SentinelHealth.Ingest.Simulation.Network;

namespace SentinelHealth.Ingest.Simulation.Attacks;

/// <summary>Access tokens to every dataset end in one hand.</summary>
internal sealed class TokenHoarding : Attack
{
    public override string Name => "token-hoarding";

    public override string Family => "market";

    public override string Description =>
        "One account collects tokens of all datasets in many transfers and redeems them at once.";

    public override IEnumerable<DateTimeOffset> Play(AttackRun run, DateTimeOffset at)
    {
        var hoarder = run.Network.Institute.AnyOf(StaffRole.Researcher, run.Random);
        var transfers = run.Times(50, 28, 16);
        for (var i = 0; i < transfers; i++)
        {
            // Accomplices in all houses pass on what they have.
            var giver = run.Employee(run.Random.Chance(0.7) ? StaffRole.Administrator : StaffRole.ClaimsOfficer);
            var dataset = run.Network.Datasets[i % run.Network.Datasets.Count];
            run.Pen.Token(run.Habitual(giver, at), "transfer", run.Random.Whole(5, 60), (hoarder.Did, dataset));
            yield return at += run.Gap(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(9), TimeSpan.FromHours(2));
        }
        foreach (var dataset in run.Network.Datasets)
        {
            run.Pen.Token(run.Habitual(hoarder, at), "redeem", run.Random.Whole(50, 400),
                (run.Network.TreasuryOf(hoarder.Home), dataset));
            yield return at += run.Gap(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), TimeSpan.FromHours(1));
        }
    }
}
