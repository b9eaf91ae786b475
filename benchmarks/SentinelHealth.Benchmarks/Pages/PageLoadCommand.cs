using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;
using SentinelHealth.Testing;

namespace SentinelHealth.Benchmarks.Pages;

/// <summary><c>page-load</c>: what open pages cost the program while events come in and the pages follow them.</summary>
/// <remarks>The program is a process of its own; so is the browser, whose work is on the same machine but in no figure.</remarks>
internal static class PageLoadCommand
{
    private const string ChromiumPath = "/usr/bin/chromium";
    private const string Name = "measurer", Password = "measured with care";

    private static readonly string[] Paths = ["/", "/alerts", "/incidents", "/network"];

    public static Command Create()
    {
        Option<int> pages = new("--pages") { DefaultValueFactory = _ => 100, Description = "Pages open at once." };
        Option<int> rate = new("--rate") { DefaultValueFactory = _ => 5_000, Description = "Events a second." };
        Option<int> seconds = new("--seconds") { DefaultValueFactory = _ => 60, Description = "How long each part is measured." };
        Command command = new("page-load", "Measures processor and memory of the program with many pages open.") { pages, rate, seconds };
        command.SetAction((parsed, cancel) => RunAsync(
            parsed.GetValue(pages), parsed.GetValue(rate), TimeSpan.FromSeconds(parsed.GetValue(seconds)), cancel));
        return command;
    }

    private static async Task<int> RunAsync(int pages, int rate, TimeSpan length, CancellationToken cancel)
    {
        using var folder = new TemporaryFolder();
        await using var token = SentinelProcess.Start(
            new Dictionary<string, string>(), "token", "create", "--role", "ingest", "--name", "load", "--data", folder.Path);
        var secret = (await token.LineAsync("sentinel_")).Trim();
        await using var server = SentinelProcess.Start(
            new Dictionary<string, string>
            {
                ["SENTINELHEALTH__Web__Urls__0"] = "http://127.0.0.1:0",
                ["SENTINELHEALTH__Web__RequestsPerSecondMax"] = "10000",
            },
            "serve", "--data", folder.Path);
        var setup = new Uri((await server.LineAsync("/setup?token=")).Trim());
        await server.LineAsync("answers at");
        await using var feed = new PageLoadFeed(new Uri(setup, "/api/v1/events"), secret, rate);
        feed.Start(cancel);
        await Task.Delay(length / 2, cancel); // Compiling is not what is measured.
        var alone = await MeasureAsync("no page", server, feed, length, cancel);

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = ChromiumPath, Args = ["--no-sandbox", "--disable-gpu"] });
        var context = await browser.NewContextAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        context.SetDefaultTimeout(120_000);
        await SignInAsync(await context.NewPageAsync(), setup);
        for (var i = 0; i < pages; i++)
        {
            var page = await context.NewPageAsync();
            await page.GotoAsync(new Uri(setup, Paths[i % Paths.Length]).ToString());
            await page.Locator("[data-connected]").WaitForAsync();
        }
        var watched = await MeasureAsync($"{pages} pages", server, feed, length, cancel);
        var held = context.Pages.Count(page => !page.IsClosed) - 1;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"a page: {1_000 * (watched.Cores - alone.Cores) / held:0.00} thousandths of a core, {(watched.Bytes - alone.Bytes) / (double)held / (1 << 20):0.0} MiB; {held} pages open"));
        return held == pages ? 0 : 1;
    }

    private static async Task SignInAsync(IPage page, Uri setup)
    {
        await page.GotoAsync(setup.ToString());
        foreach (var path in (string[])["/setup", "/sign-in"])
        {
            await page.WaitForURLAsync(url => url.Contains(path, StringComparison.Ordinal));
            await page.Locator("input[name=name]").FillAsync(Name);
            await page.Locator("input[name=password]").FillAsync(Password);
            await page.Locator("input[name=password]").PressAsync("Enter");
        }
        await page.Locator("[data-connected]").WaitForAsync();
        await page.GotoAsync("about:blank");
    }

    private static async Task<(double Cores, long Bytes)> MeasureAsync(
        string what, SentinelProcess server, PageLoadFeed feed, TimeSpan length, CancellationToken cancel)
    {
        var (watch, used, sent) = (Stopwatch.StartNew(), server.ProcessorTime, feed.AcceptedCount);
        await Task.Delay(length, cancel);
        feed.CheckAlive();
        var cores = (server.ProcessorTime - used) / watch.Elapsed;
        var rate = (feed.AcceptedCount - sent) / watch.Elapsed.TotalSeconds;
        var bytes = server.WorkingSetBytes;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{what}: {cores:0.000} cores, {bytes / (double)(1 << 20):0} MiB, {rate:0} events/s taken"));
        return (cores, bytes);
    }
}
