using System.Text;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Formats;

public sealed class NativeEventDecoderTests
{
    private readonly NativeEventDecoder _decoder = new();
    private readonly SentinelEvent _event = new();

    [Fact]
    public void A_ledger_transaction_is_read_field_by_field()
    {
        var json = Some.LedgerTransactionJson(("amount", 12.5), ("grantId", "g-1"));

        Assert.True(_decoder.TryDecode(json, _event, out var rejection), rejection.ToString());

        Assert.Equal(EventKind.LedgerTransaction, _event.Kind);
        Assert.Equal(new DateTimeOffset(2026, 11, 2, 8, 14, 3, 120, TimeSpan.Zero), _event.OccurredAt);
        Assert.Equal(
            ["0x5f1c:3", "node:hospital-a-1", "clinician", "hospital-a", "patient:9f3c", "TREAT", "c-81", "g-1", "consortium-1"],
            Texts(TextField.Id, TextField.Node, TextField.ActorRole, TextField.Organization, TextField.Subject, TextField.Purpose,
                TextField.ConsentId, TextField.GrantId, TextField.Chain));
        Assert.Equal(
            ["0xb10c", "ConsentRegistry", "grantConsent", "success"],
            Texts(TextField.BlockHash, TextField.Contract, TextField.Method, TextField.Status));
        Assert.Equal(
            [184223, 3, 48211, 12.5], Numbers(NumberField.Block, NumberField.LogIndex, NumberField.GasUsed, NumberField.Amount));
        Assert.Equal(StableHash.Of("ConsentRegistry"u8), _event.Key(TextField.Contract));
        Assert.True(_event.Raw.Span.SequenceEqual(json));
    }

    [Fact]
    public void A_biometric_query_is_read_field_by_field()
    {
        var json = Some.BiometricQueryJson(("failureCode", "F7"));

        Assert.True(_decoder.TryDecode(json, _event, out var rejection), rejection.ToString());

        Assert.Equal(EventKind.BiometricQuery, _event.Kind);
        Assert.Equal(
            ["verify", "face", "match", "F7", "pass", "b1946a", "dev-14", "app-ehr", "10.1.2.3", "NL", "s-4", "0x5f1c"],
            Texts(TextField.Operation, TextField.Modality, TextField.Decision, TextField.FailureCode, TextField.PadDecision,
                TextField.ProbeHash, TextField.Device, TextField.Client, TextField.Ip, TextField.Country, TextField.Session,
                TextField.LedgerTxId));
        Assert.Equal(
            [1, 1, 0.91, 0.82, 0.8, 0.98, 3, 143],
            Numbers(NumberField.GallerySize, NumberField.Candidates, NumberField.MatchScore, NumberField.Threshold,
                NumberField.Quality, NumberField.PadScore, NumberField.TemplateVersion, NumberField.LatencyMs));
        Assert.True(_event.IsDeviceAttested);
    }

    [Fact]
    public void Absent_and_null_fields_are_the_same()
    {
        var json = Some.BiometricQueryJson(
            ("matchScore", null), ("threshold", Some.Absent), ("device", null), ("session", Some.Absent), ("deviceAttested", null));

        Assert.True(_decoder.TryDecode(json, _event, out _));

        Assert.Equal([double.NaN, double.NaN], Numbers(NumberField.MatchScore, NumberField.Threshold));
        Assert.False(_event.Has(TextField.Device) || _event.Has(TextField.Session));
        Assert.Null(_event.IsDeviceAttested);
    }

    [Fact]
    public void Nothing_of_the_record_before_remains()
    {
        Assert.True(_decoder.TryDecode(Some.BiometricQueryJson(), _event, out _));

        Assert.True(_decoder.TryDecode(Some.LedgerTransactionJson(("args", null), ("subject", null)), _event, out _));

        Assert.Equal("", _event.TextOf(TextField.Device) + _event.TextOf(TextField.Subject));
        Assert.Equal(double.NaN, _event.Number(NumberField.MatchScore));
        Assert.Null(_event.IsDeviceAttested);
        Assert.True(_event.Args.IsEmpty);
    }

