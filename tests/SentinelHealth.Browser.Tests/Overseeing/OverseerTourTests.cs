using Microsoft.Playwright;
using SentinelHealth.Browser.Tests.Hosting;
using SentinelHealth.Browser.Tests.Responding;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Browser.Tests.Overseeing;

/// <summary>Pages of those who administer and oversee, in every theme, on a desk and a phone.</summary>
[Collection(BrowserCollection.Name)]
public sealed class OverseerTourTests(BrowserFixture fixture)
{
    private static readonly (string Name, string Path)[] Stops =
    [
        ("settings", "/settings/account"), ("people", "/settings/people"), ("welcome", "/welcome"), ("compliance", "/compliance"),
        ("compliance-case", "/compliance/inc-1"), ("compliance-reports", "/compliance/reports"),
    ];

    /// <summary>With SENTINEL_SCREENSHOTS=folder the pictures are kept there.</summary>
    [Theory]
    [InlineData("dark", 1440)]
    [InlineData("light", 1440)]
    [InlineData("contrast", 1440)]
    [InlineData("light", 390)]
    public async Task The_pages_fit_and_are_pictured(string theme, int width)
    {
        await using var host = await StartAsync();
        using var temporary = new TemporaryFolder();
        var folder = Environment.GetEnvironmentVariable("SENTINEL_SCREENSHOTS") ?? temporary.Path;
        await using var root = await Responding.Responding.SignInAsync(
            fixture, host, "root", "/settings", theme == "light" ? ColorScheme.Light : ColorScheme.Dark, width);
        if (theme == "contrast")
            await root.Page.EvaluateAsync("localStorage.setItem('sentinel.theme', 'contrast')");

        foreach (var (name, path) in Stops)
        {
            await root.Page.GotoAsync(path);
            await root.Page.Locator("[data-connected]").WaitForAsync();
            await root.Page.Locator(".skeleton").First.WaitForAsync(new() { State = WaitForSelectorState.Detached });

            Assert.Equal(width, await root.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
            Assert.Equal(theme == "contrast" ? theme : "system", await root.Page.EvaluateAsync<string>("document.documentElement.dataset.theme"));
            var picture = Path.Combine(folder, $"{name}-{theme}-{(width > 1_000 ? "wide" : "narrow")}.png");
            await ScreenshotTour.FitAsync(root.Page, width, 900, isTall: true);
            await root.Page.ScreenshotAsync(new() { Path = picture });
            await root.Page.SetViewportSizeAsync(width, 900);
            Assert.True(new FileInfo(picture).Length > 10_000, picture);
        }
    }

    private static async Task<ResponseHost> StartAsync()
    {
        var host = await ResponseHost.StartAsync();
        host.Add("root", Roles.Administrator);
        host.Service<AccountDesk>().Invite(Roles.Analyst, ["hospital-b"], "root");
        await host.CommitAsync(new CaseCommit
        {
            ScoredOffsets = new Dictionary<int, long>(),
            Incidents = [SomeCase.Incident(), SomeCase.Incident() with { Id = "inc-2", Severity = Severity.High }],
            Alerts = [SomeCase.Alert(), SomeCase.Alert("alert-2") with { Severity = Severity.Critical, Source = "rarity", Kind = AlertKind.Model }],
        });
        var compliance = host.Parts.Compliance;
        await compliance.RecordAsync("inc-1", "root", recorded => recorded with
        {
            Facts = recorded.Facts with { DiscoveredAt = SomeCase.At, AwareAt = SomeCase.At },
        }, TestContext.Current.CancellationToken);
        await compliance.IssueAsync("incident", "inc-1", "root", TestContext.Current.CancellationToken);
        return host;
    }
}
