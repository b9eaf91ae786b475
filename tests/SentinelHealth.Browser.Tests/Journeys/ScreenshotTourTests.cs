using SentinelHealth.Browser.Tests.Hosting;
using SentinelHealth.Testing;

namespace SentinelHealth.Browser.Tests.Journeys;

[Collection(BrowserCollection.Name)]
public sealed class ScreenshotTourTests(BrowserFixture fixture)
{
    /// <summary>
    /// With SENTINEL_SCREENSHOTS=folder the pictures are kept there, each page in both themes and sizes; with SENTINEL_SCREENSHOTS_OF=address they are of a running demo.
    /// </summary>
    [Fact]
    public async Task The_tour_pictures_every_page()
    {
        using var temporary = new TemporaryFolder();
        await using var host = await SampleHost.StartAsync();
        var folder = Environment.GetEnvironmentVariable("SENTINEL_SCREENSHOTS") ?? temporary.Path;

        var address = Environment.GetEnvironmentVariable("SENTINEL_SCREENSHOTS_OF") is { } running ? new Uri(running) : host.Address;

        var isKept = Environment.GetEnvironmentVariable("SENTINEL_SCREENSHOTS") is not null;
        var pictures = await new ScreenshotTour(fixture.Browser, address) { IsWhole = isKept }.TakeAsync(folder);

        Assert.Equal(isKept ? 48 : 24, pictures.Count);
        Assert.All(pictures, picture => Assert.True(new FileInfo(picture).Length > 10_000, picture));
    }
}
