using SentinelHealth.Ingest.Simulation.Attacks;
using SentinelHealth.Ingest.Simulation.Chance;
using SentinelHealth.Ingest.Simulation.Life;
using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Records;
using SentinelHealth.Ingest.Simulation.Scenes;

namespace SentinelHealth.Ingest.Simulation;

/// <summary>
/// A hospital consortium at work, and under attack: native events of both formats with their ground truth, in the order of time.
/// </summary>
/// <remarks>
/// Equal options give byte-identical events on every platform. Memory depends on the population, not on the length of the run.
/// One owner; <see cref="Events"/> may be enumerated once.
/// </remarks>
public sealed class HospitalSimulator
{
    private readonly Scene _scene;
    private readonly StaffBuilder _hiring;
    private readonly Func<SimulatedAttempt, bool>? _isContained;
    private bool _isStarted;

    /// <summary>Builds the network of a seed.</summary>
    /// <param name="options">What to simulate.</param>
    /// <param name="isContained">
    /// Asked when an event's time has come: true makes a ledger attempt "reverted" and a biometric one "denied", unless it breaks
    /// the glass (purpose BTG). Called on the enumerating thread, up to once an event; must be quick. Null contains nothing.
    /// </param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public HospitalSimulator(SimulationOptions options, Func<SimulatedAttempt, bool>? isContained = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Fault() is { } fault)
            throw new ArgumentException(fault, nameof(options));
        var ids = new Identifiers(new SeededRandom(options.Seed, "identifiers"));
        var network = new NetworkBuilder(options, ids).Build();
        _isContained = isContained;
        _scene = new Scene(options, network, ids)
        {
            IsContained = isContained,
            Workload = Workload.Initial(options, network.Staff.Count),
        };
        _hiring = new StaffBuilder(options.Seed, network, ids, network.Staff.Count);
    }

    /// <summary>The nodes that keep the ledger alive.</summary>
    public IReadOnlyList<string> ValidatorNodes =>
        [.. _scene.Network.Nodes.Where(node => node.IsValidator).Select(node => node.Id)];

    /// <summary>All nodes the network starts with.</summary>
    public IReadOnlyList<string> Nodes => [.. _scene.Network.Nodes.Select(node => node.Id)];

    /// <summary>Organization identifiers with their names for people.</summary>
    public IReadOnlyDictionary<string, string> Organizations =>
        _scene.Network.Organizations.ToDictionary(one => one.Id, one => one.Title);

    /// <summary>Runs the simulation. Times never decrease; the last is before the options' end.</summary>
    /// <exception cref="InvalidOperationException">Enumerated a second time.</exception>
    public IEnumerable<SimulatedEvent> Events()
    {
        if (_isStarted)
            throw new InvalidOperationException("A simulator runs once; make another one for another run.");
        _isStarted = true;
        BeginLife();
        AttackPlan.Begin(_scene);
        return Written();
    }

    private IEnumerable<SimulatedEvent> Written()
    {
        using var writer = new RecordWriter(_scene.Options.StartAt, new SeededRandom(_scene.Options.Seed, "writer"));
        foreach (var record in _scene.Run())
            yield return writer.Write(record, IsRefused(record));
    }

    /// <summary>Whether the ledger or the monitor's gate refuses a record now; what it would have given is then void.</summary>
    private bool IsRefused(NativeRecord record)
    {
        if (record.Purpose == "BTG")
            return false;
        var isRefused = record.Basis is { IsVoid: true }
            || (_isContained is { } gate && gate(new SimulatedAttempt(record.Node.Id, record.Actor.Did, record.GrantId)
            {
                Contract = (record as LedgerRecord)?.Contract,
            }));
        if (isRefused && record is LedgerRecord { Gives: { } given })
            given.IsVoid = true;
        if (isRefused && record.Label is { } label)
            _scene.Memory.Refusals[label.AttackId] = _scene.Memory.Refusals.GetValueOrDefault(label.AttackId) + 1;
        return isRefused;
    }

    private void BeginLife()
    {
        var start = _scene.Options.StartAt;
        var opens = start + Genesis.Lasts;
        _scene.Play(Genesis.Begin(_scene, start), start);
        foreach (var staff in _scene.Network.Staff)
            _scene.Play(Working.Live(_scene, staff, opens), opens);
        foreach (var node in _scene.Network.Nodes)
            _scene.Play(NodeLife.Heartbeats(_scene, node, opens), opens);
        foreach (var model in _scene.Network.Models)
            _scene.Play(Research.Rounds(_scene, model, opens), opens);
        foreach (var hospital in _scene.Network.Hospitals)
        {
            _scene.Play(Emergencies.Arrive(_scene, hospital, opens), opens);
            _scene.Play(Oddities.NightlyBatch(_scene, hospital, opens), opens);
            _scene.Play(Oddities.Review(_scene, hospital, opens), opens);
        }
        _scene.Play(Oddities.Reenrolment(_scene, opens), opens);
        _scene.Play(Oddities.Fever(_scene, opens), opens);
        _scene.Play(Market.Deals(_scene, opens), opens);
        _scene.Play(Withdrawals.Happen(_scene, opens), opens);
        _scene.Play(new Personnel(_scene, _hiring).Change(opens), opens);
        _scene.Play(NodeLife.Growth(_scene, opens), opens);
        _scene.Play(NodeLife.Confirmations(_scene, opens), opens);
        _scene.Play(Administration.Upgrades(_scene, opens), opens);
        _scene.Play(Workload.Balance(_scene, start), start);
    }
}
