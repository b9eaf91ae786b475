using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Response.Ledgers;

/// <summary>Who wrote an entry. Automation can only contain, people restore, the operator sets rules.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LedgerRole>))]
internal enum LedgerRole
{
    [JsonStringEnumMemberName("automation")] Automation,
    [JsonStringEnumMemberName("restorer")] Restorer,
    [JsonStringEnumMemberName("operator")] Operator,
    [JsonStringEnumMemberName("recorder")] Recorder,
}

/// <summary>One restorer's signature.</summary>
/// <param name="Key">The public key, as <see cref="LedgerEntry.Restorers"/> has it.</param>
/// <param name="Signature">ECDSA P-256 over the entry's consent message.</param>
internal sealed record LedgerConsent(string Key, string Signature);

/// <summary>The content of one block of the embedded ledger: a containment, its inverse, a change of rules, or a root of an evidence log.</summary>
internal sealed record LedgerEntry
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public required long Number { get; init; }

    public required DateTimeOffset At { get; init; }

    public required LedgerRole Role { get; init; }

    /// <summary>A person for a restore, empty for automation.</summary>
    public string OrderedBy { get; init; } = "";

    /// <summary>The order of a containment or a restore; null for a change of rules.</summary>
    public LedgerOrder? Order { get; init; }

    /// <summary>The new rules; null for anything else.</summary>
    public EmbeddedLedgerRules? Rules { get; init; }

    /// <summary>The end a containment was given anew; null for anything else.</summary>
    public DateTimeOffset? RenewedUntil { get; init; }

    /// <summary>The public keys of those who restore, from this block on, as SubjectPublicKeyInfo in base64; null when they stay.</summary>
    public IReadOnlyList<string>? Restorers { get; init; }

    /// <summary>Both restorers' signatures of what this entry does, in base64; null for what takes none.</summary>
    public IReadOnlyList<LedgerConsent>? Consents { get; init; }

    /// <summary>A root of an evidence log; null for anything else.</summary>
    public EvidenceAnchor? Anchor { get; init; }

    /// <summary>What the two restorers sign: who orders what about which containment, and until when.</summary>
    public byte[] ConsentMessage() => SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
        new { Purpose = "restorer", Order!.Key, Order.Kind, Order.Target, Order.EvidenceHash, OrderedBy, RenewedUntil }, Json));

    [JsonIgnore]
    public bool IsContainment => Role == LedgerRole.Automation && Order is not null;

    public DateTimeOffset? ExpiresAt => IsContainment ? At + Order!.Ttl : null;

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <exception cref="JsonException">The bytes are not an entry.</exception>
    public static LedgerEntry FromBytes(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize<LedgerEntry>(bytes, Json) ?? throw new JsonException("The entry is null.");
}
