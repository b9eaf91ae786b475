using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules;

/// <summary>What the monitor's own sources noticed: a ledger that forked or has gaps, an endpoint apart from the others, a silent source.</summary>
internal sealed class ObserverRules : IRuleSet
{
    public void Observe(SentinelEvent observed, List<RuleMatch> matches)
    {
        var isLedger = observed.Is(TextField.Contract, "ConsensusLayer"u8);
        if (!isLedger && !observed.Is(TextField.Contract, "Monitor"u8))
            return;
        var match = isLedger ? OfLedger(observed) : OfMonitor(observed);
        if (match is not null)
            matches.Add(match);
    }

    public void Witness(SentinelEvent observed, List<RuleMatch> matches) { }

    // Each finding is told by one event, so there is nothing to remember.
    public void Save(BinaryWriter writer) { }

    public void Load(BinaryReader reader) { }

    private static RuleMatch? OfLedger(SentinelEvent observed)
    {
        var chain = observed.Has(TextField.Chain) ? observed.TextOf(TextField.Chain) : "ledger";
        var endpoint = Arg(observed, "endpoint"u8);
        var block = FormattableString.Invariant($"{observed.Number(NumberField.Block):0}");
        switch (observed.TextOf(TextField.Method))
        {
            case "endpointFork":
                return Match(observed, BuiltInRules.EndpointForked, chain,
                    $"The endpoint {endpoint} has another block {block} of {chain} than the other endpoints.",
                    Arg(observed, "observedHash"u8), Arg(observed, "expectedHash"u8));
            case "endpointLag":
                var lag = FormattableString.Invariant($"{observed.ArgNumber("lagBlocks"u8):0} blocks");
                return Match(observed, BuiltInRules.EndpointLagging, chain,
                    $"The endpoint {endpoint} of {chain} is {lag} behind the others; what it would show is old.",
                    $"{lag} behind", "up with the others");
            case "gap":
                return Match(observed, BuiltInRules.LedgerGap, chain,
                    $"No endpoint of {chain} has block {block}, so nothing after it can be watched.", $"block {block} missing", "every block");
            default:
                return null;
        }
    }

    private static RuleMatch? OfMonitor(SentinelEvent observed)
    {
        if (!observed.Is(TextField.Method, "sourceSilent"u8))
            return null;
        var source = Arg(observed, "source"u8);
        var missing = FormattableString.Invariant($"{observed.ArgNumber("missing"u8):0}");
        var hours = FormattableString.Invariant($"{observed.ArgNumber("silentHours"u8):0.0} h");
        return Match(observed, BuiltInRules.SourceSilent, source,
            $"The source {source} has delivered nothing for {hours}, in which about {missing} events were to be expected.",
            $"{missing} expected events are missing", "a pause as it usually makes");
    }

    private static RuleMatch Match(
        SentinelEvent observed, RuleDefinition rule, string about, string reason, params ReadOnlySpan<string> contrast) => new(
        rule, new EntityRef(EntityType.Chain, about), observed.TextOf(TextField.Id), reason, contrast[0], contrast[1], []);

    private static string Arg(SentinelEvent observed, ReadOnlySpan<byte> name)
    {
        Span<byte> buffer = stackalloc byte[256];
        return System.Text.Encoding.UTF8.GetString(observed.ArgText(name, buffer));
    }
}
