using System.Globalization;
using System.Text;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats.Records;

namespace SentinelHealth.Ingest.Formats.Dicom;

/// <summary>One audit message as native events: one, or one for each patient it names.</summary>
internal static class DicomAuditReader
{
    private const string PersonType = "1", PatientRole = "1", SourceRole = "110153", DestinationRole = "110152";
    private const string ApplicationActivity = "110100", AuditLogUsed = "110101";

    private static readonly Dictionary<string, string> Methods = new(StringComparer.Ordinal)
    {
        [ApplicationActivity] = "applicationActivity",
        [AuditLogUsed] = "auditLogUsed",
        ["110103"] = "recordAccess",
        ["110106"] = "recordAccess",
        ["110107"] = "importRecord",
        ["110112"] = "recordAccess",
        ["110113"] = "securityAlert",
    };

    private static readonly Dictionary<string, string> MethodsByAction = new(StringComparer.Ordinal)
    {
        ["C"] = "createRecord",
        ["R"] = "recordAccess",
        ["U"] = "updateRecord",
        ["D"] = "deleteRecord",
        ["E"] = "executeOperation",
    };

    public static void Read(DicomElement message, ReadOnlyMemory<byte> bytes, RecordScope scope)
    {
        var identification = message.Child("EventIdentification");
        var participants = message.Children("ActiveParticipant").ToList();
        var objects = message.Children("ParticipantObjectIdentification").ToList();
        var draft = new NativeDraft(EventKind.LedgerTransaction, "dicom.AuditMessage");
        draft.Require(identification.IsPresent, "EventIdentification");
        draft.Require(identification.Child("EventID").Code is not null, "EventID@csd-code");
        draft.SetTime(identification.Attribute("EventDateTime"), "EventDateTime");
        draft[TextField.Contract] = "DicomAudit";
        draft[TextField.Method] = MethodOf(identification);
        draft[TextField.Status] = StatusOf(identification, draft);
        draft[TextField.Purpose] = PurposeOf(identification);
        FillWho(message, participants, draft);
        FillArguments(identification, participants, objects, draft);
        var patients = objects.Where(IsPatient).Select(PatientId).OfType<string>().Distinct(StringComparer.Ordinal);
        Emit(bytes, scope, draft, [.. patients]);
    }

    private static string MethodOf(DicomElement identification)
    {
        var code = identification.Child("EventID").Code ?? string.Empty;
        var action = identification.Attribute("EventActionCode") ?? string.Empty;
        if (code == "110114")
            return identification.Children("EventTypeCode").Any(type => type.Code == "110123") ? "logout" : "login";
        // A patient record event says by its action what was done to the record.
        return Methods.GetValueOrDefault(code) ?? MethodsByAction.GetValueOrDefault(action, "otherActivity");
    }

    private static string StatusOf(DicomElement identification, NativeDraft draft)
    {
        var outcome = identification.Attribute("EventOutcomeIndicator");
        draft.Argument("outcome", outcome);
        draft.Require(outcome is not null, "EventOutcomeIndicator");
        if (outcome is not (null or "0" or "4" or "8" or "12"))
            draft.Refuse(RejectionReason.InvalidValue, "The attribute 'EventOutcomeIndicator' must be 0, 4, 8 or 12.");
        return outcome == "0" ? "success" : "reverted";
    }

    private static string? PurposeOf(DicomElement identification)
    {
        var stated = identification.Children("PurposeOfUse").Select(purpose => purpose.Code).OfType<string>().ToList();
        return stated.Contains("BTG") ? "BTG" : stated.FirstOrDefault();
    }

