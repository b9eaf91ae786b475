using Microsoft.Playwright;
using SentinelHealth.Browser.Tests.Hosting;
using SentinelHealth.Testing;

namespace SentinelHealth.Browser.Tests.Journeys;

/// <summary>What a newcomer sees who types one command and opens the address it prints: no sample, the program itself.</summary>
[Collection(BrowserCollection.Name)]
public sealed class DemoTests(BrowserFixture fixture)
{
    private const float ContainedWithinMs = 60_000;

    [Fact]
    public async Task The_first_attack_is_seen_contained_within_a_minute_without_reloading()
    {
        await using var demo = SentinelProcess.Start(new Dictionary<string, string>(), "demo", "--urls", "http://127.0.0.1:0");
        var address = (await demo.LineAsync("open http")).Split(' ').Single(word => word.StartsWith("http", StringComparison.Ordinal));
        await using var context = await fixture.Browser.NewContextAsync(new() { BaseURL = address });
        var page = await context.NewPageAsync();
        var complaints = new List<string>();
        page.Console += (_, message) => { if (message.Type == "error") complaints.Add(message.Text); };
        page.PageError += (_, error) => complaints.Add(error);
        await page.GotoAsync("/incidents?severity=high");
        await page.Locator("[data-connected]").WaitForAsync();
        await Assertions.Expect(page.GetByText("Demonstration:")).ToBeVisibleAsync();
        await demo.LineAsync("Live.");

        await Assertions.Expect(page.Locator("main table").GetByText("Contained", new() { Exact = true }).First).ToBeVisibleAsync(new() { Timeout = ContainedWithinMs });

        Assert.Empty(complaints);
    }
}
