using System.Text.Json;
using System.Text.Json.Nodes;
using SentinelHealth.Response.Export;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Response.Search;

/// <summary>Makes documents of alerts with where people stand with them, in the names Kibana's alert pages read.</summary>
internal static class AlertDocument
{
    /// <summary>The document. Pure; O(alert).</summary>
    public static byte[] Of(TriagedAlert item)
    {
        var (alert, standing) = item;
        var document = EcsDocuments.Of(alert);
        document["kibana.alert.workflow_status"] = standing.Status switch
        {
            AlertStatus.Closed => "closed",
            AlertStatus.New => "open",
            _ => "acknowledged",
        };
        if (standing.CloseReason is { } reason)
            document["kibana.alert.workflow_reason"] = PublishedName.Of(reason);
        if (standing.Assignee.Length > 0)
            document["kibana.alert.workflow_assignee_ids"] = EcsDocuments.Texts([standing.Assignee]);
        var own = document[SearchMapping.Own]!.AsObject();
        own["status"] = PublishedName.Of(standing.Status);
        if (standing.CloseReason is { } closed)
            own["close_reason"] = PublishedName.Of(closed);
        if (standing.SuppressionId.Length > 0)
            own["suppression_id"] = standing.SuppressionId;
        if (standing.ChangedAt is { } changed)
            own["changed_at"] = EventDocument.Stamp(changed);
        own["revision"] = standing.Revision;
        own["note_count"] = standing.NoteCount;
        own["event_count"] = alert.EventCount;
        own["is_break_glass"] = alert.IsBreakGlass;
        own["about"] = new JsonObject { ["type"] = PublishedName.Of(alert.Entity.Type), ["id"] = alert.Entity.Id };
        own["entities"] = EcsDocuments.Texts(AlertFields.EntitiesOf(alert).Select(entity => entity.Id));
        return JsonSerializer.SerializeToUtf8Bytes(document);
    }
}
