using SentinelHealth.Ingest.Simulation.Chance;
using SentinelHealth.Ingest.Simulation.Records;

namespace SentinelHealth.Ingest.Simulation.Network;

internal enum StaffRole : byte { Clinician, Nurse, Technician, Registrar, ClaimsOfficer, Researcher, Administrator, Agent }

internal enum Rota : byte { Office, Physician, Rotating, Continuous }

/// <summary>A member of staff or a software agent, with the habits that make its behaviour its own.</summary>
internal sealed class Staff(string did, StaffRole role, Organization home, SeededRandom random)
    : Account(did, RoleNames[(int)role], home)
{
    private static readonly string[] RoleNames =
        ["clinician", "nurse", "technician", "registrar", "claims-officer", "researcher", "administrator", "ai-agent"];

    public StaffRole Role { get; } = role;

    public new Organization Home => base.Home!;

    /// <summary>Own stream of chance: what others do never changes what this one draws.</summary>
    public SeededRandom Random { get; } = random;

    public Ward? Ward { get; set; }

    /// <summary>Nodes in the order of preference.</summary>
    public List<Node> Nodes { get; } = [];

    /// <summary>Own devices, the usual one first.</summary>
    public List<string> Devices { get; } = [];

    public string Ip { get; set; } = "";

    public string Country { get; set; } = home.Country;

    public string Client { get; set; } = "app-ehr";

    public Rota Rota { get; set; }

    /// <summary>Where in its rota pattern it stands on the first day, in days.</summary>
    public int RotaPhase { get; set; }

    /// <summary>Personal factor on the rate of work, around 1; drifts.</summary>
    public double Pace { get; set; } = 1;

    /// <summary>Personal offset of the working day.</summary>
    public TimeSpan Offset { get; set; }

    /// <summary>Patients it follows, most recent last; bounded by <see cref="PanelMax"/>.</summary>
    public List<Patient> Panel { get; } = [];

    public int PanelMax { get; set; } = 40;

    public bool IsEmployed { get; set; } = true;

    /// <summary>On leave until then.</summary>
    public DateTimeOffset AwayUntil { get; set; } = DateTimeOffset.MinValue;

    /// <summary>The colleague's ward it covers, until the time given.</summary>
    public (Ward Ward, DateTimeOffset Until)? Cover { get; set; }

    public bool IsTravelling { get; set; }

    /// <summary>What is unusual about its working life at present, and until when.</summary>
    public (OddityLabel Label, DateTimeOffset Until)? Oddity { get; set; }

    public string Session { get; set; } = "s-0";

    public OddityLabel? OddityAt(DateTimeOffset at) => Oddity is { } oddity && at < oddity.Until ? oddity.Label : null;

    /// <summary>The ward it works on now.</summary>
    public Ward? WardAt(DateTimeOffset at) => Cover is { } cover && at < cover.Until ? cover.Ward : Ward;

    public void Follow(Patient patient)
    {
        if (Panel.Contains(patient))
            return;
        if (Panel.Count >= PanelMax)
            Panel.RemoveAt(0);
        Panel.Add(patient);
    }
}
