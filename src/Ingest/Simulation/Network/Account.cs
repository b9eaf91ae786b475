namespace SentinelHealth.Ingest.Simulation.Network;

/// <summary>Anyone who signs transactions or queries: people, services, patients' wallets.</summary>
internal class Account(string did, string roleName, Organization? home)
{
    public string Did { get; } = did;

    public string RoleName { get; set; } = roleName;

    public Organization? Home { get; } = home;

    public string? CredentialId { get; set; }

    /// <summary>Number of keys it has had; part of the next key's name.</summary>
    public int KeyNumber { get; set; } = 1;
}
