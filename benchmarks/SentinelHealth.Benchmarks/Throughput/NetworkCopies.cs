using SentinelHealth.Ingest.Simulation;

namespace SentinelHealth.Benchmarks.Throughput;

/// <summary>
/// Records of a simulated network, or of several copies of it that differ in every identifier of a person, a patient, a device, a
/// permission or a transaction. Each event happens in every copy before the next one happens in the first.
/// </summary>
/// <remarks>The simulator's largest network has about 125,000 people; a million are as many copies of a small one.</remarks>
internal sealed class NetworkCopies : IDisposable
{
    /// <summary>About so many events an active person causes a day in the simulated network; sizes the population.</summary>
    private const int EventsPerActorDay = 40;

    private const int ActorsOfOne = 500;

    private readonly IEnumerator<SimulatedEvent> _events;
    private readonly int _copies;
    private RecordTemplate? _template;
    private int _copy;

    /// <summary>A network of about so many actors, from the hours on in which people work.</summary>
    public NetworkCopies(int actors, double days, int seed, DateTimeOffset? startAt = null)
    {
        _copies = actors <= 4 * ActorsOfOne ? 1 : Math.Max(1, actors / ActorsOfOne);
        var perDay = Math.Max(500, actors / _copies * EventsPerActorDay);
        var options = new SimulationOptions { Seed = seed, EventsPerDay = perDay, Days = days };
        if (_copies > 1)
            options = options with { StartAt = startAt ?? options.StartAt.AddHours(7), Attacks = ["none"] };
        _events = new HospitalSimulator(options).Events().GetEnumerator();
        _copy = _copies;
    }

    /// <summary>How many networks there are.</summary>
    public int Copies => _copies;

    /// <summary>Which network the last record was of.</summary>
    public int LastCopy => Math.Max(0, _copy - 1);

    /// <summary>The next records; fewer than asked for when the simulated time is over.</summary>
    public List<byte[]> Next(int count)
    {
        List<byte[]> records = new(count);
        while (records.Count < count)
        {
            if (_copy == _copies)
            {
                if (!_events.MoveNext())
                    break;
                _copy = 0;
                _template = _copies == 1 ? null : new RecordTemplate(_events.Current.Json);
            }
            records.Add(_template?.Copy(_copy) ?? _events.Current.Json);
            _copy++;
        }
        return records;
    }

    public void Dispose() => _events.Dispose();
}
