using System.Text.Json;
using Microsoft.Playwright;

namespace SentinelHealth.Browser.Tests.Hosting;

/// <summary>Holds a page against the checks of axe-core, which npm brings.</summary>
internal static class Axe
{
    private const string Run =
        "async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })).violations"
        + ".map(found => found.id + ': ' + found.nodes.slice(0, 3).map(node => node.target.join(' ')).join(' | '))";

    private const string Contrast =
        "async () => (await axe.run(document, { runOnly: { type: 'rule', values: ['color-contrast'] } })).violations"
        + ".map(found => found.id + ': ' + found.nodes.slice(0, 3).map(node => node.target.join(' ') + ' ' + (node.any[0]?.message ?? '')).join(' | '))";

    private static string Script { get; } = Read();

    /// <summary>What is wrong with the page, one line each; empty when nothing is.</summary>
    public static async Task<IReadOnlyList<string>> FaultsAsync(IPage page)
    {
        await page.EvaluateAsync(Script);
        var found = await page.EvaluateAsync<JsonElement>(Run);
        return [.. found.EnumerateArray().Select(item => item.GetString()!)];
    }

    /// <summary>What cannot be read for want of contrast, one line each.</summary>
    public static async Task<IReadOnlyList<string>> ContrastFaultsAsync(IPage page)
    {
        var found = await page.EvaluateAsync<JsonElement>(Contrast);
        return [.. found.EnumerateArray().Select(item => item.GetString()!)];
    }

    private static string Read()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "axe.min.js");
        return File.Exists(path) ? File.ReadAllText(path)
            : throw new InvalidOperationException("axe-core is missing: npm ci --prefix tests/SentinelHealth.Browser.Tests, then build again.");
    }
}
