using System.Globalization;
using System.Text;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Testing;

/// <summary>One malformed record.</summary>
/// <param name="Kind">What is wrong with it.</param>
/// <param name="Expected">The reason it must be refused for.</param>
/// <param name="Bytes">The record, without a line feed.</param>
public sealed record MalformedRecord(string Kind, RejectionReason Expected, byte[] Bytes);

/// <summary>
/// Records that no decoder may take, each made from a valid one and wrong in one named way. The same seed gives the same records.
/// </summary>
public static class MalformedRecords
{
    private const int HugeLineBytes = 10 * 1024 * 1024, LongLineBytes = 1024 * 1024 + 1;

    private static readonly string Ledger = Encoding.UTF8.GetString(Some.LedgerTransactionJson(("id", "ID")));
    private static readonly string Biometric = Encoding.UTF8.GetString(Some.BiometricQueryJson(("id", "ID")));

    private static readonly (string Kind, RejectionReason Expected, Func<string, Random, byte[]> Make)[] Makers =
    [
        .. Broken(), .. Encodings(), .. Sizes(), .. Repeated(), .. Missing(), .. WrongTypes(), .. WrongValues(), .. WrongTimes(),
    ];

    /// <summary>The names of all kinds.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. Makers.Select(maker => maker.Kind)];

