using System.Text;
using System.Text.Json;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>A JSON record as rules see it: every value, by the fields that some rule asks for.</summary>
/// <remarks>
/// A reusable buffer with one owner thread. Once it has met the paths of a kind of record, reading one allocates only
/// the links of its values. A record has at most
/// <see cref="ValuesMax"/> values and <see cref="DepthMax"/> levels; what is beyond is refused.
/// </remarks>
public sealed class SigmaRecord
{
    /// <summary>Values of a record at most.</summary>
    public const int ValuesMax = 4_096;

    /// <summary>Levels of a record at most.</summary>
    public const int DepthMax = 64;

    private const int PathsMax = 100_000;
    private const int PathBytesMax = 4_096;

    private readonly Dictionary<string, int> _fields;
    private readonly SigmaFieldMap _map;
    private readonly Dictionary<ulong, PathTarget[]> _paths = [];
    private readonly (int Head, int Rank)[] _heads;
    private readonly List<Value> _values = [];
    private readonly byte[] _path = new byte[PathBytesMax];
    private byte[] _texts = new byte[16_384];
    private int _textsUsed;

    /// <param name="fields">Indices of the fields that rules ask for.</param>
    /// <param name="map">Where they are found.</param>
    internal SigmaRecord(Dictionary<string, int> fields, SigmaFieldMap map)
    {
        (_fields, _map) = (fields, map);
        _heads = new (int, int)[fields.Count];
    }

    internal int ValueCount => _values.Count;

    /// <summary>Reads a record; false with a reason when it is none.</summary>
    public bool TryRead(ReadOnlySpan<byte> json, out string problem)
    {
        _values.Clear();
        _textsUsed = 0;
        Array.Fill(_heads, (-1, int.MaxValue));
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DepthMax });
            problem = reader.Read() && reader.TokenType == JsonTokenType.StartObject ? ReadObject(ref reader, 0) : "The record is no JSON object.";
            if (problem.Length == 0 && reader.Read())
                problem = "Something follows the record.";
        }
        catch (JsonException fault)
        {
            problem = fault.Message;
        }
        return problem.Length == 0;
    }

    /// <summary>The first value of a field; -1 when it has none.</summary>
    internal int FirstOf(int field) => _heads[field].Head;

    /// <summary>The next value of the same field; -1 after the last.</summary>
    internal int NextOf(int value, int field)
    {
        foreach (var (next, of) in _values[value].Links)
        {
            if (of == field)
                return next;
        }
        return -1;
    }

    internal bool IsNull(int value) => _values[value].Kind == JsonTokenType.Null;

    internal ReadOnlySpan<byte> Text(int value) => _texts.AsSpan(_values[value].Start, _values[value].Length);

    internal ReadOnlySpan<byte> LowerText(int value) => _texts.AsSpan(_values[value].LowerStart, _values[value].LowerLength);

    /// <summary>Fields that a value is one of.</summary>
    internal ReadOnlySpan<PathTarget> FieldsOf(int value) => _values[value].Targets;

    private string ReadObject(ref Utf8JsonReader reader, int pathLength)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var start = pathLength == 0 ? 0 : pathLength + 1;
            var nameBytesMax = reader.HasValueSequence ? (int)reader.ValueSequence.Length : reader.ValueSpan.Length;
            if (start + nameBytesMax > PathBytesMax)
                return $"A path is longer than {PathBytesMax} bytes.";
            if (pathLength > 0)
                _path[pathLength] = (byte)'.';
            var length = start + reader.CopyString(_path.AsSpan(start));
            reader.Read();
            if (ReadValue(ref reader, length) is { Length: > 0 } problem)
                return problem;
        }
        return "";
    }

    private string ReadValue(ref Utf8JsonReader reader, int pathLength)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(ref reader, pathLength);
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    if (ReadValue(ref reader, pathLength) is { Length: > 0 } problem)
                        return problem;
                }
                return "";
            default:
                return Add(ref reader, pathLength);
        }
    }

    private string Add(ref Utf8JsonReader reader, int pathLength)
    {
        if (_values.Count >= ValuesMax)
            return $"The record has more than {ValuesMax} values.";
        var bytes = reader.ValueSpan.Length;
        Grow(bytes + SigmaText.LowerBytesMax(bytes));
        var start = _textsUsed;
        var length = 0;
        if (reader.TokenType == JsonTokenType.String)
            length = reader.CopyString(_texts.AsSpan(start));
        else if (reader.TokenType != JsonTokenType.Null)
        {
            reader.ValueSpan.CopyTo(_texts.AsSpan(start));
            length = bytes;
        }
        var lowerStart = start + length;
        var lowerLength = SigmaText.Lower(_texts.AsSpan(start, length), _texts.AsSpan(lowerStart));
        _textsUsed = lowerStart + lowerLength;
        var targets = TargetsOf(_path.AsSpan(0, pathLength));
        var value = _values.Count;
        _values.Add(new Value(reader.TokenType, start, length, lowerStart, lowerLength, targets, new (int, int)[targets.Length]));
        for (var i = 0; i < targets.Length; i++)
            Link(value, targets[i], i);
        return "";
    }

    /// <summary>Puts a value before the others of its field; a better place pushes out what a worse one had.</summary>
    private void Link(int value, PathTarget target, int link)
    {
        ref var head = ref _heads[target.Field];
        if (target.Rank > head.Rank)
        {
            _values[value].Links[link] = (-1, -1);
            return;
        }
        _values[value].Links[link] = (target.Rank < head.Rank ? -1 : head.Head, target.Field);
        head = (value, target.Rank);
    }

    private PathTarget[] TargetsOf(ReadOnlySpan<byte> path)
    {
        var key = Ingest.Events.StableHash.Of(path);
        if (_paths.TryGetValue(key, out var known))
            return known;
        var text = Encoding.UTF8.GetString(path);
        PathTarget[] targets = [.. _map.NamesOf(text).Distinct(StringComparer.Ordinal).Where(_fields.ContainsKey)
            .Select(name => new PathTarget(_fields[name], _map.RankOf(text, name)))];
        // Records with ever new paths are read all the same, only not remembered.
        if (_paths.Count < PathsMax)
            _paths[key] = targets;
        return targets;
    }

    private void Grow(int more)
    {
        if (_textsUsed + more > _texts.Length)
            Array.Resize(ref _texts, Math.Max(_texts.Length * 2, _textsUsed + more));
    }

    /// <summary>A field that a path leads to, and how good a place for it that is.</summary>
    internal readonly record struct PathTarget(int Field, int Rank);

    private readonly record struct Value(
        JsonTokenType Kind, int Start, int Length, int LowerStart, int LowerLength, PathTarget[] Targets,
        (int Next, int Field)[] Links);
}
