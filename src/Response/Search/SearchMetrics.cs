using System.Diagnostics.Metrics;

namespace SentinelHealth.Response.Search;

/// <summary>What is counted about the engine, under the meter <c>SentinelHealth.Search</c>.</summary>
internal sealed class SearchMetrics : IDisposable
{
    public const string MeterName = "SentinelHealth.Search";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _sent, _bytes, _repeated, _refused, _held;

    public SearchMetrics(Func<SearchState> state)
    {
        _sent = _meter.CreateCounter<long>("sentinel.search.sent", "{document}", "Documents new in the search engine.");
        _bytes = _meter.CreateCounter<long>("sentinel.search.sent.size", "By", "Bytes of documents that were sent, repeats included, before compression.");
        _repeated = _meter.CreateCounter<long>("sentinel.search.repeated", "{document}", "Documents sent again that the engine had.");
        _refused = _meter.CreateCounter<long>("sentinel.search.refused", "{document}", "Documents the engine would not take.");
        _held = _meter.CreateCounter<long>("sentinel.search.held", "{pause}", "Pauses because the engine was away or busy.");
        _meter.CreateObservableGauge("sentinel.search.waiting", () => state().Events.Waiting + state().AlertsWaiting, "{document}", "Documents that wait to be sent.");
        _meter.CreateObservableGauge("sentinel.search.lag", () => state().Lag.TotalSeconds, "s", "Time since nothing waited to be sent.");
    }

    public void Took(BulkTally tally)
    {
        _sent.Add(tally.Indexed);
        _repeated.Add(tally.AlreadyThere);
        _refused.Add(tally.Refused.Count);
    }

    public void Sent(long bytes) => _bytes.Add(bytes);

    public void Held() => _held.Add(1);

    public void Dispose() => _meter.Dispose();
}