    private static void FillWho(DicomElement message, List<DicomElement> participants, NativeDraft draft)
    {
        var source = message.Child("AuditSourceIdentification");
        draft.Require(source.Attribute("AuditSourceID") is not null, "AuditSourceIdentification@AuditSourceID");
        draft[TextField.Node] = $"system:{source.Attribute("AuditSourceID")}";
        draft[TextField.Organization] = source.Attribute("AuditEnterpriseSiteID");
        var requestors = participants.Where(IsRequestor).ToList();
        // People are requestors without a part in the transfer of the data.
        var actor = requestors.Where(one => RoleOf(one) is not (SourceRole or DestinationRole))
            .Concat(requestors).Concat(participants)
            .FirstOrDefault(one => one.Attribute("UserID") is not null);
        var user = actor.Attribute("UserID");
        draft.Require(user is not null, "ActiveParticipant@UserID");
        draft[TextField.Actor] = user is null || user.Contains(':', StringComparison.Ordinal) ? user : $"user:{user}";
        draft[TextField.ActorRole] = actor.IsPresent ? RoleOf(actor) : null;
    }

    private static void FillArguments(
        DicomElement identification, List<DicomElement> participants, List<DicomElement> objects, NativeDraft draft)
    {
        draft.Argument("eventId", identification.Child("EventID").Code);
        draft.Argument("eventTypes", identification.Children("EventTypeCode").Select(type => type.Code));
        var requestor = participants.FirstOrDefault(IsRequestor);
        draft.Argument("clientAddress", requestor.Attribute("NetworkAccessPointID"));
        var records = objects.Where(one => !IsPatient(one)).Select(one => one.Attribute("ParticipantObjectID")).OfType<string>().ToList();
        draft.Argument("recordId", records.FirstOrDefault());
        if (records.Count > 1)
            draft.Argument("records", records);
        draft.Argument("labels", objects.Select(one => one.Attribute("ParticipantObjectSensitivity")));
        var query = objects.Select(one => one.Text("ParticipantObjectQuery")).FirstOrDefault(text => text is not null);
        if (query is null)
            return;
        var buffer = new byte[(query.Length / 4 * 3) + 3];
        if (!Convert.TryFromBase64String(query, buffer, out var written))
            draft.Refuse(RejectionReason.InvalidValue, "The element 'ParticipantObjectQuery' is not base64.");
        draft.Argument("queryHash", ContentKey.Of(buffer.AsSpan(0, written)));
        draft.Argument("query", Printable(buffer.AsSpan(0, written)));
    }

    private static void Emit(ReadOnlyMemory<byte> bytes, RecordScope scope, NativeDraft draft, List<string> patients)
    {
        var original = OriginalRecord.OfText(bytes);
        // Audit messages have no identifier of their own.
        var id = scope.FallbackId ?? $"dicom:{ContentKey.Of(bytes.Span)}";
        draft[TextField.Id] = id;
        draft[TextField.Subject] = patients.FirstOrDefault();
        scope.Emit(draft, original);
        for (var i = 1; i < patients.Count && !scope.IsFull; i++)
        {
            draft[TextField.Id] = string.Create(CultureInfo.InvariantCulture, $"{id}#{i}");
            draft[TextField.Subject] = patients[i];
            scope.At(string.Create(CultureInfo.InvariantCulture, $"patient[{i}]")).Emit(draft, original.In(id));
        }
    }

    private static bool IsRequestor(DicomElement participant) =>
        participant.Attribute("UserIsRequestor")?.Equals("true", StringComparison.OrdinalIgnoreCase) ?? true;

    private static string? RoleOf(DicomElement participant) => participant.Child("RoleIDCode").Code;

    private static bool IsPatient(DicomElement one) => one.Attribute("ParticipantObjectTypeCode") == PersonType
        && one.Attribute("ParticipantObjectTypeCodeRole") == PatientRole;

    /// <summary>The number alone of an HL7 identifier <c>number^^^authority</c>.</summary>
    private static string? PatientId(DicomElement one) =>
        one.Attribute("ParticipantObjectID")?.Split('^')[0] is { Length: > 0 } id
            ? (id.StartsWith("patient:", StringComparison.Ordinal) ? id : $"patient:{id}") : null;

    private static string? Printable(ReadOnlySpan<byte> query) =>
        System.Text.Unicode.Utf8.IsValid(query) && !TextRules.HasControl(query) ? Encoding.UTF8.GetString(query) : null;
}
