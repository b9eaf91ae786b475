using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace SentinelHealth.Response.Access;

/// <summary>An answer as an event of the monitor's own, so that it is scored, kept and shown like every other.</summary>
/// <param name="Id">Its identifier.</param>
/// <param name="Request">What was asked.</param>
/// <param name="Decision">What was answered.</param>
/// <param name="AskedBy">The gateway, by its token's name.</param>
/// <param name="RequestId">The gateway's own name for its request; empty when it has none.</param>
public sealed record AccessEvent(string Id, AccessRequest Request, AccessDecision Decision, string AskedBy, string RequestId)
{
    /// <summary>The contract such events name.</summary>
    public const string Contract = "AccessDecision";

    /// <summary>The node such events name: the monitor, not the node that was asked about.</summary>
    public const string Node = "system:access";

    /// <summary>The event in the native format, schema <c>sentinel.ledger-transaction.v1</c>, method <c>decideAccess</c>.</summary>
    public void WriteTo(IBufferWriter<byte> destination)
    {
        using var json = new Utf8JsonWriter(destination);
        json.WriteStartObject();
        json.WriteString("schema"u8, "sentinel.ledger-transaction.v1"u8);
        json.WriteString("id"u8, Id);
        json.WriteString("time"u8, Request.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        json.WriteString("node"u8, Node);
        json.WriteString("actor"u8, Request.Subject);
        Write(json, "actorRole"u8, Request.Role);
        Write(json, "organization"u8, Request.Organization);
        json.WriteString("contract"u8, Contract);
        json.WriteString("method"u8, "decideAccess"u8);
        json.WriteString("status"u8, Decision.IsPermitted ? "success"u8 : "reverted"u8);
        Write(json, "subject"u8, Request.Patient);
        Write(json, "purpose"u8, Request.Purpose);
        Write(json, "consentId"u8, Request.ConsentId);
        Write(json, "grantId"u8, Request.GrantId);
        WriteArgs(json);
        json.WriteEndObject();
    }

    private void WriteArgs(Utf8JsonWriter json)
    {
        json.WriteStartObject("args"u8);
        json.WriteString("decision"u8, Decision.IsPermitted ? "permit"u8 : Decision.NeedsStepUp ? "step-up"u8 : "deny"u8);
        json.WriteStartArray("reasons"u8);
        foreach (var name in AccessReasonNames.Of(Decision.Reasons))
            json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteNumber("risk"u8, Math.Round(Decision.Risk, 1));
        json.WriteString("action"u8, Request.Action);
        json.WriteString("resourceType"u8, Request.ResourceType);
        json.WriteString("resourceId"u8, Request.ResourceId);
        Write(json, "category"u8, Request.Category);
        Write(json, "node"u8, Request.Node);
        Write(json, "usesContract"u8, Request.Contract);
        Write(json, "askedBy"u8, AskedBy);
        Write(json, "requestId"u8, RequestId);
        if (Decision.NeedsReview)
            json.WriteBoolean("review"u8, true);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, string text)
    {
        if (text.Length > 0)
            json.WriteString(name, text);
    }
}
