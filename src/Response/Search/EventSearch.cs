using System.Text;
using System.Text.Json;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Response.Hunting;
using SentinelHealth.Response.Queries;

namespace SentinelHealth.Response.Search;

/// <summary>One hunt in the engine: a view, its extent, and pages until there are hits enough. One owner, used once.</summary>
internal sealed class EventSearch(SearchTransport transport, SearchOptions options, QueryNode query, HuntRequest request)
{
    private const int PageMax = 250, ViewsMax = 4;

    private readonly string _index = new SearchNames(options.IndexPrefix).Events;
    private readonly List<HuntHit> _hits = [];
    private readonly NativeEventDecoder _decoder = new();
    private readonly SentinelEvent _observed = new();
    private readonly SortedSet<string> _cautions = new(StringComparer.Ordinal);
    private long[] _bars = [];
    private long _count, _searched, _from, _to;
    private JsonElement? _after;
    private bool _isCounted, _isEnd;

    /// <summary>Runs it.</summary>
    /// <exception cref="SearchUnavailableException">The engine does not answer.</exception>
    /// <exception cref="SearchRefusedException">The engine refuses the query, or the index is absent.</exception>
    public async Task<HuntAnswer> RunAsync(CancellationToken cancel)
    {
        for (var views = 1; ; views++)
        {
            await using var view = await SearchView.OpenAsync(transport, options.Kind, _index, cancel);
            try
            {
                await InViewAsync(view, cancel);
                return Answer();
            }
            catch (ViewGoneException gone)
            {
                if (views == ViewsMax)
                    throw new SearchUnavailableException($"The engine let go of the search's view {ViewsMax} times. {gone.Message}", null, gone);
                // The last hit's place is good in any view; its number within the old one is not.
                _after = null;
            }
            catch (Exception fault)
                when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                throw new SearchUnavailableException("The engine's answer cannot be read.", null, fault);
            }
        }
    }

    private async Task InViewAsync(SearchView view, CancellationToken cancel)
    {
        if (!_isCounted)
            await LookAroundAsync(view, cancel);
        // One more than asked for, to know whether there is more.
        while (!_isEnd && _hits.Count <= request.HitsMax)
        {
            var size = Math.Min(PageMax, request.HitsMax + 1 - _hits.Count);
            using var answer = await view.SearchAsync(EventQuery.Page(new PageRequest(query, size)
            {
                After = _after,
                Behind = _after is null ? Place() : null,
                Counted = _isCounted ? null : (request.Bars, _from, _to),
            }, options.Kind), cancel);
            Take(answer.RootElement, size);
        }
    }

    private async Task LookAroundAsync(SearchView view, CancellationToken cancel)
    {
        using var answer = await view.SearchAsync(EventQuery.Extent(), cancel);
        Heed(answer.RootElement);
        _searched = TotalOf(answer.RootElement);
        var counts = answer.RootElement.GetProperty("aggregations");
        var (first, last) = (Number(counts, EventQuery.First), Number(counts, EventQuery.Last));
        (_from, _to) = HuntScope.Within(HuntScope.SpanOf(query),
            first is { } begin && last is { } end ? ((long)begin, (long)end) : (long.MaxValue, long.MinValue));
    }

    /// <summary>Behind what the next hits must be: the last one, or where the person is.</summary>
    private (long AtMs, ulong IdKey)? Place() => _hits.Count > 0
        ? (_hits[^1].At.ToUnixTimeMilliseconds(), _hits[^1].IdKey)
        : request.After is { } after ? (after.AtMs, after.IdKey) : null;

    private void Take(JsonElement answer, int size)
    {
        Heed(answer);
        if (!_isCounted)
            Count(answer.GetProperty("aggregations"));
        var hits = answer.GetProperty("hits").GetProperty("hits");
        foreach (var hit in hits.EnumerateArray())
        {
            _after = hit.GetProperty("sort").Clone();
            if (RecordOf(hit) is { } record && _decoder.TryDecode(record, _observed, out _))
                Add(new HuntHit(_observed.OccurredAt, _observed.Key(TextField.Id), record));
            else
                _cautions.Add("Some documents hold no record of an event and are not shown.");
        }
        // What was cut off by a timeout is no end.
        _isEnd = hits.GetArrayLength() < size;
    }

    private void Add(HuntHit hit)
    {
        if (_hits.Count == 0 || HuntHit.NewestFirst.Compare(_hits[^1], hit) != 0)
            _hits.Add(hit);
    }

    private void Count(JsonElement counts)
    {
        _count = counts.GetProperty(EventQuery.Found).GetProperty("doc_count").GetInt64();
        _bars = new long[request.Bars];
        if (request.Bars > 0)
        {
            foreach (var bucket in counts.GetProperty(EventQuery.Bars).GetProperty("buckets").EnumerateArray())
                _bars[int.Parse(bucket.GetProperty("key").GetString()!, System.Globalization.CultureInfo.InvariantCulture)] = bucket.GetProperty("doc_count").GetInt64();
        }
        _isCounted = true;
    }

    private void Heed(JsonElement answer)
    {
        if (answer.TryGetProperty("timed_out", out var late) && late.GetBoolean())
            _cautions.Add("The search took too long and was cut off: there may be more.");
        if (answer.TryGetProperty("_shards", out var shards) && shards.GetProperty("failed").GetInt32() is > 0 and var failed)
            _cautions.Add($"{failed} of {shards.GetProperty("total").GetInt32()} shards did not answer: there may be more.");
    }

    private HuntAnswer Answer()
    {
        var shown = _hits.Take(request.HitsMax).ToList();
        return new HuntAnswer
        {
            Hits = shown,
            Count = _count,
            LookedAtCount = _searched,
            Progress = 1,
            Bars = _bars,
            Span = (DateTimeOffset.FromUnixTimeMilliseconds(_from), DateTimeOffset.FromUnixTimeMilliseconds(_to)),
            Next = _hits.Count > shown.Count && shown is [.., var last]
                ? new HuntCursor(last.At.ToUnixTimeMilliseconds(), last.IdKey) : null,
            Origin = HuntOrigin.Engine,
            Caution = string.Join(' ', _cautions),
        };
    }

    private static byte[]? RecordOf(JsonElement hit)
    {
        if (!hit.TryGetProperty("_source", out var source))
            return null;
        if (source.TryGetProperty("event", out var common) && common.TryGetProperty("original", out var text))
            return Encoding.UTF8.GetBytes(text.GetString()!);
        return source.TryGetProperty(SearchMapping.Own, out var own) && own.TryGetProperty("original_bytes", out var bytes)
            ? bytes.GetBytesFromBase64() : null;
    }

    private static long TotalOf(JsonElement answer) => answer.GetProperty("hits").GetProperty("total").GetProperty("value").GetInt64();

    private static double? Number(JsonElement counts, string name) =>
        counts.GetProperty(name).GetProperty("value") is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : null;
}
