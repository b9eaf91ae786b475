using System.Globalization;
using System.Text.Json;
using SentinelHealth.Ingest.Formats.Records;

namespace SentinelHealth.Ingest.Formats.Fhir;

/// <summary>Gives an audit event the identifier by which repeated reports of one act are recognized.</summary>
/// <remarks>
/// A search is reported once for each patient it found, all with the request's X-Request-Id: they are one act. The identifier covers
/// the actor, the query and the minute as well, because a client chooses its request identifiers: one that always sends the same must
/// not make all its later requests duplicates of the first. ADR 0014.
/// </remarks>
internal sealed class AuditIdentity(
    JsonElement audit, FhirInteraction interaction, FhirAgents agents, FhirEntities entities, string? fallbackId)
{
    private const int MinuteCharacters = 16; // 2026-11-21T07:00

    /// <summary>The identifier.</summary>
    /// <param name="subject">The patient, who distinguishes acts other than searches.</param>
    public string Of(string? subject)
    {
        var recorded = audit.Text("recorded") ?? string.Empty;
        if (FhirEntities.RequestId(audit) is { } request)
        {
            var minute = recorded.Length >= MinuteCharacters ? recorded[..MinuteCharacters] : recorded;
            var act = interaction == FhirInteraction.Search
                ? ContentKey.Of(interaction.Name, agents.ActorId, minute, Query, Outcome)
                : ContentKey.Of(interaction.Name, agents.ActorId, minute, subject, Records, Outcome);
            return $"request:{request}:{act}";
        }
        if (audit.Text("id") is { } id)
        {
            // The content too: a sender that numbers carelessly must not lose events.
            var act = ContentKey.Of(interaction.Name, agents.ActorId, recorded, subject, Records, Query, Outcome);
            return $"AuditEvent/{id}:{act}";
        }
        return fallbackId ?? $"fhir:{ContentKey.Of(JsonReading.Raw(audit).Span)}";
    }

    private string? Query => entities.Query is { } query ? Convert.ToBase64String(query) : null;

    private string Records => string.Join('\n', entities.Records);

    private string? Outcome => audit.Member("outcome").ValueKind == JsonValueKind.Object
        ? FhirCoding.First(audit.Member("outcome", "code"))
        : audit.Member("outcome").Text() is { } code ? code.ToString(CultureInfo.InvariantCulture) : null;
}