    [Fact]
    public void The_order_of_the_fields_does_not_matter()
    {
        var reversed = Encoding.UTF8.GetBytes(
            """
            {"extra":{"schema":"x","id":[1]},"status":"reverted","method":"pause","contract":"Governance","actor":"did:ethr:0x1",
             "args":{"target":"Escrow"},"node":"node:a","time":"2026-11-02T08:14:03Z","id":"0x1:0",
             "schema":"sentinel.ledger-transaction.v1"}
            """);

        Assert.True(_decoder.TryDecode(reversed, _event, out var rejection), rejection.ToString());

        Assert.Equal(["0x1:0", "reverted"], Texts(TextField.Id, TextField.Status));
        Assert.Equal(StableHash.Of("Escrow"u8), _event.ArgKey("target"u8));
    }

    [Fact]
    public void Unknown_fields_are_kept_in_the_record_and_otherwise_ignored()
    {
        var json = Some.LedgerTransactionJson(("future", new { deep = new object[] { 1, "two", new { three = 3 } } }), ("ip", 7));

        Assert.True(_decoder.TryDecode(json, _event, out var rejection), rejection.ToString());

        Assert.Contains("\"three\":3", Encoding.UTF8.GetString(_event.Raw.Span), StringComparison.Ordinal);
        Assert.False(_event.Has(TextField.Ip));
    }

    [Fact]
    public void Escapes_in_names_and_values_are_read()
    {
        var json = Encoding.UTF8.GetString(Some.LedgerTransactionJson())
            .Replace("\"id\":\"0x5f1c:3\"", "\"\\u0069d\":\"0x\\u00355f\\u2713\\ud83d\\ude00\"", StringComparison.Ordinal)
            .Replace("\"sentinel.ledger", "\"\\u0073entinel.ledger", StringComparison.Ordinal)
            .Replace("2026-11", "2026\\u002d11", StringComparison.Ordinal);

        Assert.True(_decoder.TryDecode(Encoding.UTF8.GetBytes(json), _event, out var rejection), rejection.ToString());

        Assert.Equal("0x55f✓😀", _event.TextOf(TextField.Id));
    }

    [Fact]
    public void The_arguments_of_a_transaction_are_reachable_by_name()
    {
        Assert.True(_decoder.TryDecode(Some.LedgerTransactionJson(("args", new { round = 7, holder = "did:x" })), _event, out _));

        Assert.Equal(7, _event.ArgNumber("round"u8));
        Assert.Equal("did:x"u8, _event.ArgText("holder"u8, stackalloc byte[16]));
        Assert.Equal("{\"round\":7,\"holder\":\"did:x\"}"u8, _event.Args.Span);
    }

    [Fact]
    public void Absent_arguments_have_no_members()
    {
        Assert.True(_decoder.TryDecode(Some.LedgerTransactionJson(("args", null)), _event, out _));

        Assert.Equal(0UL, _event.ArgKey("holder"u8));
        Assert.Equal(double.NaN, _event.ArgNumber("round"u8));
        Assert.False(_event.TrySeekArg("scope"u8, out _));
    }

    [Fact]
    public void A_gallery_stands_in_for_a_subject()
    {
        Assert.True(_decoder.TryDecode(Some.BiometricQueryJson(("subject", null), ("gallerySize", 2)), _event, out _));
    }

    [Theory]
    [InlineData("verify"), InlineData("identify"), InlineData("enroll"), InlineData("update")]
    [InlineData("export"), InlineData("decrypt"), InlineData("delete")]
    public void Every_operation_is_accepted(string operation) =>
        Assert.True(_decoder.TryDecode(Some.BiometricQueryJson(("operation", operation)), _event, out _));

    [Theory]
    [InlineData("match"), InlineData("no-match"), InlineData("error"), InlineData("denied")]
    public void Every_decision_is_accepted(string decision) =>
        Assert.True(_decoder.TryDecode(Some.BiometricQueryJson(("decision", decision)), _event, out _));

    [Fact]
    public void Decoding_allocates_nothing()
    {
        byte[][] records =
        [
            Some.LedgerTransactionJson(), Some.BiometricQueryJson(), Some.BiometricQueryJson(("device", "dev\n"[..3] + "\"14")),
            Some.LedgerTransactionJson(("schema", Some.Absent), ("unknown", new { one = 1 }), ("later", "x"),
                ("schema", "sentinel.ledger-transaction.v1")),
        ];
        foreach (var record in records)
            Assert.True(_decoder.TryDecode(record, _event, out _));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            foreach (var record in records)
                _decoder.TryDecode(record, _event, out _);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private string[] Texts(params TextField[] fields) => [.. fields.Select(_event.TextOf)];

    private double[] Numbers(params NumberField[] fields) => [.. fields.Select(_event.Number)];
}
