using System.Text;
using System.Text.RegularExpressions;
using SentinelHealth.Detection.Rules.Sigma;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Formats.Records;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Benchmarks.Fuzzing;

/// <summary>One decoder under test: runs an input and says what came of it, without its numbers and texts.</summary>
internal sealed partial class FuzzTarget
{
    private const int SyslogMessageBytesMax = 16 * 1024;

    /// <summary>A few regular expressions, compiled.</summary>
    private const long RuleBytes = 32 * 1024 * 1024;

    private const long RecordBytes = 2 * 1024 * 1024;

    private readonly Func<byte[], string> _run;

    private FuzzTarget(string name, Func<byte[], string> run) => (Name, _run) = (name, run);

    /// <summary>All decoders by name. Those that read records share one reader, as in the product, and differ in their seeds.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["native", "fhir", "ocsf", "ecs", "cloudevents", "evm", "dicom", "syslog", "framing", "sigma", "sigma-condition"];

    public string Name { get; }

    /// <summary>What an input may allocate however short it is.</summary>
    public long AllocatedBytesBase => Name.StartsWith("sigma", StringComparison.Ordinal) ? RuleBytes : RecordBytes;

    public static FuzzTarget Of(string name) => name switch
    {
        "native" => new(name, NativeRun()),
        "framing" => new(name, Framing),
        "sigma" => new(name, input => Sigma(Encoding.UTF8.GetString(input))),
        "sigma-condition" => new(name, SigmaCondition),
        _ when Names.Contains(name) => new(name, RecordRun()),
        _ => throw new ArgumentException($"Decoders are {string.Join(", ", Names)}.", nameof(name)),
    };

    /// <summary>Runs one input. Any exception is a finding.</summary>
    /// <returns>The signature: two inputs with the same went the same way.</returns>
    public string Run(byte[] input) => _run(input);

    /// <summary>Both passes of the native decoder, held against each other.</summary>
    private static Func<byte[], string> NativeRun()
    {
        var decoder = new NativeEventDecoder();
        var (thorough, quick) = (new SentinelEvent(), new SentinelEvent());
        return input =>
        {
            var isAccepted = decoder.TryDecodeThoroughly(input, thorough, out var rejection);
            var isQuick = decoder.TryDecodeQuickly(input, quick);
            if (isQuick && (!isAccepted || !AreEqual(thorough, quick)))
                throw new InvalidOperationException("The quick pass contradicts the thorough one.");
            if (isAccepted && !isQuick && !input.Contains((byte)'\\'))
                throw new InvalidOperationException("The quick pass gives up on a record without an escape.");
            return isAccepted ? $"event {thorough.Kind} {(isQuick ? "quickly" : "thoroughly")}" : $"{rejection.Reason}: {Plain(rejection.Detail)}";
        };
    }

    private static bool AreEqual(SentinelEvent one, SentinelEvent other) =>
        one.Kind == other.Kind && one.OccurredAt == other.OccurredAt && one.IsDeviceAttested == other.IsDeviceAttested
        && one.Args.Span.SequenceEqual(other.Args.Span) && one.Raw.Equals(other.Raw)
        && Enum.GetValues<TextField>().All(field =>
            one.Text(field).SequenceEqual(other.Text(field)) && one.Key(field) == other.Key(field)
            && one.Has(field) == other.Has(field))
        && Enum.GetValues<NumberField>().All(field =>
            BitConverter.DoubleToInt64Bits(one.Number(field)) == BitConverter.DoubleToInt64Bits(other.Number(field)));

    private static Func<byte[], string> RecordRun()
    {
        var reader = new RecordReader(new NativeEventDecoder());
        var decoded = new SentinelEvent();
        var parts = new List<RecordPart>();
        return input =>
        {
            parts.Clear();
            reader.Read(input, decoded, parts);
            if (parts.Count == 0)
                throw new InvalidOperationException("I1: a record gave neither an event nor a refusal.");
            if (parts.Exists(part => part.IsEvent == (part.Id.Length == 0)))
                throw new InvalidOperationException("An event has no identifier, or a refusal has one.");
            return string.Join(" | ", parts.Select(Signature).Distinct().Order(StringComparer.Ordinal).Take(6));
        };
    }

    private static string Signature(RecordPart part) => part.IsEvent
        ? $"{Plain(part.Within)} event {FormatOf(part.Payload.Span)}"
        : $"{Plain(part.Within)} {part.Rejection.Reason}: {Plain(part.Rejection.Detail)}";

    private static string FormatOf(ReadOnlySpan<byte> native)
    {
        var at = native.IndexOf("\"format\":\""u8);
        return at < 0 ? "native" : Encoding.UTF8.GetString(native.Slice(at + 10, Math.Min(20, native.Length - at - 10))).Split('"')[0];
    }

    private static string Framing(byte[] input)
    {
        // Small reads, so that messages are cut at every place.
        using var stream = new MemoryStream(input);
        var frames = new SyslogFrameReader(stream, SyslogMessageBytesMax, 256);
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        for (var count = 0; frames.ReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult() is { } frame; count++)
        {
            if (count > input.Length)
                throw new InvalidOperationException("More messages than bytes.");
            if (frame.Message.Length > SyslogMessageBytesMax)
                throw new InvalidOperationException("A message over the limit was handed on.");
            seen.Add(frame.IsBroken ? "broken" : frame.Oversized is not null ? "oversized" : frame.Message.IsEmpty ? "empty" : "message");
        }
        return string.Join('+', seen);
    }

    /// <summary>A file of Sigma documents: read, linked, compiled, and run over one record.</summary>
    private static string Sigma(string text)
    {
        var book = SigmaRuleBook.Of([SigmaLoader.Read("r.yml", text)]);
        var engine = new SigmaEngine(book);
        var (record, matches) = (engine.NewRecord(SigmaFieldMap.Plain), new List<SigmaMatch>());
        if (!record.TryRead("""{"a":"x","b":["y",1,null],"c":{"d":"x y"}}"""u8, out var problem))
            throw new InvalidOperationException(problem);
        engine.Observe(record, DateTimeOffset.UnixEpoch, "e"u8, matches);
        var reasons = book.Problems.Select(refused => Plain(Quoted().Replace(refused.Reason, "'…'")))
            .Distinct().Order(StringComparer.Ordinal).Take(4);
        var (rules, correlations) = (Math.Min(3, book.Rules.Count), Math.Min(3, book.Correlations.Count));
        return $"{rules} {correlations} {matches.Count > 0} {string.Join(" | ", reasons)}";
    }

    /// <summary>The input is the condition of a rule with three searches.</summary>
    private static string SigmaCondition(byte[] input) => Sigma(
        "title: r\nlogsource: {product: p}\ndetection: {s1: {a: x}, s2: {b: y}, _t: [word], condition: "
        + System.Text.Json.JsonSerializer.Serialize(Encoding.UTF8.GetString(input)) + "}\n");

    private static string Plain(string text) => Digits().Replace(text, "#");

    [GeneratedRegex("'[^']*'")]
    private static partial Regex Quoted();

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
