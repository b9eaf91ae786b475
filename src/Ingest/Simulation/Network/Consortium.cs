using SentinelHealth.Ingest.Simulation.Chance;

namespace SentinelHealth.Ingest.Simulation.Network;

/// <summary>Everyone and everything in the network.</summary>
internal sealed class Consortium
{
    private readonly Dictionary<Organization, string> _treasuries = [];
    private readonly Dictionary<Organization, string> _verificationKeys = [];

    public List<Organization> Organizations { get; } = [];

    /// <summary>Nodes that are registered from the start, in the order of registration.</summary>
    public List<Node> Nodes { get; } = [];

    public List<Patient> Patients { get; } = [];

    public List<Staff> Staff { get; } = [];

    /// <summary>Patients of recent encounters, which billing works on. Bounded.</summary>
    public Recent<Patient> Billing { get; } = new(600);

    /// <summary>Patients who have consented to research. Bounded.</summary>
    public Recent<Patient> Cohort { get; } = new(2_000);

    public List<string> Datasets { get; } = [];

    public List<string> Models { get; } = [];

    public IEnumerable<Organization> Hospitals => Organizations.Where(one => one.Kind == OrganizationKind.Hospital);

    public Organization Insurer => Organizations.Find(one => one.Kind == OrganizationKind.Insurer)!;

    public Organization Institute => Organizations.Find(one => one.Kind == OrganizationKind.Institute)!;

    public Organization Laboratory => Organizations.Find(one => one.Kind == OrganizationKind.Laboratory)!;

    /// <summary>The account an organization is paid on.</summary>
    public string TreasuryOf(Organization organization) => _treasuries[organization];

    /// <summary>The key proofs of an organization's people are checked with.</summary>
    public string VerificationKeyOf(Account account) => _verificationKeys[account.Home ?? Organizations[0]];

    public void Add(Organization organization, string treasury, string verificationKey)
    {
        Organizations.Add(organization);
        _treasuries[organization] = treasury;
        _verificationKeys[organization] = verificationKey;
    }

    /// <summary>Any employed person of a role, tried by chance.</summary>
    public Staff AnyOf(StaffRole role, SeededRandom random)
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            var candidate = random.Pick(Staff);
            if (candidate.Role == role && candidate.IsEmployed)
                return candidate;
        }
        return Staff.Find(staff => staff.Role == role && staff.IsEmployed) ?? Staff[0];
    }
}
