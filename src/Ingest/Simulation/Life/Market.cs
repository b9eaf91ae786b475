using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Scenes;

namespace SentinelHealth.Ingest.Simulation.Life;

/// <summary>The data market: a researcher pays into escrow, gets access and tokens, the hospital is paid.</summary>
internal static class Market
{
    /// <summary>Begins deals for ever, at a rate that fits the size of the network.</summary>
    public static IEnumerable<DateTimeOffset> Deals(Scene scene, DateTimeOffset at)
    {
        var mean = TimeSpan.FromHours(24.0 * 2_500 / scene.Options.EventsPerDay);
        for (; ; )
        {
            yield return at += scene.Random.Wait(mean) + TimeSpan.FromMinutes(1);
            if (at.Hour is >= 7 and < 19 && scene.Network.Cohort.All.Count > 0)
                scene.Play(One(scene, at), at);
        }
    }

    private static IEnumerable<DateTimeOffset> One(Scene scene, DateTimeOffset at)
    {
        var random = scene.Random;
        var pen = new Pen(scene, null, random);
        var buyer = scene.Network.Institute.AnyOf(StaffRole.Researcher, random);
        var seller = random.Pick(scene.Network.Hospitals.ToList());
        var steward = seller.AnyOf(StaffRole.Administrator, random);
        var deal = new Deal(scene.Ids.Next("es"), scene.Network.TreasuryOf(seller), null,
            Math.Round(random.LogNormal(800, 0.4), 0));
        pen.Escrow(Presence.Now(scene, buyer, random, at), "fund", deal);
        yield return at += random.Hours(0.3, 4);
        if (random.Chance(0.07))
        {
            pen.Escrow(Presence.Now(scene, steward, random, at), "refund", deal);
            yield break;
        }
        var patient = random.Pick(scene.Network.Cohort.All);
        var moment = Presence.Now(scene, steward, random, at);
        var grant = pen.Grant(moment, patient, ResearchGrant(scene, buyer, at));
        var tokens = random.Whole(2, 12);
        var dataset = random.Pick(scene.Network.Datasets);
        pen.Token(moment.After(random.Seconds(20, 60)), "mint", tokens, (scene.Network.TreasuryOf(seller), dataset));
        pen.Token(moment.After(random.Seconds(90, 160)), "transfer", tokens, (buyer.Did, dataset));
        yield return at += random.Hours(0.2, 2);
        deal = deal with { GrantId = grant.Id };
        pen.Escrow(Presence.Now(scene, steward, random, at), "release", deal);
        scene.Memory.ReleasedDeals.Add(deal);
    }

    private static Authorization ResearchGrant(Scene scene, Staff buyer, DateTimeOffset at) => new()
    {
        Id = scene.Ids.Next("g"),
        IsGrant = true,
        Grantee = buyer.Did,
        Purpose = "HRESCH",
        Scope = ["laboratory", "imaging"],
        GivenAt = at,
        ExpiresAt = at.AddDays(30),
    };
}
