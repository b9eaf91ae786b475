using System.Text.Json;
using System.Text.Unicode;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>The way in for JSON.</summary>
public sealed partial class SigmaRecord
{
    private const int PathBytesMax = 4_096;

    private static readonly string PathTooLong = $"A path is longer than {PathBytesMax} bytes.";

    /// <summary>The path of a step that is not kept, and of what is below it.</summary>
    private readonly byte[] _path = new byte[PathBytesMax];
    private readonly byte[] _name = new byte[PathBytesMax];
    private bool _isBelow;

    /// <summary>Reads a record; false with a reason when it is none.</summary>
    public bool TryRead(ReadOnlySpan<byte> json, out string problem)
    {
        Begin();
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DepthMax });
            problem = reader.Read() && reader.TokenType == JsonTokenType.StartObject
                ? ReadObject(ref reader, new Place(SigmaPathTable.Root, 0))
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
    /// <param name="name">The name of the path's only step.</param>
    /// <param name="json">The object.</param>
    internal void AddBelow(ReadOnlySpan<byte> name, ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DepthMax });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return;
        var step = _paths.Find(SigmaPathTable.Root, SigmaPathTable.Unknown, name);
        if (step == SigmaPathTable.Unknown)
            step = _paths.Keep(SigmaPathTable.Root, name);
        _isBelow = true;
        ReadObject(ref reader, PlaceOf(SigmaPathTable.Root, 0, step, name));
        _isBelow = false;
    }

    private string ReadObject(ref Utf8JsonReader reader, Place parent)
    {
        var before = SigmaPathTable.Unknown;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (parent.Length + reader.ValueSpan.Length > PathBytesMax)
                return PathTooLong;
            var place = PlaceOf(ref reader, parent, before);
            before = place.Step;
            reader.Read();
            if (ReadValue(ref reader, place) is { Length: > 0 } problem)
                return problem;
        }
        return "";
    }

    private Place PlaceOf(ref Utf8JsonReader reader, Place parent, int before)
    {
        var name = reader.ValueSpan;
        var step = parent.Step == SigmaPathTable.Unknown || reader.ValueIsEscaped
            ? SigmaPathTable.Unknown
            : _paths.Find(parent.Step, before, name);
        if (step != SigmaPathTable.Unknown)
            return new Place(step, _paths.LengthBelow(step));
        name = _name.AsSpan(0, reader.CopyString(_name));
        if (parent.Step != SigmaPathTable.Unknown)
        {
            step = _paths.Find(parent.Step, before, name);
            if (step == SigmaPathTable.Unknown)
                step = _paths.Keep(parent.Step, name);
        }
        return PlaceOf(parent.Step, parent.Length, step, name);
    }

    /// <summary>Where a member is; if it is not kept, its path is written down.</summary>
    private Place PlaceOf(int parent, int parentLength, int step, ReadOnlySpan<byte> name)
    {
        if (step != SigmaPathTable.Unknown)
            return new Place(step, _paths.LengthBelow(step));
        if (parent != SigmaPathTable.Unknown)
            _paths.WriteBelow(parent, _path);
        else
            _path[parentLength - 1] = (byte)'.';
        name.CopyTo(_path.AsSpan(parentLength));
        return new Place(step, parentLength + name.Length + 1);
    }

    private string ReadValue(ref Utf8JsonReader reader, Place place)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(ref reader, place);
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    if (ReadValue(ref reader, place) is { Length: > 0 } problem)
                        return problem;
                }
                return "";
            default:
                Add(ref reader, place);
                return "";
        }
    }

    private void Add(ref Utf8JsonReader reader, Place place)
    {
        var targets = place.Step == SigmaPathTable.Unknown
            ? _paths.TargetsOf(_path.AsSpan(0, place.Length - 1))
            : _paths.TargetsOf(place.Step);
        if (!_isSearchedWhole && targets.Length == 0)
        {
            Pass(ref reader);
            return;
        }
        var isNull = reader.TokenType == JsonTokenType.Null;
        var room = RoomFor(isNull ? 0 : reader.ValueSpan.Length);
        var length = room.Length;
        if (reader.TokenType == JsonTokenType.String)
            length = reader.CopyString(room);
        else if (!isNull)
            reader.ValueSpan.CopyTo(room);
        Append(targets, length, isNull);
    }

    /// <summary>Leaves out a value that no rule asks for; it has to be in order all the same.</summary>
    private void Pass(ref Utf8JsonReader reader)
    {
        if (_isBelow)
            return;
        CountValue();
        if (reader.TokenType != JsonTokenType.String)
            return;
        if (reader.ValueIsEscaped)
        {
            MakeRoom(reader.ValueSpan.Length);
            reader.CopyString(_texts.AsSpan(_textsUsed));
        }
        else if (!Utf8.IsValid(reader.ValueSpan))
            throw new InvalidOperationException("A text is not UTF-8.");
    }

    /// <summary>Where in a record something stands.</summary>
    /// <param name="Step">Its step; unknown when the path is written down instead.</param>
    /// <param name="Length">Bytes of its path, with the dot behind it; 0 for the record itself.</param>
    private readonly record struct Place(int Step, int Length);
}
