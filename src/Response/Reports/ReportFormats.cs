using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Evidence;

namespace SentinelHealth.Response.Reports;

/// <summary>Writes reports as JSON and CSV, and says which digest people sign. The same report gives the same bytes.</summary>
public static class ReportFormats
{
    /// <summary>Canonical JSON sorts members, so what says which kind of block it is does not come first.</summary>
    private static readonly JsonSerializerOptions Sorted = new(AlertJson.Options) { AllowOutOfOrderMetadataProperties = true };

    /// <summary>Version 1 of a report that nobody has signed.</summary>
    public static SignedReport Draft(ReportDocument document) => new(document, 1, Sha256Of(document), []);

    /// <summary>SHA-256 of the canonical report, in lower-case hex. Signatures are not part of it.</summary>
    public static string Sha256Of(ReportDocument document) => Convert.ToHexStringLower(SHA256.HashData(Canonical(document)));

    /// <summary>The canonical JSON (RFC 8785) of a report without signatures.</summary>
    public static byte[] Canonical(ReportDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return CanonicalJson.Of(document, AlertJson.Options);
    }

    /// <summary>Reads what <see cref="Canonical"/> wrote.</summary>
    /// <exception cref="JsonException">It is not that.</exception>
    public static ReportDocument Read(ReadOnlySpan<byte> canonical) =>
        JsonSerializer.Deserialize<ReportDocument>(canonical, Sorted) ?? throw new JsonException("The report is null.");

    /// <summary>Report, version, digest and signatures as canonical JSON.</summary>
    public static byte[] Json(SignedReport report) => CanonicalJson.Of(report, AlertJson.Options);

    /// <summary>
    /// Every table and list of facts as CSV (RFC 4180): a column for the section, then the cells. A cell that a spreadsheet could take for a
    /// formula begins with an apostrophe.
    /// </summary>
    public static byte[] Csv(SignedReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var text = new StringBuilder("\uFEFF");
        Row(text, [report.Document.Title, Stamp(report.Document.AsOf), report.Sha256]);
        foreach (var section in report.Document.Sections.Append(SignatureSection.Of(report)))
        {
            foreach (var block in section.Blocks)
                Block(text, section.Title, block);
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>An instant as reports write it.</summary>
    internal static string Stamp(DateTimeOffset at) =>
        at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static void Block(StringBuilder text, string section, ReportBlock block)
    {
        switch (block)
        {
            case ReportText paragraph:
                Row(text, [section, "", paragraph.Text]);
                break;
            case ReportFacts facts:
                foreach (var fact in facts.Items)
                    Row(text, [section, fact.Name, fact.Value, fact.Basis]);
                break;
            case ReportTable table:
                Row(text, [section, .. table.Columns.Select(column => column.Name)]);
                foreach (var row in table.Rows)
                    Row(text, [section, .. row]);
                break;
            case ReportBars bars:
                Rows(text, section, bars.Bars);
                break;
            case ReportColumns columns:
                Rows(text, section, columns.Columns);
                break;
            default:
                // A timeline's marks stand in the table beside it.
                break;
        }
    }

    private static void Rows(StringBuilder text, string section, IReadOnlyList<ReportBar> bars)
    {
        foreach (var bar in bars)
            Row(text, [section, bar.Label, bar.Text]);
    }

    private static void Row(StringBuilder text, IReadOnlyList<string> cells) => CsvText.Row(text, cells);
}

/// <summary>The signatures under a report, as a section of it.</summary>
internal static class SignatureSection
{
    public static ReportSection Of(SignedReport report)
    {
        ReportBlock[] about =
        [
            new ReportFacts(
            [
                new ReportFact("Version", report.Version.ToString(CultureInfo.InvariantCulture)),
                new ReportFact("Digest of what is signed", report.Sha256, "SHA-256 of the canonical JSON (RFC 8785) of everything above"),
                new ReportFact("Standing", SignOffRules.IsComplete(report.SignOffs)
                    ? "Signed by two people" : $"Needs {SignOffRules.SignersMin} different people; {report.SignOffs.Count} signed"),
            ]),
        ];
        if (report.SignOffs.Count == 0)
            return new ReportSection("Sign-offs", about);
        var table = new ReportTable("Signatures", [new("As"), new("Who"), new("When", 1.5), new("Digest", 2.4, true)],
            [.. report.SignOffs.Select(sign => (IReadOnlyList<string>)[sign.Meaning, sign.By, ReportFormats.Stamp(sign.At),
                sign.Sha256])]);
        return new ReportSection("Sign-offs", [.. about, table]);
    }
}
