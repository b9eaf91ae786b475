using SentinelHealth.Detection.Rules;

namespace SentinelHealth.Detection.Tests.Rules;

public class ConsentRulesTests
{
    private readonly LedgerScript _ledger = new(new ConsentRules());

    [Fact]
    public void An_access_under_a_running_consent_is_fine()
    {
        _ledger.Consent(0, "patient:a", "c-1");
        Assert.Empty(_ledger.Read(5, "patient:a", "c-1"));
        Assert.Empty(_ledger.Read(6, "patient:a"));
    }

    [Fact]
    public void An_access_at_the_moment_of_expiry_is_too_late_and_just_before_is_not()
    {
        _ledger.Consent(0, "patient:a", "c-1", lastsMinutes: 60);
        Assert.Empty(_ledger.Read(59.999, "patient:a", "c-1"));
        Assert.Equal("consent.expired", Assert.Single(_ledger.Read(60, "patient:a", "c-1")).Rule.Name);
    }

    [Fact]
    public void An_access_after_revocation_is_found_with_and_without_citing_it()
    {
        _ledger.Consent(0, "patient:a", "c-1");
        _ledger.Ledger(10, "ConsentRegistry", "revokeConsent", new { }, ("subject", "patient:a"), ("consentId", "c-1"));

        Assert.Empty(_ledger.Read(9.9, "patient:a", "c-1"));
        Assert.Equal("consent.revoked", Assert.Single(_ledger.Read(10, "patient:a", "c-1")).Rule.Name);
        Assert.Equal("consent.revoked", Assert.Single(_ledger.Read(11, "patient:a")).Rule.Name);
    }

    [Fact]
    public void A_second_consent_still_allows_after_the_first_was_revoked()
    {
        _ledger.Consent(0, "patient:a", "c-1");
        _ledger.Consent(1, "patient:a", "c-2", grantee: "org:hospital-a");
        _ledger.Ledger(10, "ConsentRegistry", "revokeConsent", new { }, ("subject", "patient:a"), ("consentId", "c-1"));
        Assert.Empty(_ledger.Read(11, "patient:a"));
    }

    [Fact]
    public void A_standing_consent_outlives_many_short_ones_after_it()
    {
        _ledger.Consent(0, "patient:a", "c-standing", lastsMinutes: 100_000);
        for (var i = 1; i <= 20; i++)
            _ledger.Consent(i, "patient:a", $"c-{i}", lastsMinutes: 30);
        Assert.Empty(_ledger.Read(500, "patient:a"));
    }

    [Fact]
    public void A_consent_in_use_is_not_forgotten_for_ever_newer_ones()
    {
        var ledger = new LedgerScript(new ConsentRules(permissionsMax: 64));
        ledger.Consent(0, "patient:a", "c-standing", lastsMinutes: 100_000);
        for (var i = 1; i <= 1_000; i++)
        {
            ledger.Consent(i, $"patient:{i}", $"c-{i}");
            Assert.Empty(ledger.Read(i, $"patient:{i}", $"c-{i}"));
            Assert.Empty(ledger.Read(i, "patient:a"));
        }
    }

    [Theory]
    [InlineData("TREAT", "ETREAT", null)]
    [InlineData("ETREAT", "TREAT", "consent.purpose")]
    [InlineData("TREAT", "HRESCH", "consent.purpose")]
    [InlineData("HRESCH", "HRESCH", null)]
    public void The_purpose_must_be_the_consented_one_and_treatment_covers_emergency_treatment(string consented, string used, string? rule)
    {
        _ledger.Consent(0, "patient:a", "c-1", purpose: consented);
        var matches = _ledger.Read(5, "patient:a", "c-1", purpose: used);
        Assert.Equal(rule, matches.SingleOrDefault()?.Rule.Name);
    }

    [Fact]
    public void The_category_must_be_in_the_scope()
    {
        _ledger.Consent(0, "patient:a", "c-1");
        Assert.Empty(_ledger.Read(5, "patient:a", "c-1", category: "imaging"));
        Assert.Equal("consent.scope", Assert.Single(_ledger.Read(5, "patient:a", "c-1", category: "genome")).Rule.Name);
    }

    [Fact]
    public void Somebody_elses_consent_does_not_count()
    {
        _ledger.Consent(0, "patient:a", "c-1", grantee: "did:ethr:0x9999999999999999999999999999999999999999");
        Assert.Equal("consent.grantee", Assert.Single(_ledger.Read(5, "patient:a", "c-1")).Rule.Name);
    }

    [Fact]
    public void A_missing_consent_is_news_only_while_consents_are_usually_there()
    {
        Assert.Empty(_ledger.Read(0, "patient:zz"));
        _ledger.OrdinaryLife();
        var match = Assert.Single(_ledger.Read(5, "patient:zz"));
        Assert.Equal("consent.missing", match.Rule.Name);
        Assert.Contains("patient:zz", match.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Break_glass_is_reviewed_and_never_accused()
    {
        _ledger.OrdinaryLife();
        Assert.Equal("access.break-glass", Assert.Single(_ledger.Read(5, "patient:zz", purpose: "BTG")).Rule.Name);
    }

    [Theory]
    [InlineData("BTG", "success", 1)]
    [InlineData("TREAT", "success", 0)]
    [InlineData("BTG", "reverted", 0)]
    public void Emergency_access_that_was_asked_for_first_is_reviewed(string purpose, string status, int reviews)
    {
        var matches = _ledger.Ledger(5, "AccessDecision", "decideAccess", new { }, ("subject", null), ("purpose", purpose), ("status", status));

        Assert.Equal(Enumerable.Repeat("access.break-glass", reviews), matches.Select(match => match.Rule.Name));
    }

    [Fact]
    public void A_refused_attempt_is_not_an_access()
    {
        _ledger.OrdinaryLife();
        Assert.Empty(_ledger.Ledger(5, "AccessRegistry", "recordAccess", new { }, ("subject", "patient:zz"), ("status", "reverted")));
    }
}
