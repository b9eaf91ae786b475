using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats.Records;

namespace SentinelHealth.Ingest.Formats.Ecs;

/// <summary>The biometric fields of our own namespace in ECS.</summary>
internal static class EcsBiometrics
{
    public const string Operation = "SentinelHealth.bio.op";

    public static void Fill(EcsDocument document, NativeDraft draft)
    {
        draft[TextField.Operation] = document.Text(Operation);
        draft[TextField.Decision] = document.Text("SentinelHealth.bio.decision")
            ?? (document.Text("event.outcome") == "failure" ? "no-match" : "match");
        draft[TextField.Modality] = document.Text("SentinelHealth.bio.modality");
        draft[TextField.Device] = document.FirstText("SentinelHealth.bio.device", "device.id");
        draft[TextField.FailureCode] = document.Text("event.reason");
        draft[TextField.Ip] = document.FirstText("source.ip", "client.ip");
        draft[TextField.Country] = document.FirstText("source.geo.country_iso_code", "client.geo.country_iso_code");
        draft[TextField.Session] = document.FirstText("session.id", "transaction.id");
        draft[TextField.Client] = document.Text("service.name");
        draft[TextField.LedgerTxId] = document.Text("SentinelHealth.ledger.tx");
        draft[NumberField.MatchScore] = document.Number("SentinelHealth.bio.score");
        draft[NumberField.Threshold] = document.Number("SentinelHealth.bio.threshold");
        draft[NumberField.PadScore] = document.Number("SentinelHealth.bio.pad_score");
        draft[NumberField.Quality] = document.Number("SentinelHealth.bio.quality");
        draft[NumberField.TemplateVersion] = document.Number("SentinelHealth.bio.template_version");
    }
}
