using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Ingest.Formats;

/// <summary>Reads a native record that is as it should be, at several times the speed of <see cref="NativeRecordPass"/>. Lives on the stack.</summary>
/// <remarks>
/// It accepts or gives up, and never refuses: what it gives up on is read again by <see cref="NativeRecordPass"/>, which alone knows
/// reasons and positions. What it accepts, the other accepts with the same values. It gives up on every fault and on escapes in a name
/// or in a known text; escapes elsewhere are passed over.
/// </remarks>
internal ref struct NativeQuickPass
{
    private readonly ReadOnlyMemory<byte> _record;
    private readonly ReadOnlySpan<byte> _json;
    private readonly SentinelEvent _event;
    private readonly DecoderLimits _limits;
    private ulong _seen;
    private ulong _present;
    private bool _hasEscape;

    /// <summary>A pass over bytes that are known to be UTF-8 and no longer than the limit.</summary>
    public NativeQuickPass(ReadOnlyMemory<byte> record, SentinelEvent into, DecoderLimits limits)
    {
        _record = record;
        _json = record.Span;
        _event = into;
        _limits = limits;
    }

    /// <summary>Reads the record. When false, the event's content is undefined.</summary>
    public bool TryRead()
    {
        var at = JsonScan.PassSpace(_json, 0);
        if (!JsonScan.Is(_json, at, (byte)'{'))
            return false;
        at = JsonScan.PassSpace(_json, at + 1);
        if (FindFormat(at) is not { } format)
            return false;
        _event.Reset(format.Kind, _record);
        return TryReadFields(format, at)
            && NativeRules.Check(_event, format, _present).Reason == RejectionReason.None
            && (!_hasEscape || TextRules.UnpairedSurrogate(_json) < 0);
    }

    /// <summary>Looks for the schema name; normally it is the first field. Null when it gives up.</summary>
    private NativeFormat? FindFormat(int at)
    {
        while (JsonScan.Is(_json, at, (byte)'"'))
        {
            var nameEnd = NameEnd(at + 1);
            if (nameEnd == JsonScan.None)
                return null;
            var isSchema = _json[(at + 1)..nameEnd].SequenceEqual("schema"u8);
            at = ValueStart(nameEnd);
            if (isSchema)
                return JsonScan.Is(_json, at, (byte)'"') ? NativeFormat.Of(PlainText(at)) : null;
            at = JsonScan.ValueEnd(_json, at, _limits.DepthMax - 1, ref _hasEscape);
            if (at == JsonScan.None)
                return null;
            at = JsonScan.PassSpace(_json, at);
            if (!JsonScan.Is(_json, at, (byte)','))
                return null;
            at = JsonScan.PassSpace(_json, at + 1);
        }
        return null;
    }

    private bool TryReadFields(NativeFormat format, int at)
    {
        while (JsonScan.Is(_json, at, (byte)'"'))
        {
            var nameEnd = NameEnd(at + 1);
            if (nameEnd == JsonScan.None)
                return false;
            var field = format.Find(_json[(at + 1)..], nameEnd - at - 1);
            if ((_seen & field.Bit) != 0)
                return false;
            _seen |= field.Bit;
            at = ReadValue(field, ValueStart(nameEnd));
            if (at == JsonScan.None)
                return false;
            at = JsonScan.PassSpace(_json, at);
            if (!JsonScan.Is(_json, at, (byte)','))
                return JsonScan.Is(_json, at, (byte)'}') && JsonScan.PassSpace(_json, at + 1) == _json.Length;
            at = JsonScan.PassSpace(_json, at + 1);
        }
        return false;
    }

    /// <summary>The closing quote of a name without escapes, which could be one of the known names in disguise.</summary>
    private readonly int NameEnd(int start)
    {
        var end = JsonScan.PlainEnd(_json, start);
        if (JsonScan.Is(_json, end, (byte)'"'))
            return end;
        var hasEscape = false;
        end = JsonScan.TextEnd(_json, end, ref hasEscape);
        return hasEscape ? JsonScan.None : end;
    }

    /// <summary>Where the value of a member begins; the end when there is none.</summary>
    private readonly int ValueStart(int nameEnd)
    {
        var colon = JsonScan.PassSpace(_json, nameEnd + 1);
        return JsonScan.Is(_json, colon, (byte)':') ? JsonScan.PassSpace(_json, colon + 1) : _json.Length;
    }

    /// <summary>Reads one value and says where it ends.</summary>
    private int ReadValue(NativeField field, int at)
    {
        if ((uint)at >= (uint)_json.Length)
            return JsonScan.None;
        if (field.Shape == FieldShape.Unknown)
            return JsonScan.ValueEnd(_json, at, _limits.DepthMax - 1, ref _hasEscape);
        var first = _json[at];
        if (first == 'n')
            return _json[at..].StartsWith("null"u8) ? at + 4 : JsonScan.None;
        _present |= field.Bit;
        switch (field.Shape)
        {
            case FieldShape.Text:
                return first == '"' ? ReadText((TextField)field.Index, at + 1) : JsonScan.None;
            case FieldShape.Number:
                return first == '-' || (uint)(first - '0') <= 9 ? ReadNumber((NumberField)field.Index, at) : JsonScan.None;
            case FieldShape.Time:
                return first == '"' ? ReadTime(at) : JsonScan.None;
            case FieldShape.Args:
                return first == '{' ? ReadArgs(at) : JsonScan.None;
            case FieldShape.DeviceAttested:
                return ReadAttested(at);
            default:
                // The schema, which was read before.
                return first == '"' ? JsonScan.ValueEnd(_json, at, 0, ref _hasEscape) : JsonScan.None;
        }
    }

    private readonly int ReadText(TextField field, int start)
    {
        var end = JsonScan.PlainEnd(_json, start);
        var isPlain = JsonScan.Is(_json, end, (byte)'"');
        if (!isPlain)
        {
            var hasEscape = false;
            end = JsonScan.TextEnd(_json, end, ref hasEscape);
            if (end == JsonScan.None || hasEscape)
                return JsonScan.None;
        }
        if (end - start > _limits.TextBytesMax || (!isPlain && TextRules.HasControl(_json[start..end])))
            return JsonScan.None;
        _event.SetText(field, _json[start..end]);
        return end + 1;
    }

    private readonly int ReadNumber(NumberField field, int at)
    {
        var end = JsonScan.NumberEnd(_json, at, out var number);
        if (end == JsonScan.None || !JsonScan.TryGetDouble(_json[at..end], number, out var value))
            return JsonScan.None;
        _event.SetNumber(field, value);
        return end;
    }

    private readonly int ReadTime(int at)
    {
        var text = PlainText(at);
        if (!Rfc3339.TryParse(text, out var instant))
            return JsonScan.None;
        _event.SetOccurredAt(instant);
        return at + text.Length + 2;
    }

    private int ReadArgs(int at)
    {
        var end = JsonScan.ValueEnd(_json, at, _limits.DepthMax - 1, ref _hasEscape);
        if (end != JsonScan.None)
            _event.SetArgs(_record[at..end]);
        return end;
    }

    private readonly int ReadAttested(int at)
    {
        var end = JsonScan.LiteralEnd(_json, at);
        if (end != JsonScan.None)
            _event.SetDeviceAttested(_json[at] == 't');
        return end;
    }

    /// <summary>The plain text whose opening quote is at a place; empty when it is none.</summary>
    private readonly ReadOnlySpan<byte> PlainText(int at)
    {
        var end = JsonScan.PlainEnd(_json, at + 1);
        return JsonScan.Is(_json, end, (byte)'"') ? _json[(at + 1)..end] : default;
    }
}
