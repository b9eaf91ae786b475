using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Response.Monitoring;

/// <summary>
/// Persons who were erased while the program runs: told from any thread, and heeded by each partition before its next batch, so that a
/// later alert does not store a record of theirs again.
/// </summary>
/// <remarks>Holds digests and no names, of the latest 1,024. A partition that missed more than that forgets the records of everybody.</remarks>
public sealed class ErasedPersons
{
    internal const int PersonsMax = 1_024;

    private readonly Lock _gate = new();
    private readonly Queue<ulong> _latest = new();
    private long _count;

    /// <summary>How often somebody was erased.</summary>
    internal long Count => Volatile.Read(ref _count);

    /// <summary>A person was erased; once more is as good as once.</summary>
    public void Add(string subject)
    {
        ArgumentException.ThrowIfNullOrEmpty(subject);
        lock (_gate)
        {
            _latest.Enqueue(StableHash.Of(subject));
            if (_latest.Count > PersonsMax)
                _latest.Dequeue();
            Volatile.Write(ref _count, _count + 1);
        }
    }

    /// <summary>Digests of those erased since a count, and the count now; null for digests when there were more than are kept.</summary>
    internal (long Count, IReadOnlySet<ulong>? Digests) Since(long count)
    {
        lock (_gate)
        {
            return (_count, _count - count > _latest.Count
                ? null : _latest.Skip(_latest.Count - (int)(_count - count)).ToHashSet());
        }
    }
}
