using System.Text;
using Microsoft.Playwright;
using SentinelHealth.Browser.Tests.Hosting;
using SentinelHealth.Browser.Tests.Responding;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Reports;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Browser.Tests.Journeys;

/// <summary>Whoever writes events writes what people read. None of it may do anything but be read.</summary>
[Collection(BrowserCollection.Name)]
public sealed class HostileTextTests(BrowserFixture fixture)
{
    private const string Override = "\u202Egnp.exe\u202C", Zero = "\u200Bad\u200Bmin";

    private static readonly string[] Hostile =
    [
        "<script>window.hacked=1</script>", "<img src=x onerror='window.hacked=2'>", "\"><svg onload=window.hacked=3>", "javascript:window.hacked=4",
        "=HYPERLINK(\"http://evil.example\")", "+cmd|' /C calc'!A0", "@SUM(1)", "-2+3", Override, Zero, "</bdi></td></tr></table><h1>owned</h1>", "{{7*7}}${7*7}",
    ];

    private static readonly string[] Pages =
    [
        "/", "/alerts?status=all", "/alerts?status=all&group=source,about,incident", "/detections", "/hunt?range=all", "/entities", "/incidents", "/responses", "/network", "/compliance",
        "/compliance/reports", "/settings/people", "/settings/notifications", "/settings/retention", "/welcome",
    ];

