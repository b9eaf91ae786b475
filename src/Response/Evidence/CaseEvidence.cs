using System.Text;
using System.Text.Json;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Approvals;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Evidence;

/// <summary>The events of one scored batch, as evidence: every one can be proven later by whoever still has it.</summary>
/// <param name="Partition">The partition of the event log.</param>
/// <param name="From">First offset.</param>
/// <param name="To">Last offset.</param>
/// <param name="Count">Entries.</param>
/// <param name="Root">Root of the Merkle tree over the raw entries in their order, 0x-hex.</param>
public sealed record BatchEvidence(int Partition, long From, long To, long Count, string Root);

/// <summary>What a commit or a change of an action enters into the evidence log. Pure.</summary>
public static class CaseEvidence
{
    /// <summary>What a commit enters, in the order of cause and effect: events, versions, scores, policy.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="isNewEvent">Whether an event was not entered before.</param>
    /// <param name="at">When it is entered.</param>
    public static IReadOnlyList<EvidenceDraft> Of(CaseCommit commit, Func<string, bool> isNewEvent, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(commit);
        ArgumentNullException.ThrowIfNull(isNewEvent);
        var drafts = new List<EvidenceDraft>();
        if (commit.Versions is { } versions)
            drafts.Add(new EvidenceDraft(EvidenceKind.Versions, "", at, versions));
        foreach (var item in commit.Events.Where(item => isNewEvent(item.EventId)))
            drafts.Add(new EvidenceDraft(EvidenceKind.Event, item.EventId, at, BodyOf(item)) { Subject = SubjectOf(item.Json) });
        if (commit.Batch is { } batch)
            drafts.Add(new EvidenceDraft(
                EvidenceKind.Batch, FormattableString.Invariant($"{batch.Partition}@{batch.From}-{batch.To}"), at, Canonical(batch)));
        foreach (var alert in commit.Alerts)
            drafts.Add(new EvidenceDraft(EvidenceKind.Alert, alert.Id, at, Canonical(alert)) { IncidentId = alert.IncidentId });
        foreach (var incident in commit.RevisedIncidents.Concat(commit.Incidents))
            drafts.Add(new EvidenceDraft(EvidenceKind.Incident, incident.Id, at, Canonical(incident))
            {
                IncidentId = incident.Id,
            });
        var incidentsSeen = commit.Actions.DistinctBy(planned => planned.Action.EvidenceHash)
            .ToDictionary(planned => planned.Action.EvidenceHash, planned => planned.Action.IncidentId, StringComparer.Ordinal);
        foreach (var seen in commit.Evidence.DistinctBy(evidence => evidence.Hash))
            drafts.Add(new EvidenceDraft(EvidenceKind.Seen, seen.Hash, at, seen.Canonical)
            {
                IncidentId = incidentsSeen.GetValueOrDefault(seen.Hash, ""),
            });
        foreach (var planned in commit.Actions)
            drafts.Add(new EvidenceDraft(EvidenceKind.Decision, planned.Action.Key, at, Canonical(planned))
            {
                IncidentId = planned.Action.IncidentId,
            });
        foreach (var refusal in commit.Refusals)
            drafts.Add(OfRefusal(refusal, at));
        return drafts;
    }

    /// <summary>What a change of an action enters.</summary>
    public static IReadOnlyList<EvidenceDraft> Of(ActionChange change, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(change);
        var drafts = new List<EvidenceDraft>();
        var (before, after) = (change.Before, change.After);
        foreach (var (step, approval) in AllApprovals(after).Except(AllApprovals(before)))
            drafts.Add(Of(EvidenceKind.Approval, change, at, new { approval, step = step.ToString() }));
        var isReceipt = before.Action.TransactionId != after.Action.TransactionId
            || before.Action.ReversalTransactionId != after.Action.ReversalTransactionId;
        if (isReceipt || change.Detail.Length > 0 || before.Action.State != after.Action.State)
            drafts.Add(Of<object?>(isReceipt ? EvidenceKind.Receipt : EvidenceKind.Step, change, at, null));
        if (change.Refusal is { } refusal)
            drafts.Add(OfRefusal(refusal, at));
        return drafts;
    }

    /// <summary>What a person did, or what a program did for one.</summary>
    /// <param name="kind">One of <see cref="EvidenceKind"/>.</param>
    /// <param name="key">What it is about.</param>
    /// <param name="at">When.</param>
    /// <param name="body">Written as canonical JSON.</param>
    public static EvidenceDraft Act<T>(string kind, string key, DateTimeOffset at, T body) => new(kind, key, at, Canonical(body));

    /// <summary>Open ones and used ones: an approval that completes an order is never open.</summary>
    private static IEnumerable<UsedApproval> AllApprovals(StoredAction action) =>
        action.Approvals.Select(approval => new UsedApproval(ApprovedStep.Contain, approval))
            .Concat(action.ReversalApprovals.Select(approval => new UsedApproval(ApprovedStep.Reverse, approval)))
            .Concat(action.RenewalApprovals.Select(approval => new UsedApproval(ApprovedStep.Renew, approval)))
            .Concat(action.UsedApprovals);

    private static EvidenceDraft OfRefusal(GuardrailRefusal refusal, DateTimeOffset at) =>
        new(EvidenceKind.Refusal, refusal.Guardrail, at, Canonical(refusal)) { IncidentId = refusal.IncidentId };

    private static EvidenceDraft Of<T>(string kind, ActionChange change, DateTimeOffset at, T said) =>
        new(kind, change.After.Action.Key, at, Canonical(new
        {
            action = change.After.Action,
            by = change.By,
            detail = change.Detail,
            requestedBy = change.After.RequestedBy,
            said,
        }))
        {
            IncidentId = change.After.Action.IncidentId,
        };

    /// <summary>The record exactly as received, inside one JSON object, so that not a byte of it is lost to reading and writing.</summary>
    private static byte[] BodyOf(EventEvidence item) => Canonical(new { id = item.EventId, record = item.Json });

    /// <summary>The person whose data an event is about; empty when it names none.</summary>
    public static string SubjectOf(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueTextEquals("subject"u8))
                    return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() ?? "" : "";
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return "";
        }
        return "";
    }

    private static byte[] Canonical<T>(T value) => CanonicalJson.Of(value, AlertJson.Options);
}