    /// <summary>So many records, the kinds in turn. The first oversized one has 10 MiB, later ones just exceed the default limit.</summary>
    public static IEnumerable<MalformedRecord> Make(int count, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var (kind, expected, make) = Makers[i % Makers.Length];
            var record = i % 2 == 0 ? Ledger : Biometric;
            var id = string.Create(CultureInfo.InvariantCulture, $"bad-{i}-{random.Next():x8}");
            var bytes = make(record.Replace("\"ID\"", $"\"{id}\"", StringComparison.Ordinal), random);
            yield return new MalformedRecord(
                kind, expected, kind == "long line" && i < Makers.Length ? Padded(bytes, HugeLineBytes) : bytes);
        }
    }

    private static IEnumerable<(string, RejectionReason, Func<string, Random, byte[]>)> Broken()
    {
        const RejectionReason NotJson = RejectionReason.NotJson;
        yield return ("truncated", NotJson, (r, random) => Bytes(r[..random.Next(1, r.Length)]));
        yield return ("truncated in a text", NotJson, (r, _) => Bytes(r[..(r.IndexOf("patient", StringComparison.Ordinal) + 3)]));
        yield return ("prose", NotJson, (_, random) => Bytes($"ERROR {random.Next()} could not connect"));
        yield return ("array", NotJson, (r, _) => Bytes($"[{r}]"));
        yield return ("number", NotJson, (_, random) => Bytes(random.Next().ToString(CultureInfo.InvariantCulture)));
        yield return ("null", NotJson, (_, _) => Bytes("null"));
        yield return ("text", NotJson, (_, random) => Bytes($"\"{random.Next()}\""));
        yield return ("single quotes", NotJson, (r, _) => Bytes(r.Replace('"', '\'')));
        yield return ("bare names", NotJson, (r, _) => Replaced(r, "\"id\":", "id:"));
        yield return ("comma at the end", NotJson, (r, _) => Bytes(r[..^1] + ",}"));
        yield return ("comma missing", NotJson, (r, _) => Replaced(r, ",\"node\"", " \"node\""));
        yield return ("colon missing", NotJson, (r, _) => Replaced(r, "\"node\":", "\"node\" "));
        yield return ("comment", NotJson, (r, _) => Bytes("/* note */" + r));
        yield return ("bytes behind the end", NotJson, (r, _) => Bytes(r + "}"));
        yield return ("two on a line", NotJson, (r, _) => Bytes(r + r));
        yield return ("wrong bracket", NotJson, (r, _) => Bytes(r[..^1] + "]"));
        yield return ("not a number", NotJson, (r, _) => Bytes(r[..^1] + ",\"x\":NaN}"));
        yield return ("hexadecimal", NotJson, (r, _) => Bytes(r[..^1] + ",\"x\":0x1f}"));
        yield return ("leading zero", NotJson, (r, _) => Bytes(r[..^1] + ",\"x\":007}"));
        yield return ("unknown escape", NotJson, (r, _) => Bytes(r[..^1] + ",\"x\":\"\\x41\"}"));
        yield return ("tab in a text", NotJson, (r, _) => Replaced(r, "patient:", "patient:\t"));
    }

    private static IEnumerable<(string, RejectionReason, Func<string, Random, byte[]>)> Encodings()
    {
        yield return ("mark in front", RejectionReason.NotJson, (r, _) => Bytes("\uFEFF" + r));
        yield return ("mark inside", RejectionReason.NotJson, (r, _) => Replaced(r, ",\"node\"", ",\uFEFF\"node\""));
        yield return ("zero byte between", RejectionReason.NotJson, (r, _) => Replaced(r, ",\"node\"", ",\0\"node\""));
        yield return ("zero byte in a text", RejectionReason.NotJson, (r, _) => Replaced(r, "patient:", "patient:\0"));
        yield return ("utf-16", RejectionReason.NotJson, (r, _) => Encoding.Unicode.GetBytes(r));
        yield return ("latin-1", RejectionReason.NotUtf8, (r, _) => Spliced(r, 0xE9));
        yield return ("byte 255", RejectionReason.NotUtf8, (r, _) => Spliced(r, 0xFF));
        yield return ("overlong", RejectionReason.NotUtf8, (r, _) => Spliced(r, 0xC0, 0xAF));
        yield return ("encoded surrogate", RejectionReason.NotUtf8, (r, _) => Spliced(r, 0xED, 0xA0, 0x80));
        yield return ("beyond unicode", RejectionReason.NotUtf8, (r, _) => Spliced(r, 0xF5, 0x80, 0x80, 0x80));
        yield return ("cut character", RejectionReason.NotUtf8, (r, _) => Spliced(r, 0xE2, 0x82));
        yield return ("lone high surrogate", RejectionReason.InvalidValue, (r, _) => Replaced(r, "patient:", "patient:\\ud83d"));
        yield return ("lone low surrogate", RejectionReason.InvalidValue, (r, _) => Replaced(r, "patient:", "patient:\\ude00"));
        yield return ("swapped surrogates", RejectionReason.InvalidValue, (r, _) => Bytes(r[..^1] + ",\"x\":\"\\ude00\\ud83d\"}"));
    }

    private static IEnumerable<(string, RejectionReason, Func<string, Random, byte[]>)> Sizes()
    {
        yield return ("long line", RejectionReason.TooLarge, (r, _) => Padded(Bytes(r), LongLineBytes));
        yield return ("33 levels", RejectionReason.TooDeep, (r, _) => Nested(r, 32, '[', ']'));
        yield return ("10,000 arrays", RejectionReason.TooDeep, (r, _) => Nested(r, 10_000, '[', ']'));
        yield return ("10,000 open arrays", RejectionReason.TooDeep, (r, _) => Bytes(r[..^1] + ",\"x\":" + new string('[', 10_000)));
        yield return ("10,000 objects", RejectionReason.TooDeep, (r, _) =>
            Bytes(r[..^1] + ",\"x\":" + string.Concat(Enumerable.Repeat("{\"x\":", 10_000)) + "1" + new string('}', 10_001)));
        yield return ("long identifier", RejectionReason.InvalidValue, (r, _) => Replaced(r, "patient:", new string('p', 513)));
        yield return ("very long identifier", RejectionReason.InvalidValue, (r, _) => Replaced(r, "patient:", new string('p', 200_000)));
    }

    private static IEnumerable<(string, RejectionReason, Func<string, Random, byte[]>)> Repeated()
    {
        const RejectionReason Duplicate = RejectionReason.DuplicateField;
        yield return ("repeated id", Duplicate, (r, _) => Bytes(r[..^1] + ",\"id\":\"other\"}"));
        yield return ("repeated by escape", Duplicate, (r, _) => Bytes(r[..^1] + ",\"\\u0069d\":\"other\"}"));
        yield return ("repeated as null", Duplicate, (r, _) => Bytes(r[..^1] + ",\"actor\":null}"));
        yield return ("repeated schema", Duplicate, (r, _) => Bytes(r[..^1] + ",\"schema\":\"sentinel.ledger-transaction.v1\"}"));
    }

    private static IEnumerable<(string, RejectionReason, Func<string, Random, byte[]>)> Missing()
    {
        string[] required = ["id", "time", "node", "actor"];
        yield return ("empty object", RejectionReason.UnknownSchema, (_, _) => Bytes("{}"));
        yield return ("no schema", RejectionReason.UnknownSchema, (r, _) => Replaced(r, "\"schema\"", "\"scheme\""));
        yield return ("other schema", RejectionReason.UnknownSchema, (r, _) => Replaced(r, ".v1\"", ".v9\""));
        yield return ("required field missing", RejectionReason.MissingField, (r, random) =>
            Replaced(r, $"\"{required[random.Next(required.Length)]}\":", "\"renamed\":"));
        yield return ("required field null", RejectionReason.MissingField, (r, _) =>
            Replaced(r, "\"node\":\"node:hospital-a-1\"", "\"node\":null"));
        yield return ("required field empty", RejectionReason.InvalidValue, (r, _) =>
            Replaced(r, "\"node\":\"node:hospital-a-1\"", "\"node\":\"\""));
        yield return ("no subject and no gallery", RejectionReason.MissingField, (_, random) =>
            Some.BiometricQueryJson(("subject", null), ("gallerySize", null), ("id", $"{random.Next()}")));
    }

    private static IEnumerable<(string, RejectionReason, Func<string, Random, byte[]>)> WrongTypes()
    {
        const RejectionReason WrongType = RejectionReason.WrongType;
        yield return ("number for text", WrongType, (r, _) => Replaced(r, "\"node:hospital-a-1\"", "17"));
        yield return ("array for text", WrongType, (r, _) => Replaced(r, "\"node:hospital-a-1\"", "[\"node:hospital-a-1\"]"));
        yield return ("object for text", WrongType, (r, _) => Replaced(r, "\"node:hospital-a-1\"", "{\"id\":\"node\"}"));
        yield return ("truth for text", WrongType, (r, _) => Replaced(r, "\"node:hospital-a-1\"", "true"));
        yield return ("number for time", WrongType, (r, _) => Replaced(r, "\"2026-11-02T08:14:03.120Z\"", "1793606043120"));
        yield return ("number for schema", WrongType, (_, random) => Bytes($"{{\"schema\":{random.Next()}}}"));
        yield return ("text for number", WrongType, (_, random) => Some.LedgerTransactionJson(("gasUsed", $"{random.Next()}")));
        yield return ("text for args", WrongType, (_, random) => Some.LedgerTransactionJson(("args", $"{random.Next()}")));
        yield return ("text for truth", WrongType, (_, random) =>
            Some.BiometricQueryJson(("deviceAttested", "yes"), ("id", $"{random.Next()}")));
    }

    private static IEnumerable<(string, RejectionReason, Func<string, Random, byte[]>)> WrongValues()
    {
        const RejectionReason Invalid = RejectionReason.InvalidValue;
        yield return ("1e999", Invalid, (_, _) => Replaced(Ledger, "48211", "1e999"));
        yield return ("-1e999", Invalid, (_, _) => Replaced(Biometric, "0.91", "-1e999"));
        yield return ("400 digits", Invalid, (_, random) => Replaced(Ledger, "184223", new string((char)random.Next('1', '9'), 400)));
        yield return ("escaped zero", Invalid, (r, _) => Replaced(r, "patient:", "patient:\\u0000"));
        yield return ("escaped line break", Invalid, (r, _) => Replaced(r, "patient:", "patient:\\r\\n"));
        yield return ("delete character", Invalid, (r, _) => Replaced(r, "patient:", "patient:\u007f"));
        yield return ("turned writing direction", Invalid, (r, _) => Replaced(r, "patient:", "patient:\u202e"));
        yield return ("unknown status", Invalid, (_, random) => Some.LedgerTransactionJson(("status", $"pending-{random.Next()}")));
        yield return ("unknown operation", Invalid, (_, random) => Some.BiometricQueryJson(("operation", $"read-{random.Next()}")));
        yield return ("unknown decision", Invalid, (_, random) => Some.BiometricQueryJson(("decision", $"maybe-{random.Next()}")));
    }

    private static IEnumerable<(string, RejectionReason, Func<string, Random, byte[]>)> WrongTimes()
    {
        string[] times =
        [
            "1970-01-01T00:00:00Z", "1601-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z",
            "2026-11-02T08:14:03", "2026-11-02", "1793606043", "02/11/2026 08:14", "2026-11-02T25:00:00Z", "2026-11-02T08:14:03+99:00",
            "yesterday", "", "٢٠٢٦-11-02T08:14:03Z",
        ];
        return times.Select((time, i) => ($"time {i + 1}", RejectionReason.InvalidValue,
            (Func<string, Random, byte[]>)((r, _) => Replaced(r, "2026-11-02T08:14:03.120Z", time))));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Replaced(string record, string what, string with)
    {
        var at = record.IndexOf(what, StringComparison.Ordinal);
        return at >= 0
            ? Bytes(record[..at] + with + record[(at + what.Length)..])
            : throw new ArgumentException($"The record has no '{what}'.", nameof(what));
    }

    private static byte[] Spliced(string record, params byte[] bytes)
    {
        var at = record.IndexOf("patient:", StringComparison.Ordinal) + "patient:".Length;
        return [.. Bytes(record[..at]), .. bytes, .. Bytes(record[at..])];
    }

    private static byte[] Padded(byte[] record, int length)
    {
        var padded = new byte[Math.Max(length, record.Length)];
        padded.AsSpan().Fill((byte)' ');
        record.CopyTo(padded, 0);
        return padded;
    }

    private static byte[] Nested(string record, int levels, char open, char close) =>
        Bytes(record[..^1] + ",\"x\":" + new string(open, levels) + new string(close, levels) + "}");
}