    private static string All => string.Join(' ', Hostile);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hostile_text_in_every_field_is_shown_inert_on_every_page()
    {
        await using var host = await StartAsync();
        await using var root = await Responding.Responding.SignInAsync(fixture, host, "root", "/responses");
        var dialogs = 0;
        root.Page.Dialog += (_, dialog) =>
        {
            Interlocked.Increment(ref dialogs);
            _ = dialog.DismissAsync();
        };
        var id = Uri.EscapeDataString("inc-1");
        var alert = Uri.EscapeDataString(All);

        var actor = Uri.EscapeDataString(Hostile[0] + Hostile[1] + Hostile[2]);

        foreach (var path in (string[])[.. Pages, $"/entities/actor/{actor}", $"/incidents/{id}", $"/compliance/{id}", $"/alerts?status=all&alert={alert}"])
        {
            await root.Page.GotoAsync(path);
            await root.Page.Locator("[data-connected]").WaitForAsync();
            await root.Page.Locator(".skeleton").First.WaitForAsync(new() { State = WaitForSelectorState.Detached });

            Assert.Equal("undefined", await root.Page.EvaluateAsync<string>("typeof window.hacked"));
            Assert.Equal(0, await root.Page.Locator("img[src=x], svg[onload], h1:text-is('owned'), a[href^='javascript:']").CountAsync());
            var text = await root.Page.Locator("body").InnerTextAsync();
            Assert.False(text.Any(letter => letter is '\u202E' or '\u200B'), $"{path} shows invisible letters as they came.");
        }
        Assert.Equal(0, dialogs);
        // The flyout was the last page: the text itself is there to be read.
        var shown = await root.Page.Locator(".flyout .reason").InnerTextAsync();
        Assert.Contains("<script>window.hacked=1</script>", shown, StringComparison.Ordinal);
        Assert.Contains("⟨202E⟩", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_cell_of_an_export_is_a_formula()
    {
        await using var host = await StartAsync();
        await host.AnchorAsync();
        var day = new DateTimeOffset(SomeCase.At.Date, TimeSpan.Zero);
        var documents = new[]
        {
            await host.Parts.Compliance.DraftAsync("incident", "inc-1", "root", Cancel),
            await host.Parts.Reports.DraftAsync(new("summary", day, day.AddDays(1), ""), "root", Cancel),
            await host.Parts.Reports.DraftAsync(new("activity-review", day, day.AddDays(1), ""), "root", Cancel),
        };

        foreach (var document in documents)
        {
            Assert.NotNull(document);
            var report = ReportFormats.Draft(document);
            foreach (var cell in CellsOf(Encoding.UTF8.GetString(ReportFormats.Csv(report))))
                Assert.False(cell.Length > 0 && "=+@\t\r".Contains(cell[0], StringComparison.Ordinal), $"A cell begins as a formula: {cell}");
            var html = Encoding.UTF8.GetString(ReportHtml.Render(report));
            Assert.DoesNotContain("<script>window", html, StringComparison.Ordinal);
            Assert.DoesNotContain("<img src=x", html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_value_of_a_megabyte_is_refused_or_cut_and_the_page_stays_small()
    {
        await using var host = await StartAsync();
        var token = host.Service<ApiTokens>().Create("flood", Roles.Ingest);
        using var client = new HttpClient { BaseAddress = host.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        var huge = new string('A', 1_000_000);
        var body = $$"""{"schema":"sentinel.ledger-transaction.v1","id":"x","time":"2026-11-02T08:00:00Z","node":"{{huge}}","actor":"a","contract":"c","method":"m","status":"success"}""";

        using var answer = await client.PostAsync("/api/v1/events", new StringContent(body, Encoding.UTF8, "application/x-ndjson"), Cancel);
        var said = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True((int)answer.StatusCode == 413 || said.Contains("\"accepted\":0", StringComparison.Ordinal), said[..Math.Min(300, said.Length)]);
        await host.CommitAsync(new CaseCommit { ScoredOffsets = new Dictionary<int, long>(), Alerts = [SomeCase.Alert("huge") with { Reason = huge, Source = "burst" }] });
        await using var root = await Responding.Responding.SignInAsync(fixture, host, "root", "/alerts");
        await root.Page.GotoAsync("/alerts?alert=huge");
        await root.Page.Locator("[data-connected]").WaitForAsync();
        await root.Page.Locator(".flyout[data-ready]").WaitForAsync();

        Assert.True((await root.Page.ContentAsync()).Length < 300_000);
        Assert.Equal(1440, await root.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
    }

    [Fact]
    public async Task Hostile_events_are_shown_inert_in_a_hunt_and_leave_no_formula_in_its_file()
    {
        await using var host = await StartAsync();
        host.Parts.Archive.Add(
            [.. Hostile.Select((text, i) => EventOf(i, text)), EventOf(Hostile.Length, new string('A', 1_000_000))]);
        await using var root = await Responding.Responding.SignInAsync(fixture, host, "root", "/hunt?range=all");
        var page = root.Page;
        var dialogs = 0;
        page.Dialog += (_, dialog) =>
        {
            Interlocked.Increment(ref dialogs);
            _ = dialog.DismissAsync();
        };
        await page.Locator("section[data-ready]").WaitForAsync();
        await Assertions.Expect(page.Locator("tr[data-row]")).ToHaveCountAsync(Hostile.Length + 1);

        for (var i = 0; i <= Hostile.Length; i++)
        {
            await page.Locator("tr[data-row]").Nth(i).FocusAsync();
            await page.Keyboard.PressAsync("Enter");
            await page.Locator("tr[data-row]").Nth(i).Locator("xpath=following-sibling::tr[1][contains(@class,'event-record')]").WaitForAsync();
            Assert.Equal("undefined", await page.EvaluateAsync<string>("typeof window.hacked"));
            Assert.Equal(0, await page.Locator("img[src=x], svg[onload], h1:text-is('owned'), a[href^='javascript:']").CountAsync());
            var text = await page.Locator("main").InnerTextAsync();
            Assert.False(text.Any(letter => letter is '\u202E' or '\u200B'), $"Row {i} shows invisible letters as they came.");
        }
        // The record of a megabyte is cut, and neither it nor its cells widen the page.
        Assert.True((await page.ContentAsync()).Length < 400_000);
        Assert.Equal(1440, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Equal(0, dialogs);
        var file = await page.EvaluateAsync<string>("async () => (await fetch('/api/v1/events/search?format=csv&limit=500')).text()");
        Assert.Equal(11 * (Hostile.Length + 2) + 1, CellsOf(file).Count());
        Assert.All(CellsOf(file), cell => Assert.False(
            cell.Length > 0 && "=+-@\t\r".Contains(cell[0], StringComparison.Ordinal), $"A cell begins as a formula: {cell[..Math.Min(cell.Length, 80)]}"));
    }

    /// <summary>An event with the same text wherever a text may stand.</summary>
    private static LogEntry EventOf(int number, string text)
    {
        // An override is refused in identifiers, and a record has a megabyte at most: these stand in the arguments alone.
        var name = text == Override || text.Length > 10_000 ? "someone" : text;
        var at = SomeCase.At.AddMinutes(-number).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        var record = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new
        {
            schema = "sentinel.ledger-transaction.v1",
            id = $"e-{number}",
            time = at,
            node = name,
            actor = name,
            actorRole = name,
            organization = name,
            contract = name,
            method = name,
            status = "success",
            subject = name,
            purpose = name,
            args = new { scope = text },
        });
        return new LogEntry(0, number, "hostile", SomeCase.At, record);
    }

    /// <summary>Cells as a spreadsheet reads them.</summary>
    private static IEnumerable<string> CellsOf(string csv)
    {
        var (cell, isQuoted) = (new StringBuilder(), false);
        foreach (var letter in csv.TrimStart('\uFEFF'))
        {
            if (letter == '"')
                isQuoted = !isQuoted;
            else if (!isQuoted && letter is ',' or '\n')
            {
                yield return cell.ToString();
                cell.Clear();
            }
            else if (isQuoted || letter != '\r')
                cell.Append(letter);
        }
        yield return cell.ToString();
    }

    private static async Task<ResponseHost> StartAsync()
    {
        var host = await ResponseHost.StartAsync();
        host.Add("root", Roles.Administrator);
        EntityRef Entity(EntityType type, int from) => new(type, string.Concat(Hostile.Skip(from).Take(3)));
        var alert = SomeCase.Alert(All) with
        {
            Source = Hostile[1],
            Reason = All,
            Entity = Entity(EntityType.Actor, 0),
            RelatedEntities = [Entity(EntityType.Node, 3), Entity(EntityType.Patient, 6)],
            EventIds = [All],
            Contributions = [new(Hostile[0], Hostile[1], Hostile[2], 0.5), new(Hostile[4], Override, Zero, 0.45)],
            NotUnusual = Hostile,
            WouldBeNormalIf = All,
            Tags = Hostile,
        };
        await host.CommitAsync(new CaseCommit
        {
            ScoredOffsets = new Dictionary<int, long>(),
            Versions = "{\"program\":\"test\"}"u8.ToArray(),
            Incidents =
            [
                SomeCase.Incident(alert.Entity) with
                {
                    Title = All, Entities = [alert.Entity, .. alert.RelatedEntities], AlertIds = [alert.Id],
                },
            ],
            Alerts = [alert],
            Events = [new EventEvidence(All, $$"""{"actor":"{{Hostile[0]}}","note":"=1+1"}""")],
            Actions = [SomeCase.Planned(target: alert.RelatedEntities[0], mode: PlaybookMode.Approve)],
        });
        await host.Parts.Triage.ChangeAsync([alert.Id], new Response.Triage.TriageChange { Note = All, Assignee = Hostile[1] }, "root", Cancel);
        return host;
    }
}
