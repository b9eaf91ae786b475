using System.Numerics;
using SentinelHealth.Detection.Baselines;

namespace SentinelHealth.Detection.Rules.Sigma.Correlations;

/// <summary>The keys of a correlation, found by hash and chained in the order of their last touch.</summary>
/// <remarks>
/// A hash table with chains over numbered entries in pages that copies share until one writes there. O(1) for each call but <see cref="TakeOver"/> and
/// the one that doubles the table.
/// </remarks>
internal sealed class CorrelationKeys
{
    public const int None = -1;

    private const int FirstKeys = 16;

    private SharedPages<CorrelationKey> _entries = new(FirstKeys);

    /// <summary>One more than the number of the first key of each chain; 0 where there is none.</summary>
    private SharedPages<int> _buckets = new(FirstKeys);

    /// <summary>A power of two.</summary>
    private int _bucketCount = FirstKeys;
    private int _free = None, _used;

    public int Count { get; private set; }

    /// <summary>The key that was touched the longest ago, or <see cref="None"/>.</summary>
    public int Oldest { get; private set; } = None;

    /// <summary>The key that was touched last, or <see cref="None"/>.</summary>
    public int Newest { get; private set; } = None;

    /// <summary>Bytes held, whoever else has them as well.</summary>
    public long Bytes => _entries.SizeBytes + _buckets.SizeBytes;

    /// <summary>A key to be read. Valid until the next call that writes.</summary>
    public ref readonly CorrelationKey this[int number] => ref _entries.Read(number);

    /// <summary>A key to be changed. Valid until a key is added or a copy is made.</summary>
    public ref CorrelationKey Change(int number) => ref _entries.Write(number);

    public int Find(ulong hash)
    {
        var number = _buckets.Read(BucketOf(hash)) - 1;
        while (number != None && this[number].Hash != hash)
            number = this[number].Next;
        return number;
    }

    /// <summary>Becomes as another one is now; the two share what neither changes from here on. O(pages).</summary>
    public void TakeOver(CorrelationKeys other)
    {
        (_entries, _buckets, _bucketCount) = (other._entries.Share(), other._buckets.Share(), other._bucketCount);
        (_free, _used, Count) = (other._free, other._used, other.Count);
        (Oldest, Newest) = (other.Oldest, other.Newest);
    }

    /// <summary>Adds a key, as the newest.</summary>
    public int Add(ulong hash)
    {
        if (Count == _bucketCount)
            Grow();
        var number = Take();
        ref var bucket = ref _buckets.Write(BucketOf(hash));
        Change(number) = new CorrelationKey
        {
            Hash = hash,
            MatchedAt = CorrelationKey.Never,
            EvaluatedAt = CorrelationKey.Never,
            DueAt = CorrelationKey.Never,
            Group = TextLists.Empty,
            Next = bucket - 1,
        };
        bucket = number + 1;
        Chain(number);
        Count++;
        return number;
    }

    public void Remove(int number)
    {
        var (before, next) = (None, _buckets.Read(BucketOf(this[number].Hash)) - 1);
        while (next != number)
            (before, next) = (next, this[next].Next);
        if (before == None)
            _buckets.Write(BucketOf(this[number].Hash)) = this[number].Next + 1;
        else
            Change(before).Next = this[number].Next;
        Unchain(number);
        Change(number).Next = _free;
        _free = number;
        Count--;
    }

    /// <summary>Makes a key the newest.</summary>
    public void Touch(int number)
    {
        if (Newest == number)
            return;
        Unchain(number);
        Chain(number);
    }

    private int BucketOf(ulong hash) => (int)((hash * 0x9E3779B97F4A7C15) >> (64 - BitOperations.Log2((uint)_bucketCount)));

    private int Take()
    {
        if (_free != None)
        {
            var number = _free;
            _free = this[number].Next;
            return number;
        }
        _entries.EnsureRoom(_used + 1);
        return _used++;
    }

    private void Chain(int number)
    {
        ref var key = ref Change(number);
        (key.Older, key.Newer) = (Newest, None);
        if (Newest != None)
            Change(Newest).Newer = number;
        else
            Oldest = number;
        Newest = number;
    }

    private void Unchain(int number)
    {
        ref readonly var key = ref this[number];
        var (older, newer) = (key.Older, key.Newer);
        if (older != None)
            Change(older).Newer = newer;
        else
            Oldest = newer;
        if (newer != None)
            Change(newer).Older = older;
        else
            Newest = older;
    }

    private void Grow()
    {
        _bucketCount *= 2;
        _buckets = new(_bucketCount);
        for (var number = Oldest; number != None; number = this[number].Newer)
        {
            ref var bucket = ref _buckets.Write(BucketOf(this[number].Hash));
            Change(number).Next = bucket - 1;
            bucket = number + 1;
        }
    }
}
