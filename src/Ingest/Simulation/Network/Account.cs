namespace SentinelHealth.Ingest.Simulation.Network;

/// <summary>Anyone who signs transactions or queries: people, services, patients' wallets.</summary>
internal class Account(string did, string roleName, Organization? home)
{
    public string Did { get; } = did;

    public string RoleName { get; set; } = roleName;

    public Organization? Home { get; } = home;

    public string? CredentialId { get; set; }

    /// <summary>Share of its accesses that show the credential; gateways differ.</summary>
    public double ShowsCredential { get; init; } = 0.7;

    /// <summary>Number of keys it has had; part of the next key's name.</summary>
    public int KeyNumber { get; set; } = 1;
}
