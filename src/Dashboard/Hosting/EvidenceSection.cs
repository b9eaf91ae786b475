using System.ComponentModel.DataAnnotations;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>Keys of the evidence log.</summary>
internal sealed record EvidenceSection
{
    /// <summary>
    /// File of the key that persons' keys are wrapped under, such as on a volume that backups do not reach; empty for one in the data folder. An
    /// erasure exchanges it, so the program must be able to write its folder.
    /// </summary>
    [StringLength(4_096)]
    public string MasterKeyFile { get; init; } = "";

    /// <summary>The file; null for the usual place.</summary>
    public string? MasterKeyOrNull => MasterKeyFile.Length > 0 ? MasterKeyFile : null;
}
