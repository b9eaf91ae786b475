using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Life;
using SentinelHealth.Ingest.Simulation.Network;

namespace SentinelHealth.Ingest.Simulation.Attacks;

/// <summary>Money for what did not happen, happened once, or cost less.</summary>
internal sealed class ClaimFraud : Attack
{
    public override string Name => "claim-fraud";

    public override string Family => "claims";

    public override string Description =>
        "Claims are sent twice, without an encounter, or with amounts far above the usual for the code.";

    public override IEnumerable<DateTimeOffset> Play(AttackRun run, DateTimeOffset at)
    {
        var biller = run.Employee(StaffRole.ClaimsOfficer);
        var kind = run.Random.Below(3);
        var claims = run.Times(22, 12, 7);
        for (var i = 0; i < claims; i++)
        {
            var claim = Forge(run, biller, kind);
            run.Pen.SubmitClaim(run.Habitual(biller, at), claim);
            yield return at += run.Gap(TimeSpan.FromMinutes(1.5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(4));
            if (!run.Random.Chance(0.7))
                continue;
            var officer = run.Network.Insurer.AnyOf(StaffRole.ClaimsOfficer, run.Random);
            run.Pen.Adjudicate(run.Habitual(officer, at), claim, "approved");
            yield return at += run.Gap(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(25), TimeSpan.FromHours(3));
            run.Pen.Pay(run.Habitual(officer, at), claim);
        }
    }

    private static Claim Forge(AttackRun run, Staff biller, int kind)
    {
        if (kind == 0 && run.Scene.Memory.PaidClaims.TryPick(run.Random, out var paid))
            return run.Random.Chance(0.5) ? paid : paid with { Id = run.Scene.Ids.Next("cl") };
        var patient = run.Random.Pick(biller.Home.Patients);
        var claim = Billing.NewClaim(
            run.Scene, run.Random, patient, biller.Home, run.Random.Chance(0.5) ? "outpatient" : "inpatient");
        return kind == 2 ? claim with { Amount = Math.Round(claim.Amount * run.Random.Between(6, 25), 2) } : claim;
    }
}
