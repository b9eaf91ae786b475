using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Ingest.Formats;

/// <summary>One of the two native formats: its schema name, its fields and which of them must be there.</summary>
internal sealed class NativeFormat
{
    private static readonly TextField[] CommonTexts =
    [
        TextField.Id, TextField.Node, TextField.Actor, TextField.ActorRole, TextField.Organization, TextField.Subject,
        TextField.Purpose, TextField.ConsentId, TextField.GrantId,
    ];

    private readonly byte[] _schema;
    private readonly FieldTable _fields;
    private readonly NativeField[] _required;

    private NativeFormat(EventKind kind, string schema, IEnumerable<NativeField> fields, IEnumerable<NativeField> required)
    {
        Kind = kind;
        _schema = System.Text.Encoding.UTF8.GetBytes(schema);
        var known = CommonTexts.Select(NativeField.Of)
            .Concat([NativeField.Of(FieldShape.Schema), NativeField.Of(FieldShape.Time)]).Concat(fields);
        _fields = new FieldTable([.. known.Select(field => (field.Name, field))]);
        _required =
        [
            NativeField.Of(TextField.Id), NativeField.Of(FieldShape.Time), NativeField.Of(TextField.Node),
            NativeField.Of(TextField.Actor), .. required,
        ];
        RequiredMask = _required.Aggregate(0UL, (mask, field) => mask | field.Bit);
    }

    public static NativeFormat LedgerTransaction { get; } = new(
        EventKind.LedgerTransaction,
        "sentinel.ledger-transaction.v1",
        [
            NativeField.Of(TextField.Chain), NativeField.Of(TextField.BlockHash), NativeField.Of(TextField.Contract),
            NativeField.Of(TextField.Method), NativeField.Of(TextField.Status), NativeField.Of(NumberField.Block),
            NativeField.Of(NumberField.LogIndex), NativeField.Of(NumberField.GasUsed), NativeField.Of(NumberField.Amount),
            NativeField.Of(FieldShape.Args),
        ],
        [NativeField.Of(TextField.Contract), NativeField.Of(TextField.Method), NativeField.Of(TextField.Status)]);

    public static NativeFormat BiometricQuery { get; } = new(
        EventKind.BiometricQuery,
        "sentinel.biometric-query.v1",
        [
            NativeField.Of(TextField.Operation), NativeField.Of(TextField.Modality), NativeField.Of(TextField.Decision),
            NativeField.Of(TextField.FailureCode), NativeField.Of(TextField.PadDecision), NativeField.Of(TextField.ProbeHash),
            NativeField.Of(TextField.Device), NativeField.Of(TextField.Client), NativeField.Of(TextField.Ip),
            NativeField.Of(TextField.Country), NativeField.Of(TextField.Session), NativeField.Of(TextField.LedgerTxId),
            NativeField.Of(NumberField.GallerySize), NativeField.Of(NumberField.Candidates),
            NativeField.Of(NumberField.MatchScore),
            NativeField.Of(NumberField.Threshold), NativeField.Of(NumberField.Quality), NativeField.Of(NumberField.PadScore),
            NativeField.Of(NumberField.TemplateVersion), NativeField.Of(NumberField.LatencyMs),
            NativeField.Of(FieldShape.DeviceAttested),
        ],
        [NativeField.Of(TextField.Operation), NativeField.Of(TextField.Decision)]);

    public EventKind Kind { get; }

    public ReadOnlySpan<NativeField> Required => _required;

    public ulong RequiredMask { get; }

    public NativeField Find(ReadOnlySpan<byte> name) => _fields.Find(name);

    /// <summary>The field whose name is the beginning of a text.</summary>
    public NativeField Find(ReadOnlySpan<byte> text, int length) => _fields.Find(text, length);

    /// <summary>The format of a schema name; null when it is not one of ours.</summary>
    public static NativeFormat? Of(ReadOnlySpan<byte> schema)
    {
        if (schema.SequenceEqual(LedgerTransaction._schema))
            return LedgerTransaction;
        return schema.SequenceEqual(BiometricQuery._schema) ? BiometricQuery : null;
    }
}
