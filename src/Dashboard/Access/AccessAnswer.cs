using System.Text.Json;
using SentinelHealth.Response.Access;

namespace SentinelHealth.Dashboard.Access;

/// <summary>Writes answers as the specification shapes them; what is ours stands in their <c>context</c>.</summary>
internal static class AccessAnswer
{
    public static void Write(Utf8JsonWriter json, string id, in AccessDecision decision, AccessOptions options)
    {
        json.WriteStartObject();
        json.WriteBoolean("decision"u8, decision.IsPermitted);
        json.WriteStartObject("context"u8);
        json.WriteString("id"u8, id);
        json.WriteString("reason"u8, AccessReasonNames.SentenceOf(decision.Reasons));
        json.WriteStartArray("reasons"u8);
        foreach (var name in AccessReasonNames.Of(decision.Reasons))
            json.WriteStringValue(name);
        json.WriteEndArray();
        if (decision.NeedsStepUp || decision.NeedsReview)
            WriteObligations(json, decision, options);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>What is wrong with one question of several: it counts as denied.</summary>
    public static void WriteError(Utf8JsonWriter json, int status, string message)
    {
        json.WriteStartObject();
        json.WriteBoolean("decision"u8, false);
        json.WriteStartObject("context"u8);
        json.WriteStartObject("error"u8);
        json.WriteNumber("status"u8, status);
        json.WriteString("message"u8, message);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteObligations(Utf8JsonWriter json, in AccessDecision decision, AccessOptions options)
    {
        json.WriteStartArray("obligations"u8);
        json.WriteStartObject();
        if (decision.NeedsStepUp)
        {
            json.WriteString("id"u8, "step_up"u8);
            json.WriteStartArray("acr_values"u8);
            foreach (var name in options.StrongClasses)
                json.WriteStringValue(name);
            json.WriteEndArray();
            json.WriteNumber("max_age"u8, (long)options.StepUpLasts.TotalSeconds);
        }
        else
        {
            json.WriteString("id"u8, "review"u8);
        }
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
