using System.Text.Json;
using System.Text.Json.Nodes;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;

namespace SentinelHealth.Testing;

/// <summary>Arbitrary valid values for what a test does not care about; what it cares about it passes in.</summary>
public static class Some
{
    /// <summary>Given as a field's value, leaves the field out.</summary>
    public static readonly object Absent = new();

    /// <summary>A valid ledger transaction as UTF-8 JSON, with the given fields replaced or added.</summary>
    public static byte[] LedgerTransactionJson(params (string Name, object? Value)[] fields) => With(
        """
        {"schema":"sentinel.ledger-transaction.v1","id":"0x5f1c:3","time":"2026-11-02T08:14:03.120Z","chain":"consortium-1",
         "block":184223,"blockHash":"0xb10c","logIndex":3,"node":"node:hospital-a-1",
         "actor":"did:ethr:0x1212121212121212121212121212121212121212","actorRole":"clinician","organization":"hospital-a",
         "contract":"ConsentRegistry","method":"grantConsent","status":"success","gasUsed":48211,"subject":"patient:9f3c",
         "purpose":"TREAT","consentId":"c-81","grantId":null,"amount":null,
         "args":{"expiresAt":"2026-12-02T00:00:00Z","scope":["imaging"],
                 "grantee":"did:ethr:0x7777777777777777777777777777777777777777"}}
        """,
        fields);

    /// <summary>A valid biometric query as UTF-8 JSON, with the given fields replaced or added.</summary>
    public static byte[] BiometricQueryJson(params (string Name, object? Value)[] fields) => With(
        """
        {"schema":"sentinel.biometric-query.v1","id":"bq-7712","time":"2026-11-02T08:14:03.120Z","node":"node:hospital-a-1",
         "actor":"did:ethr:0x1212121212121212121212121212121212121212","actorRole":"nurse","organization":"hospital-a",
         "operation":"verify","modality":"face","subject":"patient:9f3c","gallerySize":1,"candidates":1,"matchScore":0.91,
         "threshold":0.82,"decision":"match","failureCode":null,"quality":0.8,"padScore":0.98,"padDecision":"pass",
         "probeHash":"b1946a","templateVersion":3,"device":"dev-14","deviceAttested":true,"client":"app-ehr","ip":"10.1.2.3",
         "country":"NL","session":"s-4","latencyMs":143,"purpose":"TREAT","consentId":"c-81","grantId":"g-5","ledgerTxId":"0x5f1c"}
        """,
        fields);

    /// <summary>A valid ledger transaction, decoded.</summary>
    public static SentinelEvent LedgerTransaction(params (string Name, object? Value)[] fields) =>
        Decoded(LedgerTransactionJson(fields));

    /// <summary>A valid biometric query, decoded.</summary>
    public static SentinelEvent BiometricQuery(params (string Name, object? Value)[] fields) =>
        Decoded(BiometricQueryJson(fields));

    /// <summary>An event from a record that must be valid.</summary>
    public static SentinelEvent Decoded(ReadOnlyMemory<byte> json)
    {
        var decoded = new SentinelEvent();
        if (!new NativeEventDecoder().TryDecode(json, decoded, out var rejection))
            throw new ArgumentException($"The record is not valid: {rejection}.", nameof(json));
        return decoded;
    }

    private static byte[] With(string json, (string Name, object? Value)[] fields)
    {
        var record = JsonNode.Parse(json)!.AsObject();
        foreach (var (name, value) in fields)
        {
            if (ReferenceEquals(value, Absent))
                record.Remove(name);
            else
                record[name] = value is JsonNode node ? node.DeepClone() : JsonSerializer.SerializeToNode(value);
        }
        return JsonSerializer.SerializeToUtf8Bytes(record, RelaxedJson);
    }

    // Native records are written without needless escapes, as producers do.
    private static readonly JsonSerializerOptions RelaxedJson = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
