namespace SentinelHealth.Ingest.Simulation.Network;

/// <summary>A patient: an account of its own (the wallet that signs consents) and what it has allowed.</summary>
internal sealed class Patient(string id, string did, Organization home) : Account(did, "patient", home)
{
    private const int AuthorizationsMax = 48;

    public string Id { get; } = id;

    public Ward? Ward { get; set; }

    public Staff? Attending { get; set; }

    public List<Staff> CareTeam { get; } = [];

    public string Modality { get; set; } = "face";

    /// <summary>0 until enrolled.</summary>
    public int TemplateVersion { get; set; }

    /// <summary>How well the matcher knows this person: mean genuine score.</summary>
    public double MatchMean { get; set; } = 0.92;

    /// <summary>Signs its own consents in an app rather than at the desk.</summary>
    public bool UsesWallet { get; set; }

    /// <summary>Is being admitted, treated or billed as an inpatient.</summary>
    public bool IsCared { get; set; }

    /// <summary>Consents to named people only, never to a whole house.</summary>
    public bool IsReserved { get; set; }

    public List<Authorization> Authorizations { get; } = [];

    public void Add(Authorization authorization, DateTimeOffset at)
    {
        if (Authorizations.Count >= 16)
            Authorizations.RemoveAll(old => old.IsOver(at));
        if (Authorizations.Count >= AuthorizationsMax)
            Authorizations.RemoveAt(0);
        Authorizations.Add(authorization);
    }

    /// <summary>Any grant or consent that explains such an access between now and a margin later; null when none does.</summary>
    public Authorization? Basis(Staff who, string purpose, string? category, DateTimeOffset at)
    {
        for (var i = Authorizations.Count - 1; i >= 0; i--)
        {
            if (Authorizations[i].Explains(who, purpose, category, at))
                return Authorizations[i];
        }
        return null;
    }

    /// <summary>Whether the ledger would explain such an access at all.</summary>
    public bool IsOpenTo(Staff who, string purpose, string category, DateTimeOffset at) =>
        Authorizations.Exists(held => held.MayExplain(who, purpose, category, at));

    /// <summary>The newest live authorization of a purpose, whoever holds it.</summary>
    public Authorization? Live(string purpose, string grantee, DateTimeOffset at) =>
        Authorizations.FindLast(held => held.Purpose == purpose && held.Grantee == grantee && held.IsLive(at));
}
