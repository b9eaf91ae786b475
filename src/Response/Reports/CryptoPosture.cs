using SentinelHealth.Response.Compliance;

namespace SentinelHealth.Response.Reports;

/// <summary>The algorithms seen in the network, and which of them are weak, unknown or not quantum-resistant.</summary>
public static class CryptoPosture
{
    /// <summary>The report's kind and identifier.</summary>
    public const string Kind = "crypto-posture";

    private const int RowsMax = 500;

    /// <summary>The report. Pure; O(findings).</summary>
    public static ReportDocument Of(IReadOnlyList<AlgorithmFinding> findings, DateTimeOffset asOf, ReportAuthor author)
    {
        ArgumentNullException.ThrowIfNull(findings);
        ArgumentNullException.ThrowIfNull(author);
        return new ReportDocument
        {
            Kind = Kind,
            Id = Kind,
            Title = "Cryptographic posture",
            Subtitle = "Algorithms seen in identities, credentials, signatures and connections",
            Organization = author.Controller.Name,
            AsOf = asOf,
            WrittenBy = $"SentinelHealth {author.Program}",
            Sections =
            [
                new("Overview", Overview(findings)),
                new("Findings", Findings([.. findings.Where(finding => finding.Standing < AlgorithmStanding.Hybrid)])),
                new("Inventory", Inventory(findings)),
            ],
        };
    }

    /// <summary>A standing as people read it.</summary>
    public static string Words(AlgorithmStanding standing) => standing switch
    {
        AlgorithmStanding.Weak => "Weak",
        AlgorithmStanding.Unlisted => "Not in the catalog",
        AlgorithmStanding.Classical => "Not quantum-resistant",
        AlgorithmStanding.Hybrid => "Hybrid",
        _ => "Quantum-resistant",
    };

    private static ReportBlock[] Overview(IReadOnlyList<AlgorithmFinding> findings)
    {
        if (findings.Count == 0)
            return [new ReportText("No event and no connection has named an algorithm yet.")];
        var weak = findings.Count(finding => finding.Standing == AlgorithmStanding.Weak);
        return
        [
            new ReportText(weak == 0 ? "Nothing weak was seen." : weak == 1 ? "One weak algorithm is in use." : $"{PeriodReport.Count(weak)} weak algorithms are in use.",
                weak == 0 ? ReportTone.Lead : ReportTone.Warning),
            new ReportBars("Algorithms in use by standing",
                [.. findings.GroupBy(finding => finding.Standing).OrderBy(group => group.Key)
                .Select(group => new ReportBar(Words(group.Key), group.Count(), PeriodReport.Count(group.Count())))]),
            new ReportText("What is recorded today and decrypted by a quantum computer later is health data of living people still: what is classical needs a plan.", ReportTone.Note),
        ];
    }

    private static ReportBlock[] Findings(List<AlgorithmFinding> findings) => findings.Count == 0 ? [new ReportText("None.")] :
    [
        new ReportTable("Weak, unknown or not quantum-resistant",
            [new("Algorithm", 1.1), new("In", 1.4), new("Standing", 1), new("Why", 2.2), new("Instead", 1.3)],
            [.. findings.Take(RowsMax).Select(finding => (IReadOnlyList<string>)
                [finding.Seen.Algorithm, finding.Seen.Where, Words(finding.Standing), finding.Why, finding.Instead])]),
    ];

    private static ReportBlock[] Inventory(IReadOnlyList<AlgorithmFinding> findings) => findings.Count == 0
        ? [new ReportText("Empty.")] :
    [
        new ReportTable("Everything seen",
            [new("Algorithm", 1.1), new("In", 1.4), new("Standing", 1), new("Times", 0.7), new("First", 1.2), new("Last", 1.2),
                new("Example", 1.4, true)],
            [.. findings.Take(RowsMax).Select(finding => (IReadOnlyList<string>)
            [
                finding.Seen.Algorithm, finding.Seen.Where, Words(finding.Standing), PeriodReport.Count(finding.Seen.Count),
                ReportFormats.Stamp(finding.Seen.FirstAt), ReportFormats.Stamp(finding.Seen.LastAt), finding.Seen.Example,
            ])]),
    ];
}
