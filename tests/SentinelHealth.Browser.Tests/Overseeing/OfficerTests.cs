using System.Text;
using Microsoft.Playwright;
using SentinelHealth.Browser.Tests.Hosting;
using SentinelHealth.Browser.Tests.Responding;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Reports;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Verification;
using SentinelHealth.Testing;
using static Microsoft.Playwright.Assertions;

namespace SentinelHealth.Browser.Tests.Overseeing;

/// <summary>What compliance officers go through: find an incident, read it, say when it was known, assess it, sign it in two, take the proof away.</summary>
[Collection(BrowserCollection.Name)]
public sealed class OfficerTests(BrowserFixture fixture)
{
    private const string Event =
        """{"schema":"sentinel.ledger-transaction.v1","id":"0x5f1c:3","time":"2026-11-02T08:00:00Z","node":"node:clinic-9","actor":"did:ethr:0x1","actorRole":"researcher","organization":"clinic-9","contract":"AccessRegistry","method":"recordAccess","status":"success","subject":"patient:9f3c","purpose":"HRESCH","args":{"scope":["imaging"]}}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_officers_find_read_assess_sign_and_verify_an_incident()
    {
        await using var host = await StartAsync();
        await using var ada = await Responding.Responding.SignInAsync(fixture, host, "ada", "/compliance");
        await using var ben = await Responding.Responding.SignInAsync(fixture, host, "ben", "/compliance");
        var page = ada.Page;

        await page.GetByRole(AriaRole.Link, new() { Name = "Unregistered node" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Unregistered node");
        await Expect(page.Locator(".plain").First).ToContainTextAsync("a computer that is not a member of the network took part in it");
        await Expect(page.Locator("main")).ToContainTextAsync("It touches 1 person");

        await page.Locator("[data-field=discovered]").FillAsync("2026-11-02T08:30");
        await page.Locator("[data-field=aware]").FillAsync("2026-11-02T08:45");
        await page.Locator("[data-field=cause]").FillAsync("A computer kept its key.");
        await page.Locator("[data-action=record]").ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("left");

        await page.Locator("[data-action=assess]").ClickAsync();
        await Expect(page.Locator(".toast")).ToContainTextAsync("reason");
        foreach (var factor in await page.Locator("[data-field^=reason-]").AllAsync())
            await factor.FillAsync("Only pseudonyms, but the register was reachable.");
        await page.Locator("[data-field=reason]").FillAsync("The records were read by nobody's patient.");
        await page.Locator("[data-action=assess]").ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("by ada");

        await page.Locator("[data-action=issue-incident]").ClickAsync();
        await page.Locator("[data-action=sign-incident]").ClickAsync();
        await Expect(page.Locator("[data-report=incident]")).ToContainTextAsync("ada (prepared)");
        await page.Locator("[data-action=sign-incident]").ClickAsync();
        await Expect(page.Locator(".toast")).ToContainTextAsync("another person must");

        await ben.Page.GotoAsync("/compliance/inc-1");
        await ben.Page.Locator("[data-connected]").WaitForAsync();
        await ben.Page.Locator("[data-action=sign-incident]").ClickAsync();
        await Expect(ben.Page.Locator("[data-report=incident]")).ToContainTextAsync("ada (prepared); ben (reviewed)");
        await Expect(ben.Page.Locator("[data-action=sign-incident]")).ToHaveCountAsync(0);

        await host.AnchorAsync();
        var download = await ben.Page.RunAndWaitForDownloadAsync(() => ben.Page.Locator("[data-action=evidence]").ClickAsync());
        var verdict = PackVerifier.Verify(await File.ReadAllBytesAsync(await download.PathAsync(), Cancel), new PackTrust());
        Assert.True(verdict.IsGood, string.Join("; ", verdict.Problems.Select(problem => problem.Detail)));
        Assert.Equal("inc-1", verdict.Incident);
    }

    [Fact]
    public async Task A_review_is_issued_checked_against_the_log_and_signed_by_two()
    {
        await using var host = await StartAsync();
        await using var ada = await Responding.Responding.SignInAsync(fixture, host, "ada", "/compliance/reports");
        await using var ben = await Responding.Responding.SignInAsync(fixture, host, "ben", "/compliance/reports");

        await ada.Page.Locator("[data-field=from]").FillAsync("2026-11-01");
        await ada.Page.Locator("[data-field=through]").FillAsync("2026-11-02");
        await ada.Page.Locator("[data-action=issue]").ClickAsync();
        var report = ada.Page.Locator("[data-report=activity-review]");
        await Expect(report).ToContainTextAsync("Nobody has signed.");
        await report.Locator("[data-action=check]").ClickAsync();
        await Expect(ada.Page.Locator(".toast")).ToContainTextAsync("the same to the byte");
        await report.Locator("[data-action=sign]").ClickAsync();
        await Expect(report).ToContainTextAsync("ada (prepared)");

        await ben.Page.ReloadAsync();
        await ben.Page.Locator("[data-connected]").WaitForAsync();
        var bens = ben.Page.Locator("[data-report=activity-review]");
        await bens.Locator("[data-action=sign]").ClickAsync();
        await Expect(bens).ToContainTextAsync("ben (reviewed)");
        await Expect(bens.Locator("[data-action=sign]")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task An_accounting_of_disclosures_asks_for_the_person_first()
    {
        await using var host = await StartAsync();
        await using var ada = await Responding.Responding.SignInAsync(fixture, host, "ada", "/compliance/reports");

        await ada.Page.Locator("[data-field=kind]").SelectOptionAsync("disclosures");
        await Expect(ada.Page.Locator("[data-action=issue]")).ToBeDisabledAsync();
        await ada.Page.Locator("[data-field=subject]").FillAsync("patient:9f3c");
        await Expect(ada.Page.Locator("[data-action=issue]")).ToBeEnabledAsync();
        await ada.Page.Locator("[data-action=issue]").ClickAsync();

        await Expect(ada.Page.Locator("[data-report=disclosures]")).ToContainTextAsync("patient:9f3c");
    }

    [Theory]
    [InlineData("/compliance")]
    [InlineData("/compliance/inc-1")]
    [InlineData("/compliance/reports")]
    public async Task Pages_of_compliance_pass_the_checks_for_accessible_pages_and_fit_a_phone(string path)
    {
        await using var host = await StartAsync();
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await using var ada = await Responding.Responding.SignInAsync(fixture, host, "ada", path, scheme);
            await Expect(ada.Page.Locator("h1")).ToBeVisibleAsync();

            Assert.Empty(await Axe.FaultsAsync(ada.Page));
            await ada.Page.SetViewportSizeAsync(400, 860);
            Assert.Equal(400, await ada.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        }
    }

    [Theory]
    [InlineData("activity-review")]
    [InlineData("summary")]
    [InlineData("disclosures")]
    [InlineData("control-matrix")]
    [InlineData("crypto-posture")]
    [InlineData("incident")]
    public async Task Reports_as_HTML_pass_the_checks_for_accessible_pages(string kind)
    {
        await using var host = await StartAsync();
        await host.AnchorAsync();
        var day = new DateTimeOffset(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);
        var document = kind == "incident"
            ? await host.Parts.Compliance.DraftAsync(kind, "inc-1", "ada", Cancel)
            : await host.Parts.Reports.DraftAsync(new(kind, day, day.AddDays(1), "patient:9f3c"), "ada", Cancel);
        await using var context = await fixture.Browser.NewContextAsync(
            new() { ViewportSize = new() { Width = 1280, Height = 900 } });
        var page = await context.NewPageAsync();

        await page.SetContentAsync(Encoding.UTF8.GetString(ReportHtml.Render(ReportFormats.Draft(document!))));

        Assert.Empty(await Axe.FaultsAsync(page));
    }

    private static async Task<ResponseHost> StartAsync()
    {
        var host = await ResponseHost.StartAsync(role: Roles.Compliance);
        var (incident, alert) = (SomeCase.Incident(), SomeCase.Alert());
        var seen = DecisionEvidence.Of(incident, [alert]);
        var planned = SomeCase.Planned(mode: PlaybookMode.Approve);
        await host.CommitAsync(new CaseCommit
        {
            ScoredOffsets = new Dictionary<int, long>(),
            Versions = "{\"program\":\"test\"}"u8.ToArray(),
            Incidents = [incident],
            Alerts = [alert],
            Events = [new EventEvidence("0x5f1c:3", Event)],
            Evidence = [seen],
            Actions = [planned with { Action = planned.Action with { EvidenceHash = seen.Hash } }],
        });
        host.Pass(TimeSpan.FromHours(1));
        return host;
    }
}
