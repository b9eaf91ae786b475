using System.Globalization;

namespace SentinelHealth.Response.Hunting;

/// <summary>An event that a hunt found.</summary>
/// <param name="At">When it happened.</param>
/// <param name="IdKey">Tells events of the same millisecond apart, the same in every hunt.</param>
/// <param name="Record">The record as received.</param>
public readonly record struct HuntHit(DateTimeOffset At, ulong IdKey, ReadOnlyMemory<byte> Record)
{
    /// <summary>Newest first, then by identifier.</summary>
    internal static Comparer<HuntHit> NewestFirst { get; } = Comparer<HuntHit>.Create((left, right) =>
        right.At.ToUnixTimeMilliseconds().CompareTo(left.At.ToUnixTimeMilliseconds()) is var later && later != 0
            ? later : left.IdKey.CompareTo(right.IdKey));
}

/// <summary>A place between two hits, newest first.</summary>
/// <param name="AtMs">Of the hit before it, in Unix milliseconds.</param>
/// <param name="IdKey">Of the hit before it.</param>
public readonly record struct HuntCursor(long AtMs, ulong IdKey)
{
    /// <summary>Reads what <see cref="ToString"/> wrote; null when it is none.</summary>
    public static HuntCursor? Parse(string? text) =>
        text?.Split('-') is [var at, var key]
        && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var ms)
        && ulong.TryParse(key, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id)
            ? new HuntCursor(ms, id) : null;

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{AtMs}-{IdKey:x}");
}

/// <summary>What a hunt is to do beside its query.</summary>
/// <param name="HitsMax">Hits to give, the newest; 1 to 1,000.</param>
/// <param name="After">Only hits behind this place; null for the first page.</param>
/// <param name="Bars">Bars of the count over time; 0 for none.</param>
public sealed record HuntRequest(int HitsMax, HuntCursor? After, int Bars);

/// <summary>Who answered a hunt.</summary>
public enum HuntOrigin
{
    /// <summary>The archive of this process.</summary>
    Archive,

    /// <summary>The search engine.</summary>
    Engine,
}

/// <summary>What a hunt has found so far, or in the end.</summary>
public sealed record HuntAnswer
{
    /// <summary>The newest of what was found.</summary>
    public IReadOnlyList<HuntHit> Hits { get; init; } = [];

    /// <summary>How many events were found in all.</summary>
    public long Count { get; init; }

    /// <summary>How many events were looked at; blocks that cannot hold a hit are passed over unopened.</summary>
    public long LookedAtCount { get; init; }

    /// <summary>Part of the blocks that are done, 0 to 1.</summary>
    public double Progress { get; init; }

    /// <summary>Counts over time, oldest first; empty when no bars were asked for.</summary>
    public IReadOnlyList<long> Bars { get; init; } = [];

    /// <summary>What the bars span, both ends included; the whole archive when the query names no times.</summary>
    public (DateTimeOffset From, DateTimeOffset To) Span { get; init; }

    /// <summary>Where the next page begins; null at the end.</summary>
    public HuntCursor? Next { get; init; }

    /// <summary>Who answered.</summary>
    public HuntOrigin Origin { get; init; }

    /// <summary>What a person must know before trusting the answer to be whole; empty when nothing.</summary>
    public string Caution { get; init; } = "";
}
