using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Evm;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Evm;

/// <summary>A conformance test's rules as settings of the guard contract.</summary>
internal static class GuardRules
{
    public static async Task PutAsync(AnvilNetwork network, LedgerSetup setup)
    {
        var (window, ttlMax) = ((long)setup.Window.TotalSeconds, (long)setup.TtlMax.TotalSeconds);
        await network.AdministerAsync("setSafeguards", (long)setup.Cooldown.TotalSeconds, setup.TotalLiveMax);
        for (var kind = 0; kind < 4; kind++)
            await network.AdministerAsync("setLimits", kind, setup.ContainmentsPerWindowMax, 100, window, ttlMax);
        await network.AdministerAsync("setShare", KindOf(EntityType.Node), HundredthsOfPercent(setup.NodeShareMax));
        await network.AdministerAsync("setShare", KindOf(EntityType.Actor), HundredthsOfPercent(setup.StaffShareMax));
        foreach (var (member, organization) in setup.Members)
            await EnrollAsync(network, member, organization);
        foreach (var entity in setup.Protected)
            await network.AdministerAsync("setProtected", KindOf(entity.Type), entity.Id, true);
        await network.AdministerAsync("setValidators", [setup.Validators.ToArray<object?>()]);
    }

    private static Task<EvmReceipt> EnrollAsync(AnvilNetwork network, EntityRef member, string organization) =>
        member.Type == EntityType.Node
            ? network.SendAsync(EvmAddress.Parse(network.Deployment.AdminAccount), "NodeRegistry", "found", member.Id, organization)
            : network.SendAsync(
                EvmAddress.Parse(network.Deployment.AdminAccount), "IdentityRegistry", "enroll",
                EvmAddress.Parse(member.Id[(member.Id.LastIndexOf(':') + 1)..]), "clinician", organization);

    private static int HundredthsOfPercent(double share) => (int)Math.Round(share * 10_000);

    private static int KindOf(EntityType type) => type switch
    {
        EntityType.Node => 0,
        EntityType.Grant => 1,
        EntityType.Actor => 2,
        EntityType.Contract => 3,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}
