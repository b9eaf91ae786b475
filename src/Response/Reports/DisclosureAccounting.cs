using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Incidents;

namespace SentinelHealth.Response.Reports;

/// <summary>What an accounting is written from.</summary>
/// <param name="Scope">The person and the period.</param>
/// <param name="Disclosures">Disclosures to be accounted for in the period.</param>
/// <param name="Readings">Readings of evidence about the person through the monitor.</param>
/// <param name="KeptSince">Since when disclosures have been kept.</param>
/// <param name="IsWhole">Whether there were not more than one report holds.</param>
public sealed record DisclosureInput(
    ReportScope Scope, IReadOnlyList<Disclosure> Disclosures, IReadOnlyList<DossierReading> Readings, DateTimeOffset KeptSince,
        bool IsWhole);

/// <summary>The accounting of disclosures that a patient may ask for (45 CFR 164.528), for up to six years.</summary>
public static class DisclosureAccounting
{
    /// <summary>The report's kind and the beginning of its identifier.</summary>
    public const string Kind = "disclosures";

    /// <summary>How far back a patient may ask, in years.</summary>
    public const int YearsMax = 6;

    private const int RowsMax = 2_000;

    /// <summary>The accounting. Pure; O(disclosures).</summary>
    public static ReportDocument Of(DisclosureInput input, DateTimeOffset asOf, ReportAuthor author)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(author);
        return PeriodReport.Of(Kind, "Accounting of disclosures", input.Scope, asOf, author) with
        {
            Sections =
            [
                new("What this is", About(input, input.Scope, author.Controller)),
                new("Disclosures", Rows(input)),
                new("Repeated disclosures to one recipient for one purpose", Repeated(input)),
                new("Who read about this person in the monitor", Readings(input)),
                new("How it was made", Basis(input)),
            ],
        };
    }

    private static ReportBlock[] About(DisclosureInput input, ReportScope scope, ControllerProfile controller) =>
    [
        new ReportText(input.Disclosures.Count == 0
            ? $"From {PeriodReport.Words(scope)} no disclosure was recorded that must be accounted for."
            : $"From {PeriodReport.Words(scope)} {(input.Disclosures.Count == 1 ? "one disclosure was" : $"{PeriodReport.Count(input.Disclosures.Count)} disclosures were")} recorded that must be accounted for.",
            ReportTone.Lead),
        new ReportFacts(
        [
            new("Person", input.Scope.Subject, "A pseudonym: who it stands for is known to the organization alone"),
            new("Law", "45 CFR 164.528", "Disclosures for treatment, payment and health care operations, to the person, and with the person's authorization need not be listed"),
            new("Due", "60 days after the request", "164.528(c)(1); once 30 days longer, with a reason"),
            new("Questions to", controller.Contact.Length > 0 ? controller.Contact : "Not configured"),
        ]),
    ];

    private static ReportBlock[] Rows(DisclosureInput input)
    {
        if (input.Disclosures.Count == 0)
            return [new ReportText("None.")];
        var ordered = input.Disclosures.OrderBy(item => item.At).ThenBy(item => item.EventId, StringComparer.Ordinal).ToList();
        return
        [
            new ReportTable(
                ordered.Count > RowsMax || !input.IsWhole ? $"The first {PeriodReport.Count(Math.Min(RowsMax, ordered.Count))}" : "Date, recipient, what was disclosed and why",
                [new("Date", 1.3), new("Recipient", 2, true), new("Organization", 1), new("What was disclosed", 1.5),
                    new("Purpose", 1), new("Event", 1.3, true)],
                [.. ordered.Take(RowsMax).Select(item => (IReadOnlyList<string>)
                [
                    ReportFormats.Stamp(item.At), item.Role.Length > 0 ? $"{item.Recipient} ({item.Role})" : item.Recipient, item.Organization,
                    item.What, Disclosure.PurposeWords(item.Purpose), item.EventId,
                ])]),
        ];
    }

    /// <summary>Several disclosures to one recipient for one purpose may be told as first, last and how many (164.528(b)(3)).</summary>
    private static ReportBlock[] Repeated(DisclosureInput input)
    {
        var groups = input.Disclosures.GroupBy(item => (item.Recipient, item.Organization, item.Purpose))
            .Where(group => group.Count() > 1)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key.Recipient, StringComparer.Ordinal).ToList();
        return groups.Count == 0 ? [new ReportText("None.")] :
        [
            new ReportTable("First, last and how many",
                [new("Recipient", 2, true), new("Organization"), new("Purpose"), new("First", 1.3), new("Last", 1.3),
                    new("Times", 0.6)],
                [.. groups.Take(RowsMax).Select(group => (IReadOnlyList<string>)
                [
                    group.Key.Recipient, group.Key.Organization, Disclosure.PurposeWords(group.Key.Purpose),
                    ReportFormats.Stamp(group.Min(item => item.At)), ReportFormats.Stamp(group.Max(item => item.At)),
                        PeriodReport.Count(group.Count()),
                ])]),
        ];
    }

    private static ReportBlock[] Readings(DisclosureInput input) => input.Readings.Count == 0
        ? [new ReportText("Nobody.")]
        :
        [
            new ReportTable("Readings through the monitor, for the purpose of security",
                [new("When", 1.3), new("Who", 1.2), new("What was asked", 2.4)],
                [.. input.Readings.Take(RowsMax)
                    .Select(item => (IReadOnlyList<string>)[ReportFormats.Stamp(item.At), item.Reader, item.Query])]),
        ];

    private static ReportBlock[] Basis(DisclosureInput input)
    {
        var blocks = new List<ReportBlock>
        {
            new ReportFacts(
            [
                new("Query", $"subject = {input.Scope.Subject} and carried out and purpose not exempt", "Over every event the monitor has scored"),
                new("Kept since", ReportFormats.Stamp(input.KeptSince)),
            ]),
        };
        if (input.KeptSince > input.Scope.From)
            blocks.Add(new ReportText("The monitor has not watched the whole period: disclosures before it did must be added from other records.", ReportTone.Warning));
        if (!input.IsWhole)
            blocks.Add(new ReportText("There are more disclosures than one report holds; take shorter periods.", ReportTone.Warning));
        return [.. blocks];
    }
}
