using System.Text.Json;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats.Records;

namespace SentinelHealth.Ingest.Formats.Ecs;

/// <summary>Elastic Common Schema documents, nested or with dotted keys.</summary>
internal sealed class EcsFormat : IRecordFormat
{
    private static readonly Dictionary<string, string> RecordMethods = new(StringComparer.Ordinal)
    {
        ["access"] = "recordAccess",
        ["change"] = "updateRecord",
        ["creation"] = "createRecord",
        ["deletion"] = "deleteRecord",
    };

    private static readonly Dictionary<string, string> IdentityMethods = new(StringComparer.Ordinal)
    {
        ["creation"] = "createIdentity",
        ["deletion"] = "deleteIdentity",
        ["change"] = "changeIdentity",
        ["admin"] = "administer",
    };

    private static readonly Dictionary<string, string> SessionMethods = new(StringComparer.Ordinal)
    {
        ["start"] = "login",
        ["end"] = "logout",
    };

    public bool Recognizes(JsonElement record) => record.Member("@timestamp").IsPresent();

    public void Read(JsonElement record, RecordScope scope)
    {
        var document = new EcsDocument(record);
        var isBiometric = document[EcsBiometrics.Operation].IsPresent();
        var draft = new NativeDraft(isBiometric ? EventKind.BiometricQuery : EventKind.LedgerTransaction, "ecs");
        draft.Require(document.FirstText("event.action", "event.category", EcsBiometrics.Operation) is not null, "event.action");
        SetTime(record.Member("@timestamp"), draft);
        draft[TextField.Id] = document.Text("event.id") is { } id
            ? $"ecs:{id}" : scope.FallbackId ?? $"ecs:{ContentKey.Of(JsonReading.Raw(record).Span)}";
        FillWho(document, draft);
        if (isBiometric)
            EcsBiometrics.Fill(document, draft);
        else
            FillAct(document, draft);
        scope.Emit(draft, OriginalRecord.Of(record));
    }

    /// <summary>A date of ECS is RFC 3339 or milliseconds since 1970.</summary>
    private static void SetTime(JsonElement value, NativeDraft draft)
    {
        if (value.Number() is { } milliseconds)
            draft.SetTime(milliseconds, "@timestamp");
        else
            draft.SetTime(value.Text(), "@timestamp");
    }

    private static void FillWho(EcsDocument document, NativeDraft draft)
    {
        var actor = document.Text("user.id") is { } id ? (id.Contains(':', StringComparison.Ordinal) ? id : $"user:{id}")
            : document.FirstText("user.name", "user.email") is { } name ? $"user:unnamed-{ContentKey.Of(name)}"
            : document.Text("client.user.id") is { } client ? $"user:{client}" : null;
        draft.Require(actor is not null, "user.id");
        draft[TextField.Actor] = actor;
        draft[TextField.ActorRole] = document.Text("user.roles");
        draft[TextField.Organization] = document.FirstText("organization.id", "organization.name");
        var system = document.FirstText("service.name", "observer.name", "host.name", "host.id", "event.provider", "event.dataset");
        draft.Require(system is not null, "service.name");
        draft[TextField.Node] = $"system:{system}";
        draft[TextField.Subject] = document.Text("SentinelHealth.subject.ref_hash");
        draft[TextField.Purpose] = document.Text("SentinelHealth.purpose");
        draft[TextField.ConsentId] = document.Text("SentinelHealth.consent_id");
    }

    private static void FillAct(EcsDocument document, NativeDraft draft)
    {
        draft[TextField.Chain] = document.Text("SentinelHealth.ledger.chain");
        draft[NumberField.Block] = document.Number("SentinelHealth.ledger.block");
        draft[NumberField.LogIndex] = document.Number("SentinelHealth.ledger.log_index");
        draft[TextField.Contract] = document.Text("SentinelHealth.ledger.contract") ?? "EcsEvent";
        draft[TextField.Method] = MethodOf(document) ?? "otherActivity";
        draft[TextField.Status] = document.Text("event.outcome") == "failure" || document.Texts("event.type").Contains("denied")
            ? "reverted" : "success";
        draft.Argument("action", document.Text("event.action"));
        draft.Argument("categories", document.Texts("event.category"));
        draft.Argument("types", document.Texts("event.type"));
        draft.Argument("reason", document.Text("event.reason"));
        draft.Argument("dataset", document.Text("event.dataset"));
        draft.Argument("sourceAddress", document.FirstText("source.ip", "client.ip"));
        draft.Argument("country", document.FirstText("source.geo.country_iso_code", "client.geo.country_iso_code"));
        draft.Argument("account", document.FirstText("user.target.id"));
        draft.Argument("transaction", document.Text("SentinelHealth.ledger.tx"));
        draft.Argument("recordId", document.FirstText("url.path", "file.path"));
    }

    /// <summary>Category and type together say what happened; with a ledger contract named, the action is its method.</summary>
    private static string? MethodOf(EcsDocument document)
    {
        if (document.Text("SentinelHealth.ledger.contract") is not null)
            return document.Text("event.action");
        var categories = document.Texts("event.category").ToList();
        var methods = categories.Contains("authentication") || categories.Contains("session") ? SessionMethods
            : categories.Contains("iam") ? IdentityMethods
            : RecordMethods;
        return document.Texts("event.type").Select(type => methods.GetValueOrDefault(type)).FirstOrDefault(method => method is not null);
    }
}
