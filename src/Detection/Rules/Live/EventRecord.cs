using System.Globalization;
using SentinelHealth.Detection.Rules.Sigma;
using SentinelHealth.Detection.Rules.Sigma.Fields;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules.Live;

/// <summary>Shows an event to rules under the names of the published taxonomy, without writing it as JSON first.</summary>
/// <remarks>One owner thread. Only what some rule asks for is shown. O(fields of the event); no allocation once the names within <c>args</c> have been met.</remarks>
internal sealed class EventRecord
{
    private readonly SigmaRecord _record;
    private readonly (TextField Field, SigmaPath Path)[] _texts;
    private readonly (NumberField Field, SigmaPath Path)[] _numbers;
    private readonly SigmaPath _time, _attested;
    private readonly byte[] _timeText = new byte[32];

    /// <param name="record">A buffer read with <see cref="SigmaFieldMap.Sentinel"/>.</param>
    public EventRecord(SigmaRecord record)
    {
        _record = record;
        _texts = [.. SentinelFields.All.Where(field => field.Text is not null)
            .Select(field => (field.Text!.Value, Path: record.PathOf(field.Path))).Where(field => record.IsAsked(field.Path))];
        _numbers = [.. SentinelFields.All.Where(field => field.Number is not null)
            .Select(field => (field.Number!.Value, Path: record.PathOf(field.Path))).Where(field => record.IsAsked(field.Path))];
        (_time, _attested) = (record.PathOf(PathOf(SentinelFields.Time)), record.PathOf(PathOf(SentinelFields.DeviceAttested)));
    }

    /// <summary>Fills the buffer with an event.</summary>
    public SigmaRecord Fill(SentinelEvent observed)
    {
        _record.Begin();
        foreach (var (field, path) in _texts)
        {
            if (observed.Has(field))
                _record.Add(path, observed.Text(field));
        }
        foreach (var (field, path) in _numbers)
        {
            if (observed.Number(field) is var number && !double.IsNaN(number))
                _record.Add(path, number);
        }
        if (_record.IsAsked(_time))
            AddTime(observed);
        if (observed.IsDeviceAttested is { } attested)
            _record.Add(_attested, attested);
        if (!observed.Args.IsEmpty)
            _record.AddBelow("args"u8, observed.Args.Span);
        return _record;
    }

    private void AddTime(SentinelEvent observed)
    {
        observed.OccurredAt.TryFormat(_timeText, out var written, "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        _record.Add(_time, _timeText.AsSpan(0, written));
    }

    private static string PathOf(string field) => SentinelFields.All.First(known => known.Name == field).Path;
}
