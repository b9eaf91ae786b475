using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Detection.Rules.Live;
using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Detection.Tests.Rules.Live;

/// <summary>Rules for tests, written down here.</summary>
internal static class WrittenRules
{
    public const string Payment = """
        title: A large payment
        name: large_payment
        id: 7b1f2a52-6f0f-4a63-9a5e-0d9f8a4b0c11
        author: A. Author
        license: DRL 1.1
        level: high
        status: test
        tags: [attack.t1562.008, control.gdpr.32]
        falsepositives: [transplants]
        fields: [amount, args.payee]
        logsource: {product: sentinelhealth, category: ledger_tx}
        detection: {s: {method: pay, amount|gte: 100}, condition: s}
        """;

    public const string Series = """
        title: A payment
        name: payment
        logsource: {product: sentinelhealth, category: ledger_tx}
        detection: {s: {method: pay}, condition: s}
        ---
        title: Three payments to one payee
        name: three_payments
        level: medium
        correlation: {type: event_count, rules: [payment], group-by: [args.payee], timespan: 1h, condition: {gte: 3}}
        """;

    public static StagedRules Of(params string[] files) => Staged([], files);

    public static StagedRules Staged(Dictionary<string, DetectorStage> stages, params string[] files)
    {
        var rules = StagedRules.Of([.. files.Select((text, index) => SigmaLoader.Read($"{index}.yml", text))], stages);
        Assert.Empty(rules.Problems);
        return rules;
    }
}
