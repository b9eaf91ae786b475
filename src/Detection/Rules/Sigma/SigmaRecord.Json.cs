using System.Text.Json;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>The way in for JSON.</summary>
public sealed partial class SigmaRecord
{
    private const int PathBytesMax = 4_096;

    private readonly byte[] _path = new byte[PathBytesMax];
    private bool _isBelow;

    /// <summary>Reads a record; false with a reason when it is none.</summary>
    public bool TryRead(ReadOnlySpan<byte> json, out string problem)
    {
        Begin();
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DepthMax });
            problem = reader.Read() && reader.TokenType == JsonTokenType.StartObject
                ? ReadObject(ref reader, 0)
                : "The record is no JSON object.";
            if (problem.Length == 0 && reader.Read())
                problem = "Something follows the record.";
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The reader throws the second for texts that are no Unicode, such as half a surrogate pair.
            problem = fault.Message;
        }
        return problem.Length == 0;
    }

    /// <summary>Adds those members of a JSON object below a path that some rule asks for. The object was read before and found in order.</summary>
    internal void AddBelow(ReadOnlySpan<byte> path, ReadOnlySpan<byte> json)
    {
        path.CopyTo(_path);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DepthMax });
        if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            _isBelow = true;
            ReadObject(ref reader, path.Length);
            _isBelow = false;
        }
    }

    private string ReadObject(ref Utf8JsonReader reader, int pathLength)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var start = pathLength == 0 ? 0 : pathLength + 1;
            if (start + reader.ValueSpan.Length > PathBytesMax)
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
                Add(ref reader, pathLength);
                return "";
        }
    }

    private void Add(ref Utf8JsonReader reader, int pathLength)
    {
        var targets = _paths.Find(_path.AsSpan(0, pathLength));
        if (_isBelow && !_isSearchedWhole && targets.Length == 0)
            return;
        var isNull = reader.TokenType == JsonTokenType.Null;
        var room = RoomFor(isNull ? 0 : reader.ValueSpan.Length);
        var length = room.Length;
        if (reader.TokenType == JsonTokenType.String)
            length = reader.CopyString(room);
        else if (!isNull)
            reader.ValueSpan.CopyTo(room);
        Append(targets, length, isNull);
    }
}
