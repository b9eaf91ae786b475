using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Rules;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Simulation;
using SentinelHealth.Testing;

namespace SentinelHealth.Detection.Tests.Rules;

/// <summary>A network that is scored in parts, by organization, is held to the same truths as one that is scored whole.</summary>
public sealed class SharedFactsTests(ITestOutputHelper output)
{
    private const int Parts = 4;

    /// <summary>Truths that need what other organizations did. The others look at one organization's own events.</summary>
    private static readonly string[] Shared =
        ["consent.", "node.unregistered", "node.removed", "node.look-alike", "proof.", "credential.", "claim.", "escrow."];

    [Fact]
    public void A_network_in_parts_breaks_the_same_truths_as_the_whole()
    {
        var simulator = new HospitalSimulator(new SimulationOptions
        {
            Seed = TestSeed.Next(output),
            Days = 10,
            EventsPerDay = 4_000,
            QuietShare = 0.4,
        });
        var (whole, parts) = (new Witnesses(1), new Witnesses(Parts));
        foreach (var record in simulator.Events())
        {
            whole.Take(record.Json);
            parts.Take(record.Json);
        }

        output.WriteLine($"{whole.Found.Count} breaches in the whole, {parts.Found.Count} in {Parts} parts; {parts.CopyShare:P1} of events are copied to each other part.");
        output.WriteLine($"only in the whole: {string.Join(' ', whole.Found.Except(parts.Found))}");
        output.WriteLine($"only in parts: {string.Join(' ', parts.Found.Except(whole.Found))}");
        Assert.InRange(whole.Found.Count, 10, 10_000);
        Assert.Equal(whole.Found.Order(StringComparer.Ordinal), parts.Found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_consent_that_was_given_elsewhere_explains_an_access_here_and_says_nothing_itself()
    {
        var rules = new ConsentRules();
        var ledger = new LedgerScript(rules);
        ledger.OrdinaryLife();
        var consent = Some.LedgerTransaction(
            ("id", "0xc:0"), ("time", LedgerScript.At(1).ToString("O")), ("contract", "ConsentRegistry"), ("method", "grantConsent"),
            ("args", new { grantee = "did:ethr:0x1212121212121212121212121212121212121212", scope = new[] { "labs" }, expiresAt = LedgerScript.At(900) }),
            ("subject", "patient:elsewhere"), ("consentId", "c-elsewhere"), ("purpose", "TREAT"));
        Assert.Equal("consent.missing", Assert.Single(ledger.Read(2, "patient:elsewhere")).Rule.Name);
        Assert.True(SharedFacts.Includes(consent));

        List<RuleMatch> matches = [];
        rules.Witness(consent, matches);

        Assert.Empty(matches);
        Assert.Empty(ledger.Read(3, "patient:elsewhere", "c-elsewhere"));
    }

    [Theory]
    [InlineData("AccessRegistry", "recordAccess")]
    [InlineData("Governance", "grantRole")]
    [InlineData("NodeRegistry", "heartbeat")]
    public void What_concerns_one_organization_alone_is_not_shared(string contract, string method) =>
        Assert.False(SharedFacts.Includes(Some.LedgerTransaction(("contract", contract), ("method", method))));

    [Theory]
    [InlineData("ConsentsOfTheValley", "revokeConsent")]
    [InlineData("ClaimsLedger", "adjudicate")]
    public void What_the_rules_heed_whatever_its_contract_is_called_is_shared_alike(string contract, string method) =>
        Assert.True(SharedFacts.Includes(Some.LedgerTransaction(("contract", contract), ("method", method))));

    [Fact]
    public void What_the_ledger_reverted_never_happened() => Assert.False(SharedFacts.Includes(
        Some.LedgerTransaction(("contract", "ConsentRegistry"), ("method", "grantConsent"), ("status", "reverted"))));

    /// <summary>Engines that share a network by organization.</summary>
    private sealed class Witnesses(int parts)
    {
        private readonly NativeEventDecoder _decoder = new();
        private readonly SentinelEvent _event = new();
        private readonly DetectionEngine[] _engines =
            [.. Enumerable.Range(0, parts).Select(_ => new DetectionEngine(SimulatedDays.Options))];
        private (long Shared, long All) _counted;

        public HashSet<string> Found { get; } = new(StringComparer.Ordinal);

        public double CopyShare => (double)_counted.Shared / _counted.All;

        public void Take(ReadOnlyMemory<byte> record)
        {
            Assert.True(_decoder.TryDecode(record, _event, out _));
            var key = _event.Key(TextField.Organization);
            var own = (int)((key != 0 ? key : _event.Key(TextField.Node)) % (ulong)parts);
            _counted.All++;
            Note(_engines[own].Process(_event));
            if (!SharedFacts.Includes(_event))
                return;
            _counted.Shared++;
            for (var part = 0; part < parts; part++)
            {
                if (part != own)
                    _engines[part].Witness(_event);
            }
        }

        private void Note(EventVerdict verdict)
        {
            foreach (var alert in verdict.Alerts.Where(alert => alert.Kind == AlertKind.Rule))
            {
                if (Shared.Any(name => alert.Source.StartsWith(name, StringComparison.Ordinal)))
                    Found.UnionWith(alert.EventIds.Select(id => $"{alert.Source}:{id}"));
            }
        }
    }
}
