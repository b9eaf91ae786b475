using System.Text;
using System.Text.Json;
using SentinelHealth.Detection.Rules.Sigma;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Formats.Records;

namespace SentinelHealth.Dashboard.Rules;

/// <summary>Matches JSON records of any shape: each by the field map that fits it, and by the published taxonomy where it can be translated.</summary>
/// <remarks>
/// A FHIR, OCSF or ECS record is offered to rules as it is, and to rules of <c>product: sentinelhealth</c> as the event the monitor would make
/// of it. A record without a time happened when the one before it did.
/// </remarks>
internal sealed class RecordMatcher(SigmaEngine engine, SigmaFieldMap? map)
{
    private readonly Dictionary<SigmaFieldMap, SigmaRecord> _buffers = [];
    private readonly RecordReader _translator = new(new NativeEventDecoder());
    private readonly SentinelEvent _scratch = new();
    private readonly List<RecordPart> _parts = [];
    private readonly List<SigmaMatch> _found = [];
    private DateTimeOffset _at = DateTimeOffset.UnixEpoch;

    /// <summary>Offers a record to the rules.</summary>
    /// <param name="json">The record.</param>
    /// <param name="id">How matches shall name it, such as its line.</param>
    /// <param name="matches">Receives what matched; not emptied.</param>
    /// <returns>What is wrong with the record; empty when nothing is.</returns>
    public string Offer(ReadOnlyMemory<byte> json, string id, List<SigmaMatch> matches)
    {
        var fitting = map ?? SigmaFieldMap.For(json.Span);
        var problem = Offer(json, fitting, Encoding.UTF8.GetBytes(id), matches, isTranslated: false);
        if (problem.Length > 0 || map is not null || fitting == SigmaFieldMap.Sentinel || fitting == SigmaFieldMap.Windows)
            return problem;
        _parts.Clear();
        _translator.Read(json, _scratch, _parts);
        foreach (var part in _parts.Where(part => part.IsEvent))
            Offer(part.Payload, SigmaFieldMap.Sentinel, Encoding.UTF8.GetBytes(id + part.Within), matches, isTranslated: true);
        return "";
    }

    /// <summary>Tells what correlations still hold back.</summary>
    public void Complete(List<SigmaMatch> matches)
    {
        engine.Complete(_found);
        matches.AddRange(_found);
    }

    private string Offer(ReadOnlyMemory<byte> json, SigmaFieldMap fields, byte[] id, List<SigmaMatch> matches, bool isTranslated)
    {
        try
        {
            var reshaped = fields.Reshape(json);
            if (!_buffers.TryGetValue(fields, out var record))
                _buffers[fields] = record = engine.NewRecord(fields);
            if (!record.TryRead(reshaped ?? json.Span, out var problem))
                return problem;
            _at = SigmaFieldMap.TimeOf(json) ?? _at;
            engine.Observe(record, _at, id, _found);
        }
        catch (JsonException fault)
        {
            return fault.Message;
        }
        // Rules without a product have seen the record itself already.
        matches.AddRange(_found.Where(found => !isTranslated || IsOurs(found.Rule)));
        return "";
    }

    private static bool IsOurs(SigmaDocument rule) => rule is not SigmaRule { LogSource.Product: null };
}
