using System.Text.Json;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Ingest.Formats;

/// <summary>One thorough decoding of one record, which can say what is wrong with it. Lives on the stack.</summary>
/// <remarks>Methods that return false have set <see cref="Rejection"/>. Malformed JSON surfaces as a <see cref="JsonException"/>.</remarks>
internal ref struct NativeRecordPass
{
    /// <summary>Longest schema name or instant worth unescaping, in bytes as written. Longer ones match nothing.</summary>
    private const int EscapedBytesMax = 256;

    /// <summary>Bytes of the longest escape of a single byte, <c>\u0041</c>.</summary>
    private const int EscapeBytesMax = 6;

    private readonly ReadOnlyMemory<byte> _record;
    private readonly SentinelEvent _event;
    private readonly DecoderLimits _limits;
    private Utf8JsonReader _reader;
    private ulong _seen;
    private ulong _present;

    public NativeRecordPass(ReadOnlyMemory<byte> record, SentinelEvent into, DecoderLimits limits, Utf8JsonReader reader)
    {
        _record = record;
        _event = into;
        _limits = limits;
        _reader = reader;
    }

    public Rejection Rejection { get; private set; }

    public readonly long BytesConsumed => _reader.BytesConsumed;

    public bool TryRead()
    {
        if (!_reader.Read() || _reader.TokenType != JsonTokenType.StartObject)
            return Refuse(RejectionReason.NotJson, "The record is not a JSON object.");
        var start = _reader;
        if (!TryFindFormat(out var format))
            return false;
        _reader = start;
        _event.Reset(format.Kind, _record);
        if (!TryReadFields(format))
            return false;
        Rejection = NativeRules.Check(_event, format, _present);
        return Rejection.Reason == RejectionReason.None;
    }

    /// <summary>Looks for the schema name; normally it is the first field and this reads one field.</summary>
    private bool TryFindFormat(out NativeFormat format)
    {
        format = NativeFormat.LedgerTransaction;
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = _reader.ValueTextEquals("schema"u8);
            _reader.Read();
            if (!found)
            {
                if (!TrySkip())
                    return false;
                continue;
            }
            if (_reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
                return Refuse(RejectionReason.WrongType, "The field 'schema' must be a text.");
            Span<byte> buffer = stackalloc byte[EscapedBytesMax];
            if (NativeFormat.Of(ShortText(buffer)) is not { } known)
                return Refuse(RejectionReason.UnknownSchema, "The schema is not one of the native formats.");
            format = known;
            return true;
        }
        return Refuse(RejectionReason.UnknownSchema, "The record has no field 'schema'.");
    }

    private bool TryReadFields(NativeFormat format)
    {
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = FieldOf(format);
            if (field.Shape != FieldShape.Unknown)
            {
                if ((_seen & field.Bit) != 0)
                    return Refuse(RejectionReason.DuplicateField, $"The field '{field.Name}' appears twice.");
                _seen |= field.Bit;
            }
            _reader.Read();
            if (field.Shape == FieldShape.Unknown ? !TrySkip() : !TryReadValue(field))
                return false;
        }
        // Anything after the closing brace makes this throw.
        _reader.Read();
        return true;
    }

    private readonly NativeField FieldOf(NativeFormat format)
    {
        if (!_reader.ValueIsEscaped)
            return format.Find(_reader.ValueSpan);
        Span<byte> buffer = stackalloc byte[EscapedBytesMax];
        return format.Find(ShortText(buffer));
    }

    private bool TryReadValue(NativeField field)
    {
        if (_reader.TokenType == JsonTokenType.Null)
            return true;
        _present |= field.Bit;
        return field.Shape switch
        {
            FieldShape.Text => TryReadText(field),
            FieldShape.Number => TryReadNumber(field),
            FieldShape.Time => TryReadTime(),
            FieldShape.Args => TryReadArgs(),
            FieldShape.DeviceAttested => TryReadAttested(),
            _ => true, // The schema was read before.
        };
    }

    private bool TryReadText(NativeField field)
    {
        if (_reader.TokenType != JsonTokenType.String)
            return Refuse(RejectionReason.WrongType, $"The field '{field.Name}' must be a text.");
        var name = (TextField)field.Index;
        if (!TryKeepText(name) || _event.Text(name).Length > _limits.TextBytesMax)
            return Refuse(RejectionReason.InvalidValue, $"The field '{field.Name}' is longer than {_limits.TextBytesMax} bytes.");
        return !TextRules.HasControl(_event.Text(name))
            || Refuse(RejectionReason.InvalidValue, $"The field '{field.Name}' holds a control character.");
    }

    /// <summary>Copies the text into the event unless it is certainly too long: the event's buffer must not grow for nothing.</summary>
    private bool TryKeepText(TextField name)
    {
        var written = _reader.ValueSpan;
        if (written.Length > _limits.TextBytesMax * (_reader.ValueIsEscaped ? EscapeBytesMax : 1))
            return false;
        if (_reader.ValueIsEscaped)
            _event.SetText(name, ref _reader);
        else
            _event.SetText(name, written);
        return true;
    }

    private bool TryReadNumber(NativeField field)
    {
        if (_reader.TokenType != JsonTokenType.Number)
            return Refuse(RejectionReason.WrongType, $"The field '{field.Name}' must be a number.");
        if (!_reader.TryGetDouble(out var value) || !double.IsFinite(value))
            return Refuse(RejectionReason.InvalidValue, $"The field '{field.Name}' is too large for a number.");
        _event.SetNumber((NumberField)field.Index, value);
        return true;
    }

    private bool TryReadTime()
    {
        if (_reader.TokenType != JsonTokenType.String)
            return Refuse(RejectionReason.WrongType, "The field 'time' must be a text.");
        Span<byte> buffer = stackalloc byte[EscapedBytesMax];
        if (!Rfc3339.TryParse(ShortText(buffer), out var at))
            return Refuse(RejectionReason.InvalidValue, "The field 'time' is not an RFC 3339 instant from 2000 to 2199.");
        _event.SetOccurredAt(at);
        return true;
    }

    private bool TryReadArgs()
    {
        if (_reader.TokenType != JsonTokenType.StartObject)
            return Refuse(RejectionReason.WrongType, "The field 'args' must be an object.");
        var start = (int)_reader.TokenStartIndex;
        if (!TrySkip())
            return false;
        _event.SetArgs(_record[start..(int)_reader.BytesConsumed]);
        return true;
    }

    private bool TryReadAttested()
    {
        if (_reader.TokenType is not (JsonTokenType.True or JsonTokenType.False))
            return Refuse(RejectionReason.WrongType, "The field 'deviceAttested' must be true or false.");
        _event.SetDeviceAttested(_reader.TokenType == JsonTokenType.True);
        return true;
    }

    /// <summary>Moves to the end of the value the reader stands on, however large, within the depth limit.</summary>
    private bool TrySkip()
    {
        if (_reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return true;
        var depth = _reader.CurrentDepth;
        do
        {
            // A container's own token still counts the level outside it.
            if (_reader.TokenType is (JsonTokenType.StartObject or JsonTokenType.StartArray)
                && _reader.CurrentDepth >= _limits.DepthMax)
                return Refuse(RejectionReason.TooDeep, $"The record is nested deeper than {_limits.DepthMax} levels.");
        }
        while (_reader.Read() && _reader.CurrentDepth > depth);
        return true;
    }

    /// <summary>The text the reader stands on, unescaped; empty when it is null or too long to be any of the texts known here.</summary>
    private readonly ReadOnlySpan<byte> ShortText(Span<byte> buffer)
    {
        if (!_reader.ValueIsEscaped)
            return _reader.TokenType == JsonTokenType.Null ? default : _reader.ValueSpan;
        return _reader.ValueSpan.Length <= buffer.Length ? buffer[.._reader.CopyString(buffer)] : default;
    }

    private bool Refuse(RejectionReason reason, string detail)
    {
        Rejection = new Rejection(reason, detail, _reader.TokenStartIndex);
        return false;
    }
}
