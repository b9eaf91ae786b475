using System.Globalization;
using System.Text.Json.Nodes;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Search;

/// <summary>Events and queries at which two ways of searching could part: gaps, signs, cases, zeros, absence, one millisecond.</summary>
internal static class AwkwardEvents
{
    /// <summary>What several events are called.</summary>
    public const string SharedId = "same";

    private static readonly string[] Words =
        ["a", "A", "ab", "a*b", "a?b", "a\\b", "a=b", "a\\=b", "äÖ", "😀", "x😀y", "a b", "*", "?", "patient:1", "patient:10", "\"", "null", "true"];

    private static readonly string[] Times =
        ["2026-11-02T08:14:03.120Z", "2026-11-02T08:14:03.1200001Z", "2026-11-02T08:14:03.1209999Z", "2026-11-02T08:14:03.121Z", "1969-12-31T23:59:59.9995Z", "2026-11-02T08:14:03Z"];

    private static readonly double[] Numbers = [0, -0.0, 1, 0.1, 0.30000000000000004, 1e15, 9_007_199_254_740_993d];

    /// <summary>A record of each kind of awkwardness.</summary>
    public static IReadOnlyList<byte[]> Records { get; } =
    [
        .. Words.Select((word, i) => Some.LedgerTransactionJson(
            ("id", $"w{i}"), ("actor", word), ("subject", word), ("purpose", null), ("time", Times[i % Times.Length]),
            ("args", new JsonObject { [word] = word, ["list"] = new JsonArray(word, 1, true, null, "x"), ["deep"] = new JsonObject { ["list"] = "x" }, ["empty"] = "" }))),
        .. Numbers.Select((number, i) => Some.BiometricQueryJson(("id", $"n{i}"), ("latencyMs", Math.Abs(number)), ("deviceAttested", i % 2 == 0), ("ip", i % 2 == 0 ? "10.1.2.3" : "not an address"))),
        .. Enumerable.Range(0, 12).Select(i => Some.BiometricQueryJson(("id", SharedId), ("session", $"s{i}"), ("time", Times[i % 2]), ("country", Some.Absent), ("purpose", i % 3 == 0 ? "" : "TREAT"))),
    ];

    public static IReadOnlyList<string> Queries { get; } =
    [
        "", "actor_id: a", "actor_id: A", "actor_id: a\\*b", "actor_id: a*b", "actor_id: *a*", "actor_id: a\\?b", "actor_id: a?b", "actor_id: a\\\\b",
        "actor_id: *😀*", "actor_id: x*y", "actor_id: \"a b\"", "patient_ref: patient:1", "patient_ref: patient:1*", "actor_id: \\*", "actor_id: **", "purpose: \"\"",
        "purpose: *", "not purpose: *", "country: *", "not country: NL", "args.a: a", "args.a=b: *", "args.list: x", "args.list: 1", "args.list: true", "args.list: t*e",
        "args.deep: *", "args.empty: *", "args.empty: \"\"", "args.empty: **", "args.missing: \"\"", "args.list: *", "latency_ms: 0", "latency_ms <= 0", "latency_ms > 0.1",
        "latency_ms: 0.30000000000000004", "latency_ms >= 1e15", "device_attested: true", "not device_attested: false", "device_attested: *", "ip: \"not an address\"", "ip: 10.*",
        "time: \"2026-11-02T08:14:03.120Z\"", "time > \"2026-11-02T08:14:03.120Z\"", "time < \"2026-11-02T08:14:03.1200001Z\"", "time <= \"2026-11-02T08:14:03.1209999Z\"",
        "time >= \"1970-01-01T00:00:00Z\"", "time: *", "event_id: same", "same", "*a*", "actor_id: (a or ab) and not patient_ref: ab", "not (actor_id: a* or latency_ms >= 0)",
    ];

    public static byte[] RecordOf(Random chance, int number)
    {
        string Word() => Words[chance.Next(Words.Length)];
        var isLedger = chance.Next(2) == 0;
        var time = chance.Next(3) == 0 ? Times[chance.Next(Times.Length)]
            : DateTimeOffset.UnixEpoch.AddTicks(chance.NextInt64(17_000_000_000_000_000, 18_000_000_000_000_000)).ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        var id = chance.Next(10) == 0 ? SharedId : $"e{number}";
        return isLedger
            ? Some.LedgerTransactionJson(("id", id), ("time", time), ("actor", Word()), ("subject", chance.Next(3) == 0 ? null : Word()),
                ("block", chance.Next(5)), ("args", new JsonObject { [Word()] = Word(), ["n"] = chance.Next(3), ["list"] = new JsonArray(Word(), Word()) }))
            : Some.BiometricQueryJson(("id", id), ("time", time), ("actor", Word()), ("session", Word()), ("matchScore", chance.Next(4) / 4.0),
                ("deviceAttested", chance.Next(3) switch { 0 => null, 1 => true, _ => false }), ("latencyMs", Math.Abs(Numbers[chance.Next(Numbers.Length)])));
    }

    public static string QueryOf(Random chance, int depth)
    {
        if (depth > 0 && chance.Next(3) > 0)
            return chance.Next(3) switch
            {
                0 => $"not ({QueryOf(chance, depth - 1)})",
                1 => $"({QueryOf(chance, depth - 1)}) and ({QueryOf(chance, depth - 1)})",
                _ => $"({QueryOf(chance, depth - 1)}) or ({QueryOf(chance, depth - 1)})",
            };
        var field = new[] { "actor_id", "patient_ref", "session", "args.n", "args.list", "args.a", "event_id" }[chance.Next(7)];
        return chance.Next(6) switch
        {
            0 => Queries[chance.Next(1, Queries.Count)],
            1 => $"{field}: *",
            2 => FormattableString.Invariant($"{new[] { "latency_ms", "score", "block" }[chance.Next(3)]} {new[] { "<", "<=", ">", ">=" }[chance.Next(4)]} {Math.Abs(Numbers[chance.Next(Numbers.Length)]):R}"),
            3 => $"time {new[] { "<", "<=", ">", ">=" }[chance.Next(4)]} \"{Times[chance.Next(Times.Length)]}\"",
            _ => $"{field}: {Pattern(chance)}",
        };
    }

    private static string Pattern(Random chance)
    {
        var word = Words[chance.Next(Words.Length)];
        var escaped = string.Concat(word.Select(letter => "*\\\"():<>{} ".Contains(letter, StringComparison.Ordinal) ? "\\" + letter : letter.ToString()));
        return chance.Next(4) switch { 0 => escaped + "*", 1 => "*" + escaped, 2 => "*" + escaped + "*", _ => escaped };
    }
}
