using SentinelHealth.Detection.Rules;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Testing;

namespace SentinelHealth.Detection.Tests.Rules;

/// <summary>Plays events through one rule set and collects the breaches of the last one.</summary>
internal sealed class LedgerScript(IRuleSet rules)
{
    private const string Doctor = "did:ethr:0x1212121212121212121212121212121212121212";
    private int _next;

    /// <summary>Minutes after the start of the script.</summary>
    public static DateTimeOffset At(double minutes) =>
        new DateTimeOffset(2026, 11, 2, 8, 0, 0, TimeSpan.Zero).AddMinutes(minutes);

    public IReadOnlyList<RuleMatch> Tell(SentinelEvent observed)
    {
        List<RuleMatch> matches = [];
        rules.Observe(observed, matches);
        return matches;
    }

    public IReadOnlyList<RuleMatch> Ledger(
        double minute, string contract, string method, object args, params (string Name, object? Value)[] fields) =>
        Tell(Some.LedgerTransaction(
        [
            ("id", $"0x{++_next:x}:0"), ("time", At(minute).ToString("O")), ("contract", contract), ("method", method), ("args", args),
            ("consentId", null), ("grantId", null), ("purpose", "TREAT"), ("actor", Doctor), .. fields,
        ]));

    public IReadOnlyList<RuleMatch> Biometric(double minute, params (string Name, object? Value)[] fields) =>
        Tell(Some.BiometricQuery([("id", $"bq-{++_next}"), ("time", At(minute).ToString("O")), ("probeHash", $"p{_next}"), .. fields]));

    public void Consent(double minute, string patient, string consentId, string grantee = Doctor, string purpose = "TREAT", double lastsMinutes = 1_000) =>
        Ledger(minute, "ConsentRegistry", "grantConsent",
            new { grantee, scope = new[] { "imaging", "labs" }, expiresAt = At(minute + lastsMinutes) },
            ("subject", patient), ("consentId", consentId), ("purpose", purpose));

    public IReadOnlyList<RuleMatch> Read(double minute, string patient, string? consentId = null, string purpose = "TREAT", string category = "labs") =>
        Ledger(minute, "AccessRegistry", "recordAccess", new { recordId = "r-1", category },
            ("subject", patient), ("consentId", consentId), ("purpose", purpose));

    /// <summary>Enough ordinary accesses that a missing consent means something.</summary>
    public void OrdinaryLife()
    {
        for (var i = 0; i < 150; i++)
        {
            Consent(0, $"patient:{i}", $"c-{i}", lastsMinutes: 100_000);
            Read(1, $"patient:{i}", $"c-{i}");
        }
    }
}
