using System.Buffers;
using System.Globalization;
using System.Text.Json;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Ingest.Formats.Records;

/// <summary>A native record in the making. The first thing that is wrong with it is kept and refuses it.</summary>
/// <remarks>
/// Texts that identify someone or something are kept as they are, so that the native decoder refuses unusable ones; other texts that
/// are too long or hold control characters are left out: the original has them.
/// </remarks>
internal sealed class NativeDraft(EventKind kind, string format)
{
    private const int TextBytesMax = 512;
    private const int ArgumentCharactersMax = 1_024;
    private const int ListItemsMax = 100;

    private static readonly TextField[] Identifying =
    [
        TextField.Id, TextField.Node, TextField.Actor, TextField.Subject, TextField.ConsentId, TextField.GrantId,
        TextField.LedgerTxId,
    ];

    private readonly Dictionary<TextField, string> _texts = [];
    private readonly Dictionary<NumberField, double> _numbers = [];
    private readonly OrderedDictionary<string, object> _arguments = new(StringComparer.Ordinal);

    /// <summary>When it happened.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>Whether the capture device proved itself.</summary>
    public bool? IsDeviceAttested { get; set; }

    /// <summary>The first fault.</summary>
    public Rejection Rejection { get; private set; }

    /// <summary>A text field; null and unusable texts leave it as it is.</summary>
    public string? this[TextField field]
    {
        get => _texts.GetValueOrDefault(field);
        set
        {
            if (value is { Length: > 0 } && (Identifying.Contains(field) || IsUsable(value)))
                _texts[field] = value;
        }
    }

    /// <summary>A numeric field; null leaves it as it is.</summary>
    public double? this[NumberField field]
    {
        set
        {
            if (value is { } number)
                _numbers[field] = number;
        }
    }

    /// <summary>Notes what is wrong, unless something was before.</summary>
    public void Refuse(RejectionReason reason, string detail)
    {
        if (Rejection.Reason == RejectionReason.None)
            Rejection = new(reason, detail, -1);
    }

    /// <summary>Refuses when a member that must be there is not.</summary>
    public void Require(bool isPresent, string member)
    {
        if (!isPresent)
            Refuse(RejectionReason.MissingField, $"The required member '{member}' is missing or empty.");
    }

    /// <summary>Sets the time from RFC 3339 text.</summary>
    public void SetTime(string? text, string member)
    {
        if (text is null)
            Require(false, member);
        else if (Rfc3339.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out var at))
            At = at;
        else
            Refuse(RejectionReason.InvalidValue, $"The member '{member}' is not an RFC 3339 instant from 2000 to 2199.");
    }

    /// <summary>Sets the time from milliseconds since 1970.</summary>
    public void SetTime(double milliseconds, string member)
    {
        if (milliseconds >= Rfc3339.Earliest.ToUnixTimeMilliseconds() && milliseconds < Rfc3339.Latest.ToUnixTimeMilliseconds())
            At = DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds);
        else
            Refuse(RejectionReason.InvalidValue, $"The member '{member}' is not a time in milliseconds from 2000 to 2199.");
    }

    /// <summary>An argument; null and overlong texts are left out.</summary>
    public void Argument(string name, string? value)
    {
        if (value is { Length: > 0 and <= ArgumentCharactersMax })
            _arguments[name] = value;
    }

    /// <summary>A numeric argument; null is left out.</summary>
    public void Argument(string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
            _arguments[name] = number;
    }

    /// <summary>A true or false argument; null is left out.</summary>
    public void Argument(string name, bool? value)
    {
        if (value is { } flag)
            _arguments[name] = flag;
    }

    /// <summary>A list argument; an empty one is left out, a long one cut.</summary>
    public void Argument(string name, IEnumerable<string?> values)
    {
        var kept = values.OfType<string>().Where(value => value.Length is > 0 and <= ArgumentCharactersMax)
            .Take(ListItemsMax).ToList();
        if (kept.Count > 0)
            _arguments[name] = kept;
    }

    /// <summary>The native record.</summary>
    public byte[] Write(in OriginalRecord original, byte[]? envelope)
    {
        var buffer = new ArrayBufferWriter<byte>(1_024);
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        writer.WriteStartObject();
        writer.WriteString("schema",
            kind == EventKind.LedgerTransaction ? "sentinel.ledger-transaction.v1" : "sentinel.biometric-query.v1");
        writer.WriteString("id", _texts.GetValueOrDefault(TextField.Id));
        writer.WriteString("time", At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
        foreach (var (field, text) in _texts)
            if (field != TextField.Id)
                writer.WriteString(NativeField.Of(field).Name, text);
        foreach (var (field, number) in _numbers)
            writer.WriteNumber(NativeField.Of(field).Name, number);
        if (IsDeviceAttested is { } attested)
            writer.WriteBoolean("deviceAttested", attested);
        WriteArguments(writer);
        writer.WriteString("format", format);
        WriteOriginal(writer, original, envelope);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private void WriteArguments(Utf8JsonWriter writer)
    {
        if (_arguments.Count == 0)
            return;
        writer.WriteStartObject("args");
        foreach (var (name, value) in _arguments)
        {
            writer.WritePropertyName(name);
            switch (value)
            {
                case string text:
                    writer.WriteStringValue(text);
                    break;
                case double number:
                    writer.WriteNumberValue(number);
                    break;
                case bool flag:
                    writer.WriteBooleanValue(flag);
                    break;
                case List<string> list:
                    writer.WriteStartArray();
                    list.ForEach(writer.WriteStringValue);
                    writer.WriteEndArray();
                    break;
            }
        }
        writer.WriteEndObject();
    }

    private static void WriteOriginal(Utf8JsonWriter writer, in OriginalRecord original, byte[]? envelope)
    {
        if (envelope is not null)
        {
            writer.WritePropertyName("envelope");
            writer.WriteRawValue(envelope, skipInputValidation: true);
        }
        if (original.EventId is { } carrier)
        {
            writer.WriteString("originalIn", carrier);
            return;
        }
        writer.WritePropertyName("original");
        if (original.IsJson)
            writer.WriteRawValue(original.Bytes.Span, skipInputValidation: true);
        else
            writer.WriteStringValue(original.Bytes.Span);
    }

    private static bool IsUsable(string text)
    {
        if (text.Length > TextBytesMax)
            return false;
        var utf8 = System.Text.Encoding.UTF8.GetBytes(text);
        return utf8.Length <= TextBytesMax && !TextRules.HasControl(utf8);
    }
}
