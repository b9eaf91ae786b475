using SentinelHealth.Ingest.Simulation.Chance;
using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Records;

namespace SentinelHealth.Ingest.Simulation.Scenes;

/// <summary>
/// What scripts share: the network, the identifiers and the timeline. A script is an iterator that acts and then yields the
/// instant at which it wants to go on.
/// </summary>
internal sealed class Scene(SimulationOptions options, Consortium network, Identifiers ids)
{
    /// <summary>
    /// Steps at one instant before the clock counts as held; everyone may begin at the same instant, some twice.
    /// </summary>
    private const int StandstillMax = 2_000_000;

    private readonly PriorityQueue<IEnumerator<DateTimeOffset>, (long Ticks, long Order)> _scripts = new();
    private readonly PriorityQueue<NativeRecord, (long Ticks, long Order)> _records = new();
    private long _order;
    private long _ordinaryRecords;
    private long _nowTicks;
    private int _standstill;

    public SimulationOptions Options { get; } = options;

    public Consortium Network { get; } = network;

    public Identifiers Ids { get; } = ids;

    public Memory Memory { get; } = new();

    /// <summary>For what belongs to no one in particular.</summary>
    public SeededRandom Random { get; } = new(options.Seed, "scene");

    /// <summary>
    /// Factor on everyone's rate of work that keeps the network near its events a day; see <see cref="Life.Workload"/>.
    /// </summary>
    public double Workload { get; set; } = 1;

    /// <summary>Factor on admissions and work in a season, above 1 in a busy week.</summary>
    public double Season { get; set; } = 1;

    /// <summary>Records planned by ordinary life so far.</summary>
    public long OrdinaryRecords => _ordinaryRecords;

    public Func<SimulatedAttempt, bool>? IsContained { get; set; }

    public void Play(IEnumerable<DateTimeOffset> script, DateTimeOffset from) =>
        _scripts.Enqueue(script.GetEnumerator(), (from.UtcTicks, _order++));

    public void Plan(NativeRecord record)
    {
        if (record.At.UtcTicks < _nowTicks)
            throw new InvalidOperationException("A script planned a record in the past.");
        if (record.Label is null)
            _ordinaryRecords++;
        _records.Enqueue(record, (record.At.UtcTicks, _order++));
    }

    public bool IsClosed(Node node) => IsContained?.Invoke(new SimulatedAttempt(node.Id, "", null)) ?? false;

    /// <summary>Runs the scripts and yields planned records when no script can plan an earlier one any more.</summary>
    public IEnumerable<NativeRecord> Run()
    {
        var end = Options.EndAt.UtcTicks;
        while (_scripts.TryPeek(out var script, out var wake) && wake.Ticks < end)
        {
            while (_records.TryPeek(out var record, out var due) && due.Ticks < wake.Ticks)
            {
                _records.Dequeue();
                yield return record;
            }
            Continue(script, wake.Ticks);
        }
        while (_records.TryDequeue(out var record, out var due) && due.Ticks < end)
            yield return record;
    }

    private void Continue(IEnumerator<DateTimeOffset> script, long ticks)
    {
        _standstill = ticks == _nowTicks ? _standstill + 1 : 0;
        if (_standstill > StandstillMax)
            throw new InvalidOperationException("The scripts hold the clock.");
        _nowTicks = ticks;
        if (script.MoveNext())
        {
            var next = Math.Max(script.Current.UtcTicks, ticks);
            _scripts.DequeueEnqueue(script, (next, _order++));
        }
        else
        {
            _scripts.Dequeue().Dispose();
        }
    }
}
