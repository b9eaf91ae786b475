using Microsoft.Playwright;
using SentinelHealth.Browser.Tests.Sample;

namespace SentinelHealth.Browser.Tests.Hosting;

/// <summary>Takes a picture of every page, dark and light, wide and narrow, from any running dashboard.</summary>
internal sealed class ScreenshotTour(IBrowser browser, Uri address)
{
    private static readonly (string Name, int Width, int Height)[] Sizes = [("wide", 1440, 900), ("narrow", 390, 844)];

    private static readonly (string Name, string Path, string? OpenLink)[] Stops =
    [
        ("overview", "/", null),
        ("alerts", "/alerts", null),
        ("alert", "/alerts", "a.row-link"),
        ("alert-groups", "/alerts?status=all&group=source,severity", null),
        ("detections", "/detections", null),
        ("entities", "/entities", null),
        ("entity", "/entities/actor/" + SampleAlerts.Nurse.Id, null),
        ("hunt", "/hunt?range=7d&q=method: recordAccess", null),
        ("incidents", "/incidents", null),
        ("incident", "/incidents", "a.row-link"),
        ("responses", "/responses", null),
        ("network", "/network", null),
    ];

    /// <summary>Runs once the browser's pages exist, for instance to sign in.</summary>
    public Func<IPage, Task> Prepare { get; init; } = _ => Task.CompletedTask;

    /// <summary>Whether every theme is taken in every size; else each once.</summary>
    public bool IsWhole { get; init; } = true;

    /// <summary>Writes the pictures into a folder and returns their paths.</summary>
    public async Task<IReadOnlyList<string>> TakeAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        var pictures = new List<string>();
        foreach (var theme in (string[])["dark", "light"])
        {
            foreach (var size in Sizes.Where(size => IsWhole || (size.Name == "wide") == (theme == "dark"))) pictures.AddRange(await TakeAsync(folder, theme, size.Name, size.Width, size.Height));
        }
        return pictures;
    }

    private async Task<List<string>> TakeAsync(string folder, string theme, string size, int width, int height)
    {
        await using var context = await browser.NewContextAsync(new()
        {
            BaseURL = address.ToString(),
            ColorScheme = theme == "dark" ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = new() { Width = width, Height = height },
            ReducedMotion = ReducedMotion.Reduce,
            DeviceScaleFactor = size == "narrow" ? 2 : 1,
        });
        var page = await context.NewPageAsync();
        await Prepare(page);
        var pictures = new List<string>();
        foreach (var stop in Stops)
        {
            await page.GotoAsync(stop.Path, new() { WaitUntil = WaitUntilState.NetworkIdle });
            if (stop.OpenLink is { } link)
            {
                var before = page.Url;
                await page.Locator(link).First.ClickAsync();
                await page.WaitForURLAsync(url => url != before);
                await page.Locator("[data-ready]").First.WaitForAsync();
            }
            var path = Path.Combine(folder, $"{stop.Name}-{theme}-{size}.png");
            await FitAsync(page, width, height, isTall: stop.Name != "alert");
            await page.ScreenshotAsync(new() { Path = path });
            await page.SetViewportSizeAsync(width, height);
            pictures.Add(path);
        }
        return pictures;
    }

    /// <summary>Grows the window to its content, so that what sticks to the window's edges is where it belongs.</summary>
    public static async Task FitAsync(IPage page, int width, int height, bool isTall)
    {
        const int HeightMax = 3_400;
        if (!isTall) return;
        var content = await page.EvaluateAsync<int>("document.documentElement.scrollHeight");
        await page.SetViewportSizeAsync(width, Math.Clamp(content, height, HeightMax));
    }
}
