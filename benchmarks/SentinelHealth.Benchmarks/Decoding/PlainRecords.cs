using System.Text.Json;
using System.Text.Json.Serialization;

namespace SentinelHealth.Benchmarks.Decoding;

/// <summary>What both kinds of record have.</summary>
internal abstract class PlainRecord
{
    public string? Schema { get; set; }
    public string? Id { get; set; }
    public DateTimeOffset Time { get; set; }
    public string? Node { get; set; }
    public string? Actor { get; set; }
    public string? ActorRole { get; set; }
    public string? Organization { get; set; }
    public string? Subject { get; set; }
    public string? Purpose { get; set; }
    public string? ConsentId { get; set; }
    public string? GrantId { get; set; }
}

/// <summary>A ledger transaction as one would write it down for a serializer.</summary>
internal sealed class PlainLedgerTransaction : PlainRecord
{
    public string? Chain { get; set; }
    public double? Block { get; set; }
    public string? BlockHash { get; set; }
    public double? LogIndex { get; set; }
    public string? Contract { get; set; }
    public string? Method { get; set; }
    public string? Status { get; set; }
    public double? GasUsed { get; set; }
    public double? Amount { get; set; }
    public JsonElement? Args { get; set; }
}

/// <summary>A biometric query as one would write it down for a serializer.</summary>
internal sealed class PlainBiometricQuery : PlainRecord
{
    public string? Operation { get; set; }
    public string? Modality { get; set; }
    public double? GallerySize { get; set; }
    public double? Candidates { get; set; }
    public double? MatchScore { get; set; }
    public double? Threshold { get; set; }
    public string? Decision { get; set; }
    public string? FailureCode { get; set; }
    public double? Quality { get; set; }
    public double? PadScore { get; set; }
    public string? PadDecision { get; set; }
    public string? ProbeHash { get; set; }
    public double? TemplateVersion { get; set; }
    public string? Device { get; set; }
    public bool? DeviceAttested { get; set; }
    public string? Client { get; set; }
    public string? Ip { get; set; }
    public string? Country { get; set; }
    public string? Session { get; set; }
    public string? LedgerTxId { get; set; }
    public double? LatencyMs { get; set; }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(PlainLedgerTransaction))]
[JsonSerializable(typeof(PlainBiometricQuery))]
internal sealed partial class PlainRecords : JsonSerializerContext;
