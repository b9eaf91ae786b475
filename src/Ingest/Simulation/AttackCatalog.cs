using SentinelHealth.Ingest.Simulation.Attacks;

namespace SentinelHealth.Ingest.Simulation;

/// <summary>An attack the simulator knows.</summary>
/// <param name="Name">Its name in options and labels.</param>
/// <param name="Family">The part of the network it is aimed at.</param>
/// <param name="Description">What happens, in one sentence.</param>
public sealed record AttackKind(string Name, string Family, string Description);

/// <summary>The attacks the simulator knows, in a fixed order.</summary>
public static class AttackCatalog
{
    internal static readonly Attack[] Scripts =
    [
        new Snooping(), new MassExport(), new StolenCredential(), new RevokedConsentAccess(), new PurposeAbuse(),
        new NoConsentAccess(),
        new OffLedgerAccess(), new RogueNode(), new RevokedCredentialUse(), new ProofReplay(), new BiometricHillClimb(),
        new BiometricReplay(),
        new GalleryHarvest(), new DecryptBurst(), new SybilNodes(), new ModelPoisoning(), new ClaimFraud(), new EscrowDrain(),
        new GovernanceTakeover(), new TokenHoarding(), new ConsentHarvest(), new KeyTakeover(),
    ];

    /// <summary>All attacks.</summary>
    public static IReadOnlyList<AttackKind> All { get; } =
        [.. Scripts.Select(script => new AttackKind(script.Name, script.Family, script.Description))];
}
