using System.Text;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Reports;

namespace SentinelHealth.Response.Tests.Reports;

public sealed class IncidentReportTests
{
    private const string Hostile = "</td><script>alert(1)</script><img src=x onerror=alert(2)>\u202Egnp.exe \u0007 \"' javascript:";

    [Fact]
    public void A_report_has_the_sections_that_regulators_ask_for_and_the_signatures_last()
    {
        var html = Encoding.UTF8.GetString(ReportHtml.Render(Report()));

        Assert.Equal(13, IncidentReport.Of(SampleCase.Input()).Sections.Count);
        Assert.Contains("<span class=\"no\">14</span> Sign-offs", html, StringComparison.Ordinal);
        foreach (var words in new[] { "Executive summary", "Key dates", "exact query", "0x7777", "r.responder", "GDPR Article 33", "decommissioned" })
            Assert.Contains(words, html, StringComparison.Ordinal);
    }

    [Fact]
    public void The_executive_summary_says_it_in_plain_words()
    {
        var texts = IncidentReport.Of(SampleCase.Input()).Sections[1].Blocks.Cast<ReportText>().Select(block => block.Text)
            .ToList();

        Assert.Equal(
            "On 2 November 2026 at 08:14 (UTC), a computer that is not a member of the network took part in it and far more was done than is usual. "
            + "It lasted 9 minutes and concerns a computer of the network. The monitor holds it for very serious.", texts[0]);
        Assert.Equal(
            "It touches 20 persons. In every case it was carried out. The data concerned: laboratory and imaging.", texts[1]);
        Assert.Equal(
            "To stop it, a computer was cut off from the network, first at 08:18 (UTC). r.responder and s.second agreed to it. "
            + "It ends by itself, and two people can undo it earlier.", texts[2]);
        Assert.All(texts, text => Assert.DoesNotContain("node", text, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void The_same_report_rendered_twice_is_the_same_to_the_byte()
    {
        var (one, other) = (Report(), Report());

        Assert.Equal(one.Sha256, other.Sha256);
        Assert.Equal(ReportHtml.Render(one), ReportHtml.Render(other));
        Assert.Equal(ReportFormats.Json(one), ReportFormats.Json(other));
        Assert.Equal(ReportFormats.Csv(one), ReportFormats.Csv(other));
        Assert.Equal(ReportPdf.Render(one), ReportPdf.Render(other));
    }

    [Fact]
    public void A_report_that_was_kept_is_drawn_again_to_the_byte()
    {
        var report = Report();

        var kept = ReportFormats.Draft(ReportFormats.Read(ReportFormats.Canonical(report.Document)));

        Assert.Equal(report.Sha256, kept.Sha256);
        Assert.Equal(ReportHtml.Render(report), ReportHtml.Render(kept));
        Assert.Equal(ReportPdf.Render(report), ReportPdf.Render(kept));
    }

    [Fact]
    public void Another_fact_gives_another_digest()
    {
        var input = SampleCase.Input();
        var changed = input with { Case = input.Case with { Lessons = "None." } };

        Assert.NotEqual(ReportFormats.Sha256Of(IncidentReport.Of(input)), ReportFormats.Sha256Of(IncidentReport.Of(changed)));
    }

    [Fact]
    public void Text_from_outside_is_inert_in_HTML()
    {
        var html =
            Encoding.UTF8.GetString(ReportHtml.Render(ReportFormats.Draft(IncidentReport.Of(SampleCase.Input(reason: Hostile)))));

        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("\u202E", html, StringComparison.Ordinal);
        Assert.Contains("[U+202E]", html, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", html, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_PDF_carries_its_fonts_and_as_many_pages_as_it_needs()
    {
        var pdf =
            Encoding.Latin1.GetString(ReportPdf.Render(ReportFormats.Draft(IncidentReport.Of(SampleCase.Input(events: 300,
            reason: Hostile)))));

        Assert.StartsWith("%PDF-", pdf, StringComparison.Ordinal);
        Assert.Contains("/FontFile2", pdf, StringComparison.Ordinal);
        Assert.Contains("SENTNL+DejaVuSans", pdf, StringComparison.Ordinal);
        Assert.DoesNotContain("/JavaScript", pdf, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("=1+1")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData("@SUM(A1)")]
    [InlineData(" =1+1")]
    [InlineData("\t=1")]
    [InlineData("\uFF1D1")]
    public void A_cell_that_a_spreadsheet_would_run_is_marked(string formula)
    {
        var csv =
            Encoding.UTF8.GetString(ReportFormats.Csv(ReportFormats.Draft(IncidentReport.Of(SampleCase.Input(reason: formula)))));

        Assert.Contains($"\"'{formula}\"", csv, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_different_people_sign_what_they_have_read()
    {
        var digest = Report().Sha256;
        SignOff[] given = [new("incident/inc-7f3a", 1, digest, "c.officer", SampleCase.At, "prepared")];

        Assert.Null(SignOffRules.ObjectionTo(given, "d.reviewer", digest, digest));
        Assert.Contains("another person", SignOffRules.ObjectionTo(given, " C.Officer ", digest, digest), StringComparison.Ordinal);
        Assert.Contains("another content", SignOffRules.ObjectionTo(given, "d.reviewer", "other", digest), StringComparison.Ordinal);
        Assert.False(SignOffRules.IsComplete([given[0], given[0] with { By = "C.OFFICER" }]));
    }

    [Fact]
    public void An_assessment_needs_a_reason_for_each_factor_and_cannot_belittle_a_high_risk()
    {
        Assert.Null(SampleCase.Assessment(BreachConclusion.LowProbability).Objection());
        Assert.Contains("high risk", SampleCase.Assessment(BreachConclusion.LowProbability, FactorRisk.High).Objection(), StringComparison.Ordinal);
        var hasty = SampleCase.Assessment(BreachConclusion.Breach);
        Assert.Contains("reason", (hasty with { Factors = [.. hasty.Factors.Select(factor => factor with { Rationale = "no" })] }).Objection(), StringComparison.Ordinal);
        Assert.Contains("one answer", (hasty with { Factors = [.. hasty.Factors.Skip(1)] }).Objection(), StringComparison.Ordinal);
    }

    private static SignedReport Report() => ReportFormats.Draft(IncidentReport.Of(SampleCase.Input()));
}
