namespace SentinelHealth.Ingest.Simulation.Network;

/// <summary>A bounded list in which a new entry takes the place of the oldest.</summary>
internal sealed class RecentPatients(int patientsMax)
{
    private readonly List<Patient> _patients = [];
    private int _next;

    public IReadOnlyList<Patient> All => _patients;

    public void Add(Patient patient)
    {
        if (_patients.Count < patientsMax)
        {
            _patients.Add(patient);
            return;
        }
        _patients[_next] = patient;
        _next = (_next + 1) % patientsMax;
    }
}
