using System.Globalization;
using SentinelHealth.Ingest.Simulation.Chance;
using SentinelHealth.Ingest.Simulation.Network;

namespace SentinelHealth.Ingest.Simulation.Scenes;

/// <summary>Hires people: at the start all of them, later one by one.</summary>
internal sealed class StaffBuilder(int seed, Consortium network, Identifiers ids, int hiredBefore = 0)
{
    private readonly SeededRandom _random = new(seed, $"staff-{hiredBefore}-builder");
    private int _hired = hiredBefore;

    /// <summary>Hires the whole consortium. Hospitals get five sixths of the people, earlier ones more.</summary>
    public void Hire(int total)
    {
        var hospitals = network.Hospitals.ToList();
        var weights = hospitals.Select((_, i) => 1.0 / (1 + (0.35 * i))).ToList();
        for (var i = 0; i < hospitals.Count; i++)
            HireHospital(hospitals[i], Math.Max(14, (int)(total * 0.84 * weights[i] / weights.Sum())));
        HireMany(network.Laboratory, StaffRole.Technician, Math.Max(2, total * 5 / 100));
        HireMany(network.Insurer, StaffRole.ClaimsOfficer, Math.Max(3, total * 5 / 100));
        HireMany(network.Insurer, StaffRole.Agent, 1);
        HireMany(network.Institute, StaffRole.Researcher, Math.Max(3, total * 5 / 100));
        HireMany(network.Institute, StaffRole.Agent, 1);
        foreach (var organization in network.Organizations)
            HireMany(organization, StaffRole.Administrator, 2);
    }

    public Staff HireOne(Organization home, StaffRole role, Ward? ward)
    {
        var stream = new SeededRandom(seed, string.Create(CultureInfo.InvariantCulture, $"staff-{++_hired}"));
        var staff = new Staff(ids.Did(), role, home, stream)
        {
            Ward = ward,
            Rota = RotaOf(role),
            RotaPhase = stream.Below(84),
            Pace = Math.Clamp(stream.LogNormal(1, 0.22), 0.5, 2),
            Offset = stream.Minutes(-25, 25),
            PanelMax = stream.Chance(0.04) ? 160 : 40,
            Client = ClientOf(role),
        };
        Equip(staff, stream);
        (role switch { StaffRole.Clinician => ward?.Physicians, StaffRole.Nurse => ward?.Nurses, _ => null })?.Add(staff);
        home.Staff.Add(staff);
        network.Staff.Add(staff);
        return staff;
    }

    public string NewDevice() => ids.Next("dev");

    private void HireHospital(Organization hospital, int count)
    {
        var wards = Math.Clamp(count / 20, 2, 24);
        for (var i = 0; i < wards; i++)
        {
            var ward = new Ward(i == 0 ? "emergency" : "ward-" + i, hospital, i);
            for (var device = 0; device < 3; device++)
                ward.Devices.Add(NewDevice());
            hospital.Wards.Add(ward);
        }
        HireOnWards(hospital, StaffRole.Clinician, Math.Max(wards, count * 30 / 100));
        HireOnWards(hospital, StaffRole.Nurse, Math.Max(wards * 2, count * 45 / 100));
        HireMany(hospital, StaffRole.Technician, Math.Max(1, count * 7 / 100));
        HireMany(hospital, StaffRole.Registrar, Math.Max(3, count * 10 / 100));
        HireMany(hospital, StaffRole.ClaimsOfficer, Math.Max(1, count * 4 / 100));
        HireMany(hospital, StaffRole.Agent, 1 + (count / 150));
        foreach (var ward in hospital.Wards)
            ward.BedsMax = 3 + (ward.Nurses.Count * 2);
    }

    private void HireOnWards(Organization hospital, StaffRole role, int count)
    {
        for (var i = 0; i < count; i++)
            HireOne(hospital, role, hospital.Wards[i % hospital.Wards.Count]);
    }

    private void HireMany(Organization home, StaffRole role, int count)
    {
        for (var i = 0; i < count; i++)
            HireOne(home, role, null);
    }

    private void Equip(Staff staff, SeededRandom stream)
    {
        staff.Devices.Add(NewDevice());
        if (staff.Ward is { } ward)
            staff.Devices.AddRange(ward.Devices);
        if (staff.Role == StaffRole.Clinician && stream.Chance(0.5))
            staff.Devices.Add(NewDevice());
        staff.Ip = string.Create(
            CultureInfo.InvariantCulture, $"10.{staff.Home.Subnet}.{1 + (staff.Ward?.Index ?? 60)}.{1 + stream.Below(250)}");
        staff.Nodes.AddRange(staff.Home.Nodes);
        // Most people's software talks to one node; rotating the list spreads them.
        var usual = _random.Below(staff.Nodes.Count);
        (staff.Nodes[0], staff.Nodes[usual]) = (staff.Nodes[usual], staff.Nodes[0]);
    }

    private static Rota RotaOf(StaffRole role) => role switch
    {
        StaffRole.Clinician => Rota.Physician,
        StaffRole.Nurse or StaffRole.Registrar or StaffRole.Technician => Rota.Rotating,
        StaffRole.Agent => Rota.Continuous,
        _ => Rota.Office,
    };

    private static string ClientOf(StaffRole role) => role switch
    {
        StaffRole.Technician => "app-lab",
        StaffRole.Registrar => "app-desk",
        StaffRole.ClaimsOfficer => "app-claims",
        StaffRole.Researcher => "app-research",
        StaffRole.Administrator => "app-console",
        StaffRole.Agent => "svc-assist",
        _ => "app-ehr",
    };
}
