using System.Text.Json;

namespace SentinelHealth.Ingest.Tests.Evm;

/// <summary>Native records as the simulated network writes them.</summary>
internal static class NativeRecord
{
    public const string Doctor = "did:ethr:0x00000000000000000000000000000000000d0c01";
    public const string Nurse = "did:ethr:0x00000000000000000000000000000000000d0c02";

    public static byte[] Of(string contract, string method, object args, object? common = null, string status = "success", string actor = Doctor)
    {
        var record = new Dictionary<string, object?>
        {
            ["schema"] = "sentinel.ledger-transaction.v1",
            ["id"] = "simulated",
            ["time"] = "2026-11-02T08:14:03.120Z",
            ["node"] = "node:hospital-a-1",
            ["actor"] = actor,
            ["actorRole"] = "clinician",
            ["organization"] = "hospital-a",
            ["contract"] = contract,
            ["method"] = method,
            ["status"] = status,
            ["args"] = args,
        };
        if (common is not null)
        {
            foreach (var property in common.GetType().GetProperties())
                record[property.Name] = property.GetValue(common);
        }
        return JsonSerializer.SerializeToUtf8Bytes(record);
    }

    public static byte[] Access(string recordId, string purpose = "TREAT", string status = "success") => Of(
        "AccessRegistry", "recordAccess", new { recordId, category = "imaging" }, new { subject = "patient:9f3c", purpose }, status);
}
