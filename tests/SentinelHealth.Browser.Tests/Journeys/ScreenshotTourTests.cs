using SentinelHealth.Browser.Tests.Hosting;
using SentinelHealth.Testing;

namespace SentinelHealth.Browser.Tests.Journeys;

[Collection(BrowserCollection.Name)]
public sealed class ScreenshotTourTests(BrowserFixture fixture)
{
    /// <summary>
    /// With SENTINEL_SCREENSHOTS=folder the pictures are kept there; with SENTINEL_SCREENSHOTS_OF=address they are of a running demo.
    /// </summary>
    [Fact]
    public async Task The_tour_pictures_every_page_in_both_themes_and_sizes()
    {
        using var temporary = new TemporaryFolder();
        await using var host = await SampleHost.StartAsync();
        var folder = Environment.GetEnvironmentVariable("SENTINEL_SCREENSHOTS") ?? temporary.Path;

        var address = Environment.GetEnvironmentVariable("SENTINEL_SCREENSHOTS_OF") is { } running ? new Uri(running) : host.Address;

        var pictures = await new ScreenshotTour(fixture.Browser, address).TakeAsync(folder);

        Assert.Equal(28, pictures.Count);
        Assert.All(pictures, picture => Assert.True(new FileInfo(picture).Length > 10_000, picture));
    }
}
