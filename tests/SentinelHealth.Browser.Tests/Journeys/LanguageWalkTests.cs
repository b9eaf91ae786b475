using Microsoft.Playwright;
using SentinelHealth.Browser.Tests.Hosting;
using SentinelHealth.Browser.Tests.Responding;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Browser.Tests.Journeys;

/// <summary>The same walk over the pages in two languages: what both say alike may only be names, values and words that are the same in both.</summary>
[Collection(BrowserCollection.Name)]
public sealed class LanguageWalkTests(BrowserFixture fixture)
{
    /// <summary>Pages that speak every language.</summary>
    private static readonly string[] Spoken =
    [
        "/", "/alerts?status=all&alert=alert-1", "/incidents", "/incidents/inc-1", "/incidents/inc-2", "/entities", "/entities/node/node:clinic-9",
        "/hunt?q=method: recordAccess", "/responses", "/responses/backtests", "/detections", "/compliance", "/compliance/inc-1", "/compliance/reports",
        "/network", "/settings/account", "/settings/people", "/settings/tokens", "/settings/sources", "/settings/notifications",
        "/settings/retention", "/welcome", "/not-found",
    ];

    /// <summary>The same in English and German, or a name or value.</summary>
    private static readonly string[] Alike =
    [
        "Sentinel", "Health", "Compliance", "Status", "Patient", "Playbook", "Name", "Info", "Tokens", "Live", "Code", "UTC", "embedded", "root",
        "ben", "administrator", "responder", "View", "Chrome on Linux", "rarity", "node.unregistered", "Playbooks", "Ledger", "Validator",
        "OCSF", "ECS", "STIX", "CEF", "FHIR",
    ];

    /// <summary>What settings and the query language are written in, and the checks of settings, which say it as the command line does.</summary>
    private static readonly string[] Written =
        ["SentinelHealth:", "times: ", ": informational", ": new,", ": rule,", ": actor,", ": harmful", "type, id", "feature, share", "UTC ·"];

    // Text of elements that hold what people and programs wrote is not the page's.
    private const string Sentences = """
        () => {
          const found = [];
          for (const area of document.querySelectorAll('main, nav, header, button')) {
            const walker = document.createTreeWalker(area, NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
              const text = node.data.trim().replace(/\s+/g, ' ');
              if (!/[A-Za-z]{3}/.test(text) || node.parentElement.closest('bdi, code, pre, time, script, style, svg, .mono, .num, option, body [lang=en]')) continue;
              found.push(text);
            }
          }
          return [...new Set(found)];
        }
        """;

    [Fact]
    public async Task No_English_sentence_is_left_on_a_German_walk()
    {
        await using var host = await StartAsync();
        var english = await WalkAsync(host, "en-US", "Name", "Password", "Sign in");
        var german = await WalkAsync(host, "de-DE", "Name", "Passwort", "Anmelden");

        var left = Spoken.SelectMany(path => english[path].Intersect(german[path]).Except(Alike)
            .Where(text => !Written.Any(start => text.StartsWith(start, StringComparison.Ordinal)))
            .Select(text => $"{path}: {text}")).Distinct().ToList();

        Assert.True(english.Values.Sum(texts => texts.Count) > 200, "The walk found too little to say anything.");
        Assert.True(left.Count == 0, string.Join("\n", left));
    }

    [Fact]
    public void Every_page_is_on_the_walk()
    {
        var routes = typeof(Dashboard.Components.Pages.Alerts).Assembly.GetTypes()
            .SelectMany(type => type.GetCustomAttributes(typeof(Microsoft.AspNetCore.Components.RouteAttribute), inherit: false))
            .Cast<Microsoft.AspNetCore.Components.RouteAttribute>()
            .Select(route => route.Template.Split('{')[0].TrimEnd('/')).Distinct();

        var known = Spoken.Select(path => path.Split('?')[0]).ToList();
        var missed = routes.Where(route => !known.Exists(path => path.StartsWith(route, StringComparison.Ordinal)
            || (route.Length > 0 && route.StartsWith(path, StringComparison.Ordinal) && path.Length > 1))).ToList();

        Assert.True(missed.Count == 0, "Add to the walk: " + string.Join(", ", missed));
    }

    private async Task<Dictionary<string, List<string>>> WalkAsync(
        ResponseHost host, string locale, string name, string password, string signIn)
    {
        await using var context = await fixture.Browser.NewContextAsync(
            new() { BaseURL = host.Address.ToString(), Locale = locale, ReducedMotion = ReducedMotion.Reduce });
        context.SetDefaultTimeout(20_000);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/sign-in?returnUrl=/alerts");
        await page.GetByLabel(name).FillAsync("root");
        await page.GetByLabel(password).FillAsync(ResponseHost.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = signIn }).ClickAsync();
        await page.Locator("[data-connected]").WaitForAsync();
        var said = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var path in Spoken)
        {
            await page.GotoAsync(path);
            await page.Locator("[data-connected]").WaitForAsync();
            await page.Locator(".skeleton").First.WaitForAsync(new() { State = WaitForSelectorState.Detached });
            said[path] = [.. await page.EvaluateAsync<string[]>(Sentences)];
        }
        return said;
    }

    private static async Task<ResponseHost> StartAsync()
    {
        var host = await ResponseHost.StartAsync();
        host.Add("root", Roles.Administrator);
        var cancel = TestContext.Current.CancellationToken;
        await host.CommitAsync(new CaseCommit
        {
            ScoredOffsets = new Dictionary<int, long>(),
            Incidents = [SomeCase.Incident(), SomeCase.Incident() with { Id = "inc-2" }],
            Alerts =
            [
                SomeCase.Alert(), SomeCase.Alert("alert-2") with { Severity = Severity.Critical, Source = "rarity", Kind = AlertKind.Model },
                SomeCase.Alert("alert-3", "inc-2") with { IsBreakGlass = true, Severity = Severity.Low },
            ],
            Actions = [SomeCase.Planned(mode: PlaybookMode.Approve)],
        });
        await host.Parts.Triage.NoteAsync("inc-1", "Called the ward.", "ben", cancel);
        await host.Parts.Triage.MergeAsync("inc-2", "inc-1", null, ("ben", "The same node."), cancel);
        return host;
    }
}
