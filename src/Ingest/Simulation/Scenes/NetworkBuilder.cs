using System.Globalization;
using SentinelHealth.Ingest.Simulation.Chance;
using SentinelHealth.Ingest.Simulation.Network;

namespace SentinelHealth.Ingest.Simulation.Scenes;

/// <summary>Makes the consortium of a seed: who is in it, where, with which habits.</summary>
internal sealed class NetworkBuilder(SimulationOptions options, Identifiers ids)
{
    private static readonly string[] HospitalTitles =
        ["Northbridge General", "St. Odilia Hospital", "Meerkant Medical Center", "Harbor Children's", "Zuidpoort Clinic",
            "Elmwood University Hospital"];

    private static readonly string[] Countries = ["NL", "NL", "BE", "NL", "DE", "NL"];

    private readonly SeededRandom _random = new(options.Seed, "network");
    private readonly Consortium _network = new();

    public Consortium Build()
    {
        var size = NetworkSize.Of(options);
        BuildOrganizations(size.Hospitals);
        var staffing = new StaffBuilder(options.Seed, _network, ids);
        staffing.Hire(size.Staff);
        BuildPatients(size.Patients);
        for (var i = 0; i < 6; i++)
            _network.Datasets.Add(ids.Next("ds"));
        _network.Models.AddRange(["sepsis-risk", "imaging-triage"]);
        return _network;
    }

    private void BuildOrganizations(int hospitals)
    {
        for (var i = 0; i < hospitals; i++)
        {
            // One hospital's matcher is an older one whose log carries no scores.
            var hospital = new Organization(
                "hospital-" + (char)('a' + i), HospitalTitles[i], OrganizationKind.Hospital, Countries[i], 10 + i)
            { LogsScores = i != 1 };
            Join(hospital, 3, 2);
        }
        Join(new Organization("lab-r", "Rijnlab Diagnostics", OrganizationKind.Laboratory, "NL", 30), 2, 1);
        Join(new Organization("insurer-m", "Meridian Mutual", OrganizationKind.Insurer, "NL", 31), 2, 1);
        Join(new Organization("institute-v", "Vesper Research Institute", OrganizationKind.Institute, "DE", 32), 2, 1);
    }

    private void Join(Organization organization, int nodes, int validators)
    {
        _network.Add(organization, ids.Did(), ids.Next("vk"));
        for (var i = 1; i <= nodes; i++)
        {
            var node = new Node(
                string.Create(CultureInfo.InvariantCulture, $"node:{organization.Id}-{++organization.NodesNamed}"), organization,
                new Account(ids.Did(), "node", organization), ids.Fingerprint())
            { IsValidator = i <= validators };
            organization.Nodes.Add(node);
            _network.Nodes.Add(node);
        }
    }

    private void BuildPatients(int count)
    {
        var hospitals = _network.Hospitals.ToList();
        for (var i = 0; i < count; i++)
        {
            var home = _random.PickHabitual(hospitals);
            var patient = new Patient(ids.Patient(), ids.Did(), home)
            {
                Modality = _random.Unit() switch { < 0.62 => "face", < 0.9 => "fingerprint", _ => "iris" },
                TemplateVersion = _random.Chance(0.8) ? _random.Whole(1, 3) : 0,
                MatchMean = _random.Between(0.89, 0.95),
                UsesWallet = _random.Chance(0.45),
                IsReserved = _random.Chance(0.3),
            };
            home.Patients.Add(patient);
            _network.Patients.Add(patient);
        }
    }
}
