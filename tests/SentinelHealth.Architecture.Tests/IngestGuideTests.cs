using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using SentinelHealth.Dashboard.Hosting;

namespace SentinelHealth.Architecture.Tests;

/// <summary>Every settings example of the guide is one that the product takes.</summary>
public sealed partial class IngestGuideTests
{
    private static IEnumerable<string> Examples => JsonBlock().Matches(Repository.File("docs/ingest.md").Text)
        .Select(match => match.Groups["json"].Value)
        .Where(json => json.Contains("\"SentinelHealth\"", StringComparison.Ordinal));

    [Fact]
    public void The_settings_in_the_guide_are_valid()
    {
        Assert.NotEmpty(Examples);
        Assert.All(Examples, example =>
        {
            using var stream = new MemoryStream(Encoding.UTF8.GetBytes(example));
            var (settings, problems) = SettingsCheck.Read<SentinelSettings>(
                new ConfigurationBuilder().AddJsonStream(stream).Build(), SentinelSettings.Section);

            Assert.Empty(problems);
            Assert.NotNull(settings);
        });
    }

    [Fact]
    public void The_guide_shows_every_part_that_kafka_can_play()
    {
        var all = string.Join('\n', Examples);

        Assert.All(new[] { "\"Sources\"", "\"Log\"", "\"Publish\"", "SaslTls", "\"Tls\"" }, part => Assert.Contains(part, all, StringComparison.Ordinal));
    }

    [GeneratedRegex("```json\n(?<json>.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex JsonBlock();
}
