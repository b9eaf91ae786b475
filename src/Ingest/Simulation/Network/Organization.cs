using SentinelHealth.Ingest.Simulation.Chance;

namespace SentinelHealth.Ingest.Simulation.Network;

internal enum OrganizationKind : byte { Hospital, Laboratory, Insurer, Institute }

/// <summary>A member of the consortium.</summary>
internal sealed class Organization(string id, string title, OrganizationKind kind, string country, int subnet)
{
    public string Id { get; } = id;

    public string Title { get; } = title;

    public OrganizationKind Kind { get; } = kind;

    public string Country { get; } = country;

    /// <summary>Second byte of its private addresses.</summary>
    public int Subnet { get; } = subnet;

    /// <summary>How it is named as a grantee.</summary>
    public string Grantee { get; } = "org:" + id;

    public List<Node> Nodes { get; } = [];

    /// <summary>Node numbers given so far, whether the node was admitted or not.</summary>
    public int NodesNamed { get; set; }

    public List<Ward> Wards { get; } = [];

    public List<Staff> Staff { get; } = [];

    /// <summary>Patients who live in its area.</summary>
    public List<Patient> Patients { get; } = [];

    /// <summary>Whether its matcher logs scores; some authentication logs carry none.</summary>
    public bool LogsScores { get; init; } = true;

    public Staff AnyOf(StaffRole role, SeededRandom random)
    {
        // Bounded: after twenty misses the first of the role is taken; every organization has at least one of each role it uses.
        for (var attempt = 0; attempt < 20; attempt++)
        {
            var candidate = random.Pick(Staff);
            if (candidate.Role == role && candidate.IsEmployed)
                return candidate;
        }
        return Staff.Find(staff => staff.Role == role && staff.IsEmployed) ?? Staff[0];
    }
}

/// <summary>A ledger node.</summary>
internal sealed class Node(string id, Organization home, Account service, string fingerprint)
{
    public string Id { get; } = id;

    public Organization Home { get; } = home;

    /// <summary>The account its own transactions (heartbeats) are signed with.</summary>
    public Account Service { get; } = service;

    public string Fingerprint { get; } = fingerprint;

    public bool IsValidator { get; init; }

    public bool IsRegistered { get; set; }

    public string Version { get; set; } = "24.9.1";
}

/// <summary>A ward with its people and patients.</summary>
internal sealed class Ward(string name, Organization home, int index)
{
    public string Name { get; } = name;

    public Organization Home { get; } = home;

    /// <summary>Third byte of its private addresses.</summary>
    public int Index { get; } = index;

    public List<Staff> Physicians { get; } = [];

    public List<Staff> Nurses { get; } = [];

    public List<Patient> Inpatients { get; } = [];

    /// <summary>Devices that stand on the ward and are used by everyone.</summary>
    public List<string> Devices { get; } = [];

    /// <summary>Beds.</summary>
    public int BedsMax { get; set; }

    public bool IsEmergency => Index == 0;
}
