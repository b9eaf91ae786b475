using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace SentinelHealth.Detection.Baselines;

/// <summary>A dictionary that kept states share with the living one until one of the two writes to it.</summary>
/// <remarks>
/// A copy costs nothing, the first writing after it a copy of the references: for what changes seldom. Values must not be changed, only replaced.
/// What is read must not depend on the order of enumeration, unless nothing is ever removed. One owner thread for all copies together.
/// </remarks>
/// <param name="savedBytes">How many bytes a pair is in a snapshot. Asked for all of them when a state is kept after a change.</param>
internal sealed class SharedMap<TKey, TValue>(Func<TKey, TValue, long> savedBytes)
    : IReadOnlyCollection<KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    private readonly Func<TKey, TValue, long> _bytesOf = savedBytes;
    private Dictionary<TKey, TValue> _items = [];
    private bool _isShared;

    /// <summary>Below 0 where it is to be found out.</summary>
    private long _savedBytes = -1;

    public int Count => _items.Count;

    public Dictionary<TKey, TValue>.ValueCollection Values => _items.Values;

    /// <summary>How many bytes all pairs are in a snapshot.</summary>
    public long SavedBytes => _savedBytes >= 0 ? _savedBytes : _savedBytes = _items.Sum(pair => _bytesOf(pair.Key, pair.Value));

    public TValue this[TKey key]
    {
        set => Changed()[key] = value;
    }

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value) => _items.TryGetValue(key, out value);

    public bool ContainsKey(TKey key) => _items.ContainsKey(key);

    public void Remove(TKey key)
    {
        if (_items.ContainsKey(key))
            Changed().Remove(key);
    }

    public void Clear() => (_items, _isShared, _savedBytes) = ([], false, -1);

    /// <summary>A copy as of now.</summary>
    public SharedMap<TKey, TValue> Share()
    {
        _isShared = true;
        return new(_bytesOf) { _items = _items, _isShared = true, _savedBytes = SavedBytes };
    }

    public Dictionary<TKey, TValue>.Enumerator GetEnumerator() => _items.GetEnumerator();

    IEnumerator<KeyValuePair<TKey, TValue>> IEnumerable<KeyValuePair<TKey, TValue>>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private Dictionary<TKey, TValue> Changed()
    {
        if (_isShared)
            (_items, _isShared) = (new(_items), false);
        _savedBytes = -1;
        return _items;
    }
}
