using System.Text.Json;

namespace SentinelHealth.Ingest.Tests.Simulation;

/// <summary>
/// Knows nothing of the simulator: follows the ledger as docs/ledger-methods.md states it and says what an access rests on.
/// </summary>
internal sealed class AccessOracle
{
    private readonly Dictionary<string, List<Permission>> _bySubject = [];
    private readonly Dictionary<string, Permission> _byId = [];

    public void Follow(JsonElement record)
    {
        if (record.Text("status") != "success")
            return;
        switch (record.Text("method"))
        {
            case "grantConsent":
                Give(record, record.Text("consentId")!);
                break;
            case "grantAccess":
                Give(record, record.Text("grantId")!);
                break;
            case "revokeConsent":
                _byId[record.Text("consentId")!].IsRevoked = true;
                break;
            case "revokeAccess":
                _byId[record.Text("grantId")!].IsRevoked = true;
                break;
        }
    }

    public static bool IsAccess(JsonElement record) => record.Text("method") is "recordAccess" or "decryptKey";

    public bool Explains(JsonElement record)
    {
        var cited = record.Text("grantId") ?? record.Text("consentId");
        if (cited is not null)
            return _byId.TryGetValue(cited, out var named) && named.Fits(record);
        return _bySubject.TryGetValue(record.Text("subject")!, out var all) && all.Exists(one => one.Fits(record));
    }

    private void Give(JsonElement record, string id)
    {
        var args = record.GetProperty("args");
        var given = new Permission(
            record.Text("subject")!, args.Text("grantee")!, record.Text("purpose")!,
            [.. args.GetProperty("scope").EnumerateArray().Select(item => item.GetString()!)],
            record.GetProperty("time").GetDateTimeOffset(), args.GetProperty("expiresAt").GetDateTimeOffset());
        _byId.Add(id, given);
        if (!_bySubject.TryGetValue(given.Subject, out var all))
            _bySubject[given.Subject] = all = [];
        all.Add(given);
    }

    private sealed record Permission(
        string Subject, string Grantee, string Purpose, HashSet<string> Scope, DateTimeOffset From, DateTimeOffset Until)
    {
        public bool IsRevoked { get; set; }

        public bool Fits(JsonElement access)
        {
            var at = access.GetProperty("time").GetDateTimeOffset();
            var purpose = access.Text("purpose");
            var category = access.GetProperty("args").Text("category");
            return !IsRevoked && access.Text("subject") == Subject && at >= From && at < Until
                && (Grantee == access.Text("actor") || Grantee == "org:" + access.Text("organization"))
                && (Purpose == purpose || (Purpose == "TREAT" && purpose == "ETREAT"))
                && (category is null || Scope.Contains(category));
        }
    }
}
