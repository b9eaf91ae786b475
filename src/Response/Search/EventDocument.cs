using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using SentinelHealth.Detection.Rules.Sigma.Fields;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Response.Hunting;
using SentinelHealth.Response.Queries;

namespace SentinelHealth.Response.Search;

/// <summary>Makes documents of events. One owner; its memory is used again for the next event.</summary>
internal sealed class EventDocument
{
    /// <summary>Version of the Elastic Common Schema the names are of.</summary>
    public const string EcsVersion = "9.4.0";

    // Hits are read by programs and pages that escape for themselves.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly List<TaxonomyField> OwnFields = [.. SentinelFields.All.Where(field =>
        SearchMapping.PathOf(field.Name).StartsWith(SearchMapping.Own + ".", StringComparison.Ordinal) && field.Name != SentinelFields.Time)];

    private readonly ArrayBufferWriter<byte> _bytes = new(2_048);

    /// <summary>
    /// The document's identifier: 128 bits of a hash of the record. The same record is the same document, whoever sends it and however
    /// often, so that what is repeated after a crash is found to be there already.
    /// </summary>
    public static string IdOf(ReadOnlySpan<byte> record) => Convert.ToHexStringLower(SHA256.HashData(record).AsSpan(0, 16));

    /// <summary>An argument of a call as one term: no two of name and value give the same.</summary>
    public static string ArgOf(string name, string value) => EscapedName(name) + "=" + value;

    /// <summary>A member's name in such a term.</summary>
    public static string EscapedName(string name) =>
        name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("=", "\\=", StringComparison.Ordinal);

    /// <summary>The document of an event. O(record).</summary>
    /// <param name="observed">The event, still over its record.</param>
    public byte[] Of(SentinelEvent observed)
    {
        _bytes.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_bytes, Plain))
        {
            json.WriteStartObject();
            json.WriteString(SearchMapping.Timestamp, Stamp(observed.OccurredAt));
            json.WriteStartObject("ecs");
            json.WriteString("version", EcsVersion);
            json.WriteEndObject();
            WriteEvent(json, observed);
            WriteParties(json, observed);
            WriteSource(json, observed);
            WriteOwn(json, observed);
            json.WriteEndObject();
        }
        return _bytes.WrittenSpan.ToArray();
    }

    /// <summary>An instant as the engine's dates have it: whole milliseconds, rounded down as everywhere else here.</summary>
    public static string Stamp(DateTimeOffset at) => DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds())
        .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static void WriteEvent(Utf8JsonWriter json, SentinelEvent observed)
    {
        var isLedger = observed.Kind == EventKind.LedgerTransaction;
        json.WriteStartObject("event");
        Text(json, "id", observed, TextField.Id);
        json.WriteString("kind", "event");
        json.WriteString("module", "sentinelhealth");
        json.WriteString("dataset", "sentinelhealth.events");
        Text(json, "action", observed, isLedger ? TextField.Method : TextField.Operation);
        Texts(json, "category", isLedger ? "database" : "authentication");
        Texts(json, "type", isLedger ? "access" : "info");
        json.WriteString("outcome", OutcomeOf(observed));
        // What is not even UTF-8 is kept as bytes: what a hunt shows is what was received.
        if (Utf8.IsValid(observed.Raw.Span))
            json.WriteString("original", observed.Raw.Span);
        json.WriteEndObject();
    }

    private static void WriteParties(Utf8JsonWriter json, SentinelEvent observed)
    {
        json.WriteStartObject("user");
        Text(json, "id", observed, TextField.Actor);
        if (observed.Has(TextField.ActorRole))
            Texts(json, "roles", observed.TextOf(TextField.ActorRole));
        json.WriteEndObject();
        foreach (var (group, name, field) in ((string, string, TextField)[])
            [("organization", "id", TextField.Organization), ("observer", "name", TextField.Node), ("device", "id", TextField.Device)])
        {
            if (!observed.Has(field))
                continue;
            json.WriteStartObject(group);
            Text(json, name, observed, field);
            json.WriteEndObject();
        }
    }

    private static void WriteSource(Utf8JsonWriter json, SentinelEvent observed)
    {
        if (!observed.Has(TextField.Ip) && !observed.Has(TextField.Country))
            return;
        json.WriteStartObject("source");
        Text(json, "ip", observed, TextField.Ip);
        if (observed.Has(TextField.Country))
        {
            json.WriteStartObject("geo");
            Text(json, "country_iso_code", observed, TextField.Country);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteOwn(Utf8JsonWriter json, SentinelEvent observed)
    {
        json.WriteStartObject(SearchMapping.Own);
        json.WriteNumber(Leaf(SearchMapping.At), Whole(QueryLiteral.MillisecondsOf(observed.OccurredAt)));
        json.WriteString(Leaf(SearchMapping.IdKey), KeyText(observed.Key(TextField.Id)));
        foreach (var field in OwnFields)
        {
            if (field.Text is { } text)
                Text(json, field.Name, observed, text);
            else if (field.Number is { } number && observed.Number(number) is var value && double.IsFinite(value))
                json.WriteNumber(field.Name, Whole(value));
        }
        if (observed.IsDeviceAttested is { } attested)
            json.WriteBoolean(SentinelFields.DeviceAttested, attested);
        WriteArgs(json, observed);
        if (!Utf8.IsValid(observed.Raw.Span))
            json.WriteBase64String(Leaf(SearchMapping.OriginalBytes), observed.Raw.Span);
        json.WriteEndObject();
    }

    /// <summary>Sixteen digits, so that their order as texts is the order of the numbers.</summary>
    public static string KeyText(ulong key) => key.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Members of <c>args</c> with all their texts: only members of the call itself, as hunts have them.</summary>
    private static void WriteArgs(Utf8JsonWriter json, SentinelEvent observed)
    {
        var (terms, leftOut) = (new List<string>(), 0);
        foreach (var (name, values) in EventFields.MembersOf(observed))
        {
            foreach (var term in values.Select(value => ArgOf(name, value)))
            {
                if (Encoding.UTF8.GetByteCount(term) > SearchMapping.TermBytesMax)
                    leftOut++;
                else
                    terms.Add(term);
            }
        }
        if (terms.Count > 0)
            Texts(json, Leaf(SearchMapping.Args), [.. terms]);
        if (leftOut > 0)
            json.WriteNumber("args_left_out", leftOut);
    }

    private static string OutcomeOf(SentinelEvent observed)
    {
        if (observed.Kind == EventKind.LedgerTransaction)
            return observed.Is(TextField.Status, "success"u8) ? "success" : "failure";
        return observed.Is(TextField.Decision, "match"u8) ? "success"
            : observed.Is(TextField.Decision, "error"u8) ? "unknown" : "failure";
    }

    /// <summary>The engine tells zeros of different signs apart; numbers do not.</summary>
    private static double Whole(double number) => number == 0 ? 0 : number;

    private static string Leaf(string path) => path[(path.LastIndexOf('.') + 1)..];

    private static void Text(Utf8JsonWriter json, string name, SentinelEvent observed, TextField field)
    {
        if (observed.Has(field))
            json.WriteString(name, observed.TextOf(field));
    }

    private static void Texts(Utf8JsonWriter json, string name, params ReadOnlySpan<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
