using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>What is looked for in records of one origin.</summary>
/// <param name="Plan">The rules.</param>
/// <param name="Fits">By log source, whether it is about the record, where the plan holds rules of others, too; else null.</param>
internal sealed record SigmaRoute(SigmaPlan Plan, bool[]? Fits);

/// <summary>Finds the route of a record by what it says of its origin: worked out once for each origin. One owner thread.</summary>
internal sealed class SigmaRoutes(SigmaProgram program)
{
    /// <summary>Origins kept; when there are more, all are worked out again.</summary>
    private const int KnownMax = 1_024;

    private const int KeyBytesMax = 256;

    private readonly Dictionary<ulong, (byte[] Key, SigmaFieldMap Map, SigmaRoute Route)> _known = [];
    private readonly byte[] _key = new byte[KeyBytesMax];
    private readonly bool[] _fits = new bool[program.Sources.Length];

    /// <summary>The route of a record. No allocation for a known origin.</summary>
    public SigmaRoute Of(SigmaRecord record)
    {
        var length = WriteKey(record, program.Origins.FieldsOf(record.Map));
        if (length < 0)
            return WorkOut(record);
        var key = _key.AsSpan(0, length);
        var hash = StableHash.Of(key);
        if (_known.TryGetValue(hash, out var known) && ReferenceEquals(known.Map, record.Map) && key.SequenceEqual(known.Key))
            return known.Route;
        if (_known.Count >= KnownMax)
            _known.Clear();
        var route = WorkOut(record);
        _known[hash] = (key.ToArray(), record.Map, route);
        return route;
    }

    private SigmaRoute WorkOut(SigmaRecord record)
    {
        for (var source = 0; source < _fits.Length; source++)
            _fits[source] = program.Origins.Fits(program.Sources[source], record);
        return program.RouteOf(_fits);
    }

    /// <summary>Writes the values of the fields, each with its length; -1 when they are too long to be kept.</summary>
    private int WriteKey(SigmaRecord record, int[] fields)
    {
        var at = 0;
        foreach (var field in fields)
        {
            for (var link = record.FirstOf(field); link >= 0; link = record.NextOf(link))
            {
                var text = record.LowerText(record.ValueOf(link));
                if (at + text.Length + 3 > KeyBytesMax)
                    return -1;
                // An ending zero closes a field; no length is written as zero.
                (_key[at++], _key[at++]) = ((byte)((text.Length >> 7) + 1), (byte)(text.Length & 0x7F));
                text.CopyTo(_key.AsSpan(at));
                at += text.Length;
            }
            if (at >= KeyBytesMax)
                return -1;
            _key[at++] = 0;
        }
        return at;
    }
}
