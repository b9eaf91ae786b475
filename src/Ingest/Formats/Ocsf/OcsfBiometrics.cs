using System.Text.Json;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats.Records;

namespace SentinelHealth.Ingest.Formats.Ocsf;

/// <summary>A log-on with a biometric factor is a biometric verification of the one who logs on.</summary>
internal static class OcsfBiometrics
{
    private const long Logon = 1, BiometricFactor = 4;

    public static bool IsVerification(JsonElement record, long activity) =>
        activity == Logon && record.Items("auth_factors").Any(factor => factor.Member("factor_type_id").Whole() == BiometricFactor);

    public static void Fill(JsonElement record, NativeDraft draft)
    {
        var isFailure = OcsfFormat.IsFailure(record);
        draft[TextField.Operation] = "verify";
        draft[TextField.Decision] = isFailure ? "no-match" : "match";
        draft[TextField.FailureCode] = isFailure ? record.Text("status_code") ?? record.Text("status_detail") : null;
        draft[TextField.Subject] = draft[TextField.Actor];
        var source = record.Member("src_endpoint");
        draft[TextField.Ip] = source.Text("ip");
        draft[TextField.Country] = source.Member("location").Text("country");
        draft[TextField.Session] = record.Member("session").Text("uid");
        draft[TextField.Client] = record.Member("service").Text("name");
        var factor = record.Items("auth_factors").FirstOrDefault(item => item.Member("factor_type_id").Whole() == BiometricFactor);
        draft[TextField.Device] = factor.Member("device").Text("uid") ?? record.Member("device").Text("uid") ?? source.Text("uid");
        draft[TextField.Modality] = factor.Text("factor_type");
    }
}
