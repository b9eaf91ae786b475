using System.Numerics;

namespace SentinelHealth.Detection.Rules.Sigma.Correlations;

/// <summary>The keys of a correlation, found by hash and chained in the order of their last touch.</summary>
/// <remarks>A hash table with chains over numbered entries in chunks, so that growing never copies an entry. O(1) for each call.</remarks>
internal sealed class CorrelationKeys
{
    public const int None = -1;

    private const int ChunkBits = 10;

    private readonly List<CorrelationKey[]> _chunks = [];
    private int[] _buckets = new int[16];
    private int _free = None, _used;

    public CorrelationKeys() => Array.Fill(_buckets, None);

    public int Count { get; private set; }

    /// <summary>The key that was touched the longest ago, or <see cref="None"/>.</summary>
    public int Oldest { get; private set; } = None;

    /// <summary>The key that was touched last, or <see cref="None"/>.</summary>
    public int Newest { get; private set; } = None;

    /// <summary>Bytes held.</summary>
    public long Bytes => ((long)_chunks.Count << ChunkBits) * System.Runtime.CompilerServices.Unsafe.SizeOf<CorrelationKey>()
        + ((long)_buckets.Length * sizeof(int));

    public ref CorrelationKey this[int number] => ref _chunks[number >> ChunkBits][number & ((1 << ChunkBits) - 1)];

    public int Find(ulong hash)
    {
        var number = _buckets[BucketOf(hash)];
        while (number != None && this[number].Hash != hash)
            number = this[number].Next;
        return number;
    }

    /// <summary>Adds a key, as the newest.</summary>
    public int Add(ulong hash)
    {
        if (Count == _buckets.Length)
            Grow();
        var number = Take();
        ref var bucket = ref _buckets[BucketOf(hash)];
        this[number] = new CorrelationKey
        {
            Hash = hash,
            MatchedAt = CorrelationKey.Never,
            EvaluatedAt = CorrelationKey.Never,
            DueAt = CorrelationKey.Never,
            Group = TextLists.Empty,
            Next = bucket,
        };
        bucket = number;
        Chain(number);
        Count++;
        return number;
    }

    public void Remove(int number)
    {
        ref var key = ref this[number];
        ref var link = ref _buckets[BucketOf(key.Hash)];
        while (link != number)
            link = ref this[link].Next;
        link = key.Next;
        Unchain(number);
        key.Next = _free;
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

    private int BucketOf(ulong hash) => (int)((hash * 0x9E3779B97F4A7C15) >> (64 - BitOperations.Log2((uint)_buckets.Length)));

    private int Take()
    {
        if (_free != None)
        {
            var number = _free;
            _free = this[number].Next;
            return number;
        }
        if (_used == _chunks.Count << ChunkBits)
            _chunks.Add(new CorrelationKey[1 << ChunkBits]);
        return _used++;
    }

    private void Chain(int number)
    {
        ref var key = ref this[number];
        (key.Older, key.Newer) = (Newest, None);
        if (Newest != None)
            this[Newest].Newer = number;
        else
            Oldest = number;
        Newest = number;
    }

    private void Unchain(int number)
    {
        ref var key = ref this[number];
        if (key.Older != None)
            this[key.Older].Newer = key.Newer;
        else
            Oldest = key.Newer;
        if (key.Newer != None)
            this[key.Newer].Older = key.Older;
        else
            Newest = key.Older;
    }

    private void Grow()
    {
        _buckets = new int[_buckets.Length * 2];
        Array.Fill(_buckets, None);
        for (var number = Oldest; number != None; number = this[number].Newer)
        {
            ref var bucket = ref _buckets[BucketOf(this[number].Hash)];
            this[number].Next = bucket;
            bucket = number;
        }
    }
}
