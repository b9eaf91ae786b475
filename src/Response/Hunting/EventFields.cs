using System.Text;
using System.Text.Json;
using SentinelHealth.Detection.Rules.Sigma.Fields;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Response.Queries;

namespace SentinelHealth.Response.Hunting;

/// <summary>What a query may ask about events: the fields of written rules, under the same names, so that a hunt can become a rule.</summary>
public static class EventFields
{
    private const string ArgsPrefix = SentinelFields.Args + ".";

    private static readonly HashSet<TextField> Searched =
        [TextField.Id, TextField.Actor, TextField.Subject, TextField.Node, TextField.Contract, TextField.Method, TextField.Device,
         TextField.Session, TextField.GrantId, TextField.ConsentId, TextField.LedgerTxId, TextField.Ip];

    /// <summary>The fields; members of <c>args</c> are words below <c>args.</c>.</summary>
    public static QuerySchema Schema { get; } = new([.. SentinelFields.All.Select(FieldOf)], []) { OpenPrefix = ArgsPrefix };

    /// <summary>Where the fields are.</summary>
    public static QueryReader<SentinelEvent> Reader { get; } = ReaderOf();

    /// <summary>The text field of a name; null when it is none.</summary>
    internal static TextField? TextFieldOf(string name) => SentinelFields.All.FirstOrDefault(field => field.Name == name)?.Text;

    /// <summary>The field of queries that a text field of events is.</summary>
    internal static QueryField Asking(TextField text) => Schema.Find(SentinelFields.All.First(field => field.Text == text).Name)!;

    private static QueryField FieldOf(TaxonomyField field)
    {
        var kind = field switch
        {
            { Name: SentinelFields.Time } => QueryFieldKind.Instant,
            { Name: SentinelFields.DeviceAttested } => QueryFieldKind.Flag,
            { Number: not null } => QueryFieldKind.Number,
            _ => QueryFieldKind.Word,
        };
        return new QueryField(field.Name, kind, field.Meaning.Replace("`", "", StringComparison.Ordinal))
        {
            IsSearched = field.Text is { } text && Searched.Contains(text),
        };
    }

    private static QueryReader<SentinelEvent> ReaderOf()
    {
        var reader = new QueryReader<SentinelEvent>()
            .Number(SentinelFields.Time, observed => QueryLiteral.MillisecondsOf(observed.OccurredAt))
            .Number(SentinelFields.DeviceAttested, observed => Flag(observed.IsDeviceAttested))
            .Open(name => observed => Members(observed, Encoding.UTF8.GetBytes(name[ArgsPrefix.Length..])));
        foreach (var field in SentinelFields.All)
        {
            if (field.Text is { } text)
                reader.Word(field.Name, observed => observed.TextOf(text)).Key(field.Name, observed => observed.Key(text));
            if (field.Number is { } number)
                reader.Number(field.Name, observed => observed.Number(number) is var value && double.IsNaN(value) ? null : value);
        }
        return reader;
    }

    private static double? Flag(bool? value) => value is { } known ? known ? 1 : 0 : null;

    /// <summary>Every member of <c>args</c> with its texts, the first of each name. O(bytes of args).</summary>
    internal static IEnumerable<(string Name, IReadOnlyList<string> Texts)> MembersOf(SentinelEvent observed)
    {
        var members = new List<(string, IReadOnlyList<string>)>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(observed.Args.Span);
        if (observed.Args.IsEmpty || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return members;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            // A copy reads the value, so that what it does not want of it is passed over whole.
            var value = reader;
            if (names.Add(name) && TextsOf(ref value) is { Count: > 0 } texts)
                members.Add((name, texts));
            reader.Skip();
        }
        return members;
    }

    /// <summary>The texts of a member of <c>args</c>: itself, or each item of a list of texts.</summary>
    private static List<string> Members(SentinelEvent observed, byte[] name) =>
        observed.TrySeekArg(name, out var reader) ? TextsOf(ref reader) : [];

    private static List<string> TextsOf(ref Utf8JsonReader reader)
    {
        var texts = new List<string>();
        if (reader.TokenType != JsonTokenType.StartArray)
            Add(texts, ref reader);
        else
            while (reader.Read()
                && reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.StartArray or JsonTokenType.StartObject))
                Add(texts, ref reader);
        return texts;
    }

    private static void Add(List<string> texts, ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
            texts.Add(reader.GetString() ?? "");
        else if (reader.TokenType is JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False)
            texts.Add(Encoding.UTF8.GetString(reader.ValueSpan));
    }
}
