using System.Globalization;
using System.Text.Json;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats.Records;

namespace SentinelHealth.Ingest.Formats.Fhir;

/// <summary>One AuditEvent as native events: one, or one for each patient it names.</summary>
internal static class AuditEventReader
{
    private const string BreakGlass = "BTG";

    /// <summary>Reads one audit event.</summary>
    /// <param name="audit">The resource, R4 or R5.</param>
    /// <param name="scope">Where it stands and where its events go.</param>
    /// <param name="requestEvents">How many audit events of the same record report the same request.</param>
    public static void Read(JsonElement audit, RecordScope scope, int requestEvents)
    {
        var isR5 = audit.Member("code").ValueKind == JsonValueKind.Object;
        var interaction = FhirInteraction.Of(audit);
        var agents = FhirAgents.Of(audit, interaction);
        var entities = FhirEntities.Of(audit);
        var draft = new NativeDraft(EventKind.LedgerTransaction, isR5 ? "fhir.r5.AuditEvent" : "fhir.r4.AuditEvent");
        Check(audit, draft, entities, isR5);
        draft.SetTime(audit.Text("recorded"), "recorded");
        draft[TextField.Contract] = "FhirAuditEvent";
        draft[TextField.Method] = interaction.Method;
        draft[TextField.Status] = StatusOf(audit, draft);
        FillWho(audit, draft, agents);
        FillWhy(audit, draft, agents, entities);
        FillArguments(audit, draft, interaction, agents, entities);
        if (requestEvents > 1 && interaction == FhirInteraction.Search)
        {
            // How many patients a search found tells a harvest from a look-up, and the others of it are only duplicates.
            draft[NumberField.Amount] = requestEvents;
            draft.Argument("patientsFound", requestEvents);
        }
        Emit(audit, scope, draft, entities, new AuditIdentity(audit, interaction, agents, entities, scope.FallbackId));
    }

    private static void Check(JsonElement audit, NativeDraft draft, FhirEntities entities, bool isR5)
    {
        draft.Require(isR5 || audit.Member("type").ValueKind == JsonValueKind.Object, "type");
        draft.Require(audit.Member("agent") is { ValueKind: JsonValueKind.Array } agents && agents.GetArrayLength() > 0, "agent");
        draft.Require(audit.Member("source").ValueKind == JsonValueKind.Object, "source");
        if (audit.Text("action") is { } action && action is not ("C" or "R" or "U" or "D" or "E"))
            draft.Refuse(RejectionReason.InvalidValue, "The member 'action' must be C, R, U, D or E.");
        if (entities.IsQueryBroken)
            draft.Refuse(RejectionReason.InvalidValue, "The member 'entity.query' is not base64.");
    }

    /// <summary>R4 counts in DICOM's steps; R5 has severities. No outcome means that nothing failed.</summary>
    private static string StatusOf(JsonElement audit, NativeDraft draft)
    {
        var outcome = audit.Member("outcome");
        var code = outcome.ValueKind == JsonValueKind.Object ? FhirCoding.First(outcome.Member("code")) : outcome.Text();
        draft.Argument("outcome", code);
        draft.Argument("outcomeText", audit.Text("outcomeDesc") ?? FhirCoding.First(outcome.Member("detail")));
        switch (code)
        {
            case null when !outcome.IsPresent():
            case "0" or "success" or "information":
                return "success";
            case "4" or "8" or "12" or "warning" or "error" or "fatal":
                return "reverted";
            default:
                draft.Refuse(RejectionReason.InvalidValue, "The member 'outcome' is not a code of audit-event-outcome.");
                return "reverted";
        }
    }

    private static void FillWho(JsonElement audit, NativeDraft draft, in FhirAgents agents)
    {
        var source = audit.Member("source");
        // The site is a text in R4 and a reference in R5.
        var site = source.Text("site") ?? FhirReference.System(source.Member("site"));
        var observer = FhirReference.System(source.Member("observer")) ?? site;
        draft.Require(observer is not null, "source.observer");
        // Never a node of the ledger: whoever may post audit events must not speak in a node's name.
        draft[TextField.Node] = $"system:{observer}";
        draft.Require(agents.ActorId is not null, "agent.who");
        draft[TextField.Actor] = agents.ActorId;
        draft[TextField.ActorRole] = agents.ActorRole;
        draft[TextField.Organization] = site;
    }

    private static void FillWhy(JsonElement audit, NativeDraft draft, in FhirAgents agents, FhirEntities entities)
    {
        var actor = agents.Actor;
        string[] ofEvent = ["purposeOfEvent", "authorization"], ofAgent = ["purposeOfUse", "authorization"];
        var stated = ofEvent.SelectMany(member => FhirCoding.Of(audit.Member(member)))
            .Concat(ofAgent.SelectMany(member => FhirCoding.Of(actor.Member(member)))).ToList();
        var reasons = stated.Where(coding => coding.System is null or FhirCoding.ActReason).Concat(stated)
            .Select(coding => coding.Code).ToList();
        // Emergency access outweighs every other purpose stated beside it: it is to be reviewed.
        draft[TextField.Purpose] = reasons.Contains(BreakGlass) ? BreakGlass : reasons.FirstOrDefault();
        draft[TextField.ConsentId] = entities.ConsentId;
    }

    private static void FillArguments(
        JsonElement audit, NativeDraft draft, FhirInteraction interaction, in FhirAgents agents, FhirEntities entities)
    {
        draft.Argument("interaction", interaction.Name);
        draft.Argument("recordId", entities.Records.FirstOrDefault());
        draft.Argument("resourceType", entities.Records.FirstOrDefault()?.Split('/')[0]);
        if (entities.Records.Count > 1)
            draft.Argument("records", entities.Records);
        draft.Argument("labels", entities.Labels);
        draft.Argument("query", entities.QueryText());
        draft.Argument("queryHash", entities.Query is { } query ? ContentKey.Of(query) : null);
        draft.Argument("client", agents.ClientId);
        draft.Argument("clientAddress", agents.ClientAddress);
        draft.Argument("server", agents.ServerId);
        draft.Argument("policies", agents.Actor.Items("policy").Select(policy => policy.Text()));
        draft.Argument("tokenId", entities.TokenId);
        draft.Argument("requestId", FhirEntities.RequestId(audit));
        draft.Argument("occurredAt", audit.Text("occurredDateTime") ?? audit.Member("occurredPeriod").Text("start"));
        draft.Argument("severity", audit.Text("severity"));
        draft.Argument("encounter", FhirReference.Relative(audit.Member("encounter")));
    }

    private static void Emit(
        JsonElement audit, RecordScope scope, NativeDraft draft, FhirEntities entities, AuditIdentity identity)
    {
        var original = OriginalRecord.Of(audit);
        var patients = entities.Patients;
        draft[TextField.Id] = identity.Of(patients.FirstOrDefault());
        draft[TextField.Subject] = patients.FirstOrDefault();
        scope.Emit(draft, original);
        var first = draft[TextField.Id]!;
        for (var i = 1; i < patients.Count && !scope.IsFull; i++)
        {
            draft[TextField.Id] = string.Create(CultureInfo.InvariantCulture, $"{first}#{i}");
            draft[TextField.Subject] = patients[i];
            scope.At(string.Create(CultureInfo.InvariantCulture, $"patient[{i}]")).Emit(draft, original.In(first));
        }
    }
}
