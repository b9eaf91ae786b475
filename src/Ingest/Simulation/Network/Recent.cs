using System.Diagnostics.CodeAnalysis;
using SentinelHealth.Ingest.Simulation.Chance;

namespace SentinelHealth.Ingest.Simulation.Network;

/// <summary>A bounded memory in which a new entry takes the place of the oldest.</summary>
internal sealed class Recent<T>(int entriesMax)
    where T : class
{
    private readonly List<T> _entries = [];
    private int _next;

    public IReadOnlyList<T> All => _entries;

    public void Add(T entry)
    {
        if (_entries.Count < entriesMax)
        {
            _entries.Add(entry);
            return;
        }
        _entries[_next] = entry;
        _next = (_next + 1) % entriesMax;
    }

    public bool TryPick(SeededRandom random, [NotNullWhen(true)] out T? entry)
    {
        entry = _entries.Count == 0 ? null : random.Pick(_entries);
        return entry is not null;
    }
}
