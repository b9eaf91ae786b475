using SentinelHealth.Response.Custody.Sharing;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>A store of the dashboard: a file of the data folder, or a schema of a PostgreSQL database that several processes share.</summary>
/// <param name="Name">What its schema ends in.</param>
/// <param name="FileName">Its file, in a data folder and in a backup.</param>
/// <param name="Schema">Its tables.</param>
internal sealed record DashboardStore(string Name, string FileName, StoreSchema Schema)
{
    /// <summary>The schema that documents are in; as files they are by themselves.</summary>
    public const string Documents = "documents";

    public static DashboardStore Identities { get; } = new("identity", IdentityStore.FileName, IdentitySchema.Current);

    public static DashboardStore Compliance { get; } = new("compliance", ComplianceStore.FileName, ComplianceSchema.Current);

    public static DashboardStore Reads { get; } = new("reads", ReadTrail.FileName, ReadTrail.Schema);

    public static DashboardStore Answers { get; } = new("answers", AnswerStore.FileName, AnswerStore.Schema);

    /// <summary>Persons' keys, where processes share them; alone they are a file of another kind.</summary>
    public static DashboardStore Vault { get; } = new("vault", "vault.db", VaultSchema.Current);

    public static IReadOnlyList<DashboardStore> All { get; } = [Identities, Compliance, Reads, Answers, Vault];

    /// <summary>Documents that a data folder holds as files, and what the names of folders of them begin with.</summary>
    public static IReadOnlyList<string> DocumentNames { get; } = [RuleStageStore.FileName, Onboarding.WelcomeStore.FileName, "keys/", "baselines/"];
}
