using System.Globalization;
using System.Text.Json;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats.Records;

namespace SentinelHealth.Ingest.Formats.Ocsf;

/// <summary>OCSF 1.8 events of the four classes that concern access: API, datastore, authentication and user access management.</summary>
internal sealed class OcsfFormat : IRecordFormat
{
    public bool Recognizes(JsonElement record) => record.Member("class_uid").ValueKind == JsonValueKind.Number;

    public void Read(JsonElement record, RecordScope scope)
    {
        var classUid = record.Member("class_uid").Whole();
        if (classUid is { } known && OcsfClass.Of(known) is { } ocsfClass)
        {
            Read(record, ocsfClass, scope);
            return;
        }
        scope.Refuse(
            new(RejectionReason.UnknownSchema, "The OCSF class is not one of 6003, 6005, 3002 and 3005.", -1), JsonReading.Raw(record));
    }

    private static void Read(JsonElement record, OcsfClass ocsfClass, RecordScope scope)
    {
        var activity = record.Member("activity_id").Whole() ?? -1;
        var isBiometric = ocsfClass.Uid == OcsfClass.Authentication && OcsfBiometrics.IsVerification(record, activity);
        var draft = new NativeDraft(
            isBiometric ? EventKind.BiometricQuery : EventKind.LedgerTransaction,
            string.Create(CultureInfo.InvariantCulture, $"ocsf.{ocsfClass.Uid}"));
        CheckBase(record, draft, ocsfClass, activity);
        draft[TextField.Id] = record.Member("metadata").Text("uid") is { } uid
            ? $"ocsf:{uid}" : scope.FallbackId ?? $"ocsf:{ContentKey.Of(JsonReading.Raw(record).Span)}";
        OcsfParticipants.Fill(record, draft, ocsfClass);
        if (isBiometric)
            OcsfBiometrics.Fill(record, draft);
        else
            FillAct(record, draft, ocsfClass, activity);
        Emit(record, draft, isBiometric ? [] : OcsfResource.All(record, ocsfClass), scope);
    }

    private static void CheckBase(JsonElement record, NativeDraft draft, OcsfClass ocsfClass, long activity)
    {
        foreach (var member in OcsfClass.RequiredNumbers)
            draft.Require(record.Member(member).Number() is not null, member);
        draft.Require(record.Member("metadata").Text("version") is not null, "metadata.version");
        draft.Require(record.Member("metadata", "product").ValueKind == JsonValueKind.Object, "metadata.product");
        if (record.Member("category_uid").Whole() != ocsfClass.Uid / 1_000)
            draft.Refuse(RejectionReason.InvalidValue, "The member 'category_uid' does not belong to the class.");
        if (activity is not (0 or 99) && !ocsfClass.Methods.ContainsKey(activity))
            draft.Refuse(RejectionReason.InvalidValue, "The member 'activity_id' is not one of the class.");
        if (record.Member("type_uid").Whole() != (ocsfClass.Uid * 100) + activity)
            draft.Refuse(RejectionReason.InvalidValue, "The member 'type_uid' is not the class times 100 plus the activity.");
        if (!ocsfClass.HasTarget(record))
            draft.Refuse(RejectionReason.MissingField, $"The class needs {ocsfClass.TargetSentence}.");
        if (record.Member("time").Number() is { } time)
            draft.SetTime(time, "time");
    }

    private static void FillAct(JsonElement record, NativeDraft draft, OcsfClass ocsfClass, long activity)
    {
        draft[TextField.Contract] = ocsfClass.Name;
        draft[TextField.Method] = ocsfClass.Methods.GetValueOrDefault(activity, "otherActivity");
        draft[TextField.Status] = IsFailure(record) ? "reverted" : "success";
        draft.Argument("operation", record.Member("api").Text("operation") ?? record.Text("activity_name"));
        draft.Argument("service", record.Member("api", "service").Text("name") ?? record.Member("service").Text("name"));
        draft.Argument("query", record.Member("query_info").Text("query_string"));
        draft.Argument("statusDetail", record.Text("status_detail") ?? record.Text("status_code"));
        draft.Argument("sourceAddress", record.Member("src_endpoint").Text("ip") ?? record.Member("src_endpoint").Text("hostname"));
        draft.Argument("severity", record.Member("severity_id").Number());
        draft.Argument("message", record.Text("message"));
        if (ocsfClass.Uid == OcsfClass.UserAccess)
        {
            draft.Argument("account", OcsfParticipants.Identify(record.Member("user")));
            draft.Argument("privileges", record.Items("privileges").Select(privilege => privilege.Text()));
            draft.Argument("role", record.Items("privileges").Select(privilege => privilege.Text()).FirstOrDefault());
        }
    }

    public static bool IsFailure(JsonElement record) => record.Member("status_id").Whole() switch
    {
        1 => false,
        2 => true,
        _ => record.Text("status")?.Equals("failure", StringComparison.OrdinalIgnoreCase) == true,
    };

    private static void Emit(JsonElement record, NativeDraft draft, IReadOnlyList<OcsfResource> resources, RecordScope scope)
    {
        var original = OriginalRecord.Of(record);
        if (resources.Count == 0)
        {
            scope.Emit(draft, original);
            return;
        }
        var first = draft[TextField.Id]!;
        for (var i = 0; i < resources.Count && !scope.IsFull; i++)
        {
            resources[i].Fill(draft);
            if (i > 0)
                draft[TextField.Id] = string.Create(CultureInfo.InvariantCulture, $"{first}#{i}");
            var at = resources.Count > 1 ? scope.At(string.Create(CultureInfo.InvariantCulture, $"resources[{resources[i].Index}]")) : scope;
            at.Emit(draft, i == 0 ? original : original.In(first));
        }
    }
}
