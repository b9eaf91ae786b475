using System.Text;
using System.Text.Json.Nodes;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Formats;

/// <summary>Every reason for refusal, on both sides of its boundary.</summary>
public sealed class RejectionTests
{
    private static readonly string Ledger = Encoding.UTF8.GetString(Some.LedgerTransactionJson());

    [Theory]
    [InlineData(0, RejectionReason.None)]
    [InlineData(1, RejectionReason.TooLarge)]
    public void A_record_may_be_as_long_as_the_limit(int bytesOver, RejectionReason expected)
    {
        var limits = new DecoderLimits { RecordBytesMax = 2000 };

        Assert.Equal(expected, Reason(Ledger + new string(' ', 2000 - Ledger.Length + bytesOver), limits));
    }

    [Theory]
    [InlineData(32, RejectionReason.None)]
    [InlineData(33, RejectionReason.TooDeep)]
    [InlineData(10_000, RejectionReason.TooDeep)]
    public void Nesting_ends_at_the_limit(int levels, RejectionReason expected)
    {
        // The record itself is the first level.
        var arrays = Nested("[", "]", levels - 1);
        var objects = Nested("{\"x\":", "}", levels - 1, "1");

        Assert.Equal(expected, Reason(WithMember($"\"unknown\":{arrays}")));
        Assert.Equal(expected, Reason($"{{\"first\":{arrays},{Ledger[1..]}"));
        Assert.Equal(expected, Reason(Ledger.Replace("\"args\":{", $"\"args\":{objects},\"was\":{{", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(new byte[] { 0xC3, 0xA9 }, RejectionReason.None)]
    [InlineData(new byte[] { 0xC3, 0x28 }, RejectionReason.NotUtf8)]
    [InlineData(new byte[] { 0xFF }, RejectionReason.NotUtf8)]
    [InlineData(new byte[] { 0xC0, 0xAF }, RejectionReason.NotUtf8)]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 }, RejectionReason.NotUtf8)]
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 }, RejectionReason.NotUtf8)]
    public void Bytes_must_be_utf8_even_in_unknown_fields(byte[] text, RejectionReason expected)
    {
        var head = Encoding.UTF8.GetBytes(Ledger[..^1] + ",\"note\":\"");
        byte[] record = [.. head, .. text, (byte)'"', (byte)'}'];

        var rejection = Decode(record);

        Assert.Equal(expected, rejection.Reason);
        Assert.Equal(expected == RejectionReason.None ? 0 : head.Length, rejection.BytePosition);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("\"text\"")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{\"schema\"")]
    [InlineData("{\"schema\":\"sentinel.ledger-transaction.v1\",}")]
    [InlineData("{'schema':'sentinel.ledger-transaction.v1'}")]
    [InlineData("{schema:1}")]
    [InlineData("\uFEFF{}")]
    public void What_is_no_json_object_is_refused(string record) => Assert.Equal(RejectionReason.NotJson, Reason(record));

    [Fact]
    public void A_record_must_end_where_its_object_ends()
    {
        Assert.Equal(RejectionReason.None, Reason(Ledger + " \r\n\t"));
        Assert.Equal(RejectionReason.NotJson, Reason(Ledger + "x"));
        Assert.Equal(RejectionReason.NotJson, Reason(Ledger + Ledger));
        Assert.Equal(RejectionReason.NotJson, Reason(Ledger + "\0"));
    }

    [Fact]
    public void Every_prefix_of_a_record_is_refused()
    {
        for (var length = 0; length < Ledger.Length; length++)
            Assert.Equal(RejectionReason.NotJson, Reason(Ledger[..length]));
    }

    [Theory]
    [InlineData("\"id\":\"other\"", RejectionReason.DuplicateField)]
    [InlineData("\"id\":null", RejectionReason.DuplicateField)]
    [InlineData("\"\\u0069\\u0064\":\"other\"", RejectionReason.DuplicateField)]
    [InlineData("\"schema\":\"sentinel.ledger-transaction.v1\"", RejectionReason.DuplicateField)]
    [InlineData("\"time\":\"2026-11-02T08:14:03Z\"", RejectionReason.DuplicateField)]
    [InlineData("\"gasUsed\":1", RejectionReason.DuplicateField)]
    [InlineData("\"args\":{}", RejectionReason.DuplicateField)]
    [InlineData("\"Id\":\"other\"", RejectionReason.None)]
    [InlineData("\"future\":1,\"future\":2", RejectionReason.None)]
    public void A_known_field_may_appear_once(string member, RejectionReason expected) =>
        Assert.Equal(expected, Reason(WithMember(member)));

    [Theory]
    [InlineData("\"sentinel.ledger-transaction.v1\"", RejectionReason.None)]
    [InlineData("\"sentinel.ledger-transaction.v2\"", RejectionReason.UnknownSchema)]
    [InlineData("\"sentinel.ledger-transaction.v1 \"", RejectionReason.UnknownSchema)]
    [InlineData("\"Sentinel.ledger-transaction.v1\"", RejectionReason.UnknownSchema)]
    [InlineData("\"\"", RejectionReason.UnknownSchema)]
    [InlineData("null", RejectionReason.UnknownSchema)]
    [InlineData("1", RejectionReason.WrongType)]
    [InlineData("[\"sentinel.ledger-transaction.v1\"]", RejectionReason.WrongType)]
    public void The_schema_must_be_one_of_ours(string schema, RejectionReason expected) =>
        Assert.Equal(expected, Reason(Ledger.Replace("\"sentinel.ledger-transaction.v1\"", schema, StringComparison.Ordinal)));

    [Fact]
    public void A_record_without_a_schema_is_refused() =>
        Assert.Equal(RejectionReason.UnknownSchema, Reason(Some.LedgerTransactionJson(("schema", Some.Absent))));

    [Theory]
    [InlineData("id"), InlineData("time"), InlineData("node"), InlineData("actor")]
    [InlineData("contract"), InlineData("method"), InlineData("status")]
    public void A_ledger_transaction_needs(string field) => AssertRequired(field, Some.LedgerTransactionJson);

    [Theory]
    [InlineData("id"), InlineData("time"), InlineData("node"), InlineData("actor"), InlineData("operation"), InlineData("decision")]
    public void A_biometric_query_needs(string field) => AssertRequired(field, Some.BiometricQueryJson);

    [Theory]
    [InlineData("chain"), InlineData("block"), InlineData("blockHash"), InlineData("logIndex"), InlineData("actorRole")]
    [InlineData("organization"), InlineData("gasUsed"), InlineData("subject"), InlineData("purpose"), InlineData("consentId")]
    [InlineData("grantId"), InlineData("amount"), InlineData("args")]
    public void A_ledger_transaction_does_not_need(string field) =>
        Assert.Equal(RejectionReason.None, Reason(Some.LedgerTransactionJson((field, Some.Absent))));

    [Theory]
    [InlineData(null, RejectionReason.MissingField)]
    [InlineData(1.0, RejectionReason.MissingField)]
    [InlineData(1.5, RejectionReason.None)]
    [InlineData(2.0, RejectionReason.None)]
    public void A_biometric_query_without_a_subject_needs_a_gallery(double? gallerySize, RejectionReason expected) =>
        Assert.Equal(expected, Reason(Some.BiometricQueryJson(("subject", null), ("gallerySize", gallerySize))));

    [Theory]
    [InlineData("id", 7), InlineData("id", true), InlineData("actor", new[] { "a" }), InlineData("subject", 1.5)]
    [InlineData("time", 1762071243), InlineData("block", "184223"), InlineData("gasUsed", true), InlineData("amount", "1")]
    [InlineData("args", "text"), InlineData("args", new[] { 1 }), InlineData("args", 3), InlineData("status", false)]
    public void A_field_of_the_wrong_type_is_refused_by_name(string field, object value)
    {
        var rejection = Decode(Some.LedgerTransactionJson((field, value)));

        Assert.Equal(RejectionReason.WrongType, rejection.Reason);
        Assert.Contains($"'{field}'", rejection.Detail, StringComparison.Ordinal);
        Assert.True(rejection.BytePosition > 0);
    }

    [Theory]
    [InlineData("true", RejectionReason.None), InlineData("false", RejectionReason.None)]
    [InlineData("\"true\"", RejectionReason.WrongType), InlineData("1", RejectionReason.WrongType)]
    public void Attestation_is_true_or_false(string value, RejectionReason expected) =>
        Assert.Equal(expected, Reason(Some.BiometricQueryJson(("deviceAttested", JsonNode.Parse(value)))));

    [Theory]
    [InlineData("1.7976931348623157e308", RejectionReason.None)]
    [InlineData("-12", RejectionReason.None)]
    [InlineData("115792089237316195423570985008687907853269984665640564039457584007913129639935", RejectionReason.None)]
    [InlineData("1e999", RejectionReason.InvalidValue)]
    [InlineData("-1e309", RejectionReason.InvalidValue)]
    [InlineData("NaN", RejectionReason.NotJson)]
    [InlineData("012", RejectionReason.NotJson)]
    [InlineData("+1", RejectionReason.NotJson)]
    [InlineData("0x10", RejectionReason.NotJson)]
    public void Numbers_must_be_finite(string number, RejectionReason expected) =>
        Assert.Equal(expected, Reason(Ledger.Replace("48211", number, StringComparison.Ordinal)));

    [Theory]
    [InlineData(512, RejectionReason.None)]
    [InlineData(513, RejectionReason.InvalidValue)]
    [InlineData(100_000, RejectionReason.InvalidValue)]
    public void A_text_may_be_as_long_as_the_limit(int length, RejectionReason expected)
    {
        var plain = new string('a', length);
        var escaped = string.Concat(Enumerable.Repeat("\\u0061", length));

        Assert.Equal(expected, Reason(Ledger.Replace("0x5f1c:3", plain, StringComparison.Ordinal)));
        Assert.Equal(expected, Reason(Ledger.Replace("0x5f1c:3", escaped, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(" ", RejectionReason.None), InlineData("~", RejectionReason.None), InlineData("é", RejectionReason.None)]
    [InlineData("\\u00a0", RejectionReason.None), InlineData("\\ud83d\\ude00", RejectionReason.None)]
    [InlineData("\\u0000", RejectionReason.InvalidValue), InlineData("\\n", RejectionReason.InvalidValue)]
    [InlineData("\\u001f", RejectionReason.InvalidValue), InlineData("\u007f", RejectionReason.InvalidValue)]
    [InlineData("\u0085", RejectionReason.InvalidValue), InlineData("\\u2028", RejectionReason.InvalidValue)]
    [InlineData("\u202e", RejectionReason.InvalidValue), InlineData("\u0001", RejectionReason.NotJson)]
    public void Identifiers_hold_no_control_characters(string character, RejectionReason expected) =>
        Assert.Equal(expected, Reason(Ledger.Replace("patient:9f3c", "patient:" + character, StringComparison.Ordinal)));

    [Theory]
    [InlineData("\\ud83d\\ude00", RejectionReason.None)]
    [InlineData("\\\\ud83d", RejectionReason.None)]
    [InlineData("\\ud83d", RejectionReason.InvalidValue)]
    [InlineData("\\ude00", RejectionReason.InvalidValue)]
    [InlineData("\\uD83D\\u0041", RejectionReason.InvalidValue)]
    [InlineData("\\ud83d\\ud83d\\ude00", RejectionReason.InvalidValue)]
    [InlineData("\\\\\\ud83d", RejectionReason.InvalidValue)]
    public void Half_a_surrogate_pair_is_refused_wherever_it_stands(string text, RejectionReason expected)
    {
        Assert.Equal(expected, Reason(Ledger.Replace("0x5f1c:3", "0x" + text, StringComparison.Ordinal)));
        Assert.Equal(expected, Reason(WithMember($"\"unknown\":\"{text}\"")));
        Assert.Equal(expected, Reason(WithMember($"\"{text}\":1")));
    }

    [Theory]
    [InlineData("status", "Success"), InlineData("status", "ok")]
    public void A_ledger_value_outside_its_set_is_refused(string field, string value) =>
        Assert.Equal(RejectionReason.InvalidValue, Reason(Some.LedgerTransactionJson((field, value))));

    [Theory]
    [InlineData("operation", "Verify"), InlineData("operation", "read"), InlineData("decision", "no match"), InlineData("decision", "")]
    public void A_biometric_value_outside_its_set_is_refused(string field, string value) =>
        Assert.Equal(RejectionReason.InvalidValue, Reason(Some.BiometricQueryJson((field, value))));

    [Fact]
    public void A_rejection_never_quotes_the_record()
    {
        foreach (var field in new[] { "id", "time", "status", "schema" })
        {
            var rejection = Decode(Some.LedgerTransactionJson((field, "patient-name\u0001")));

            Assert.NotEqual(RejectionReason.None, rejection.Reason);
            Assert.DoesNotContain("patient-name", rejection.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Limits_out_of_range_are_refused_at_construction() =>
        Assert.Throws<System.ComponentModel.DataAnnotations.ValidationException>(
            () => new NativeEventDecoder(new DecoderLimits { DepthMax = 65 }));

    private static void AssertRequired(string field, Func<(string, object?)[], byte[]> record)
    {
        var missing = Decode(record([(field, Some.Absent)]));

        Assert.Equal(RejectionReason.MissingField, missing.Reason);
        Assert.Contains($"'{field}'", missing.Detail, StringComparison.Ordinal);
        Assert.Equal(RejectionReason.MissingField, Reason(record([(field, null)])));
        Assert.Equal(RejectionReason.InvalidValue, Reason(record([(field, "")])));
        Assert.Equal(RejectionReason.None, Reason(record([])));
    }

    private static string Nested(string open, string close, int levels, string inner = "") =>
        string.Concat(Enumerable.Repeat(open, levels)) + inner + string.Concat(Enumerable.Repeat(close, levels));

    private static string WithMember(string member) => Ledger[..^1] + "," + member + "}";

    private static RejectionReason Reason(string record, DecoderLimits? limits = null) =>
        Reason(Encoding.UTF8.GetBytes(record), limits);

    private static RejectionReason Reason(byte[] record, DecoderLimits? limits = null) => Decode(record, limits).Reason;

    private static Rejection Decode(byte[] record, DecoderLimits? limits = null)
    {
        var decoded = new NativeEventDecoder(limits ?? new()).TryDecode(record, new SentinelEvent(), out var rejection);
        Assert.Equal(decoded, rejection.Reason == RejectionReason.None);
        return rejection;
    }
}
