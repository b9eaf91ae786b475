using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using SentinelHealth.Testing;

namespace SentinelHealth.Benchmarks.Pages;

/// <summary><c>page-load</c>: what open pages cost the program while events come in and the pages follow them.</summary>
/// <remarks>The program is a process of its own. Pages are opened by <see cref="CircuitClient"/>, whose work is on the same machine but in no figure.</remarks>
internal static partial class PageLoadCommand
{
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

        var cookies = new CookieContainer();
        using var handler = new HttpClientHandler { CookieContainer = cookies };
        using var http = new HttpClient(handler) { BaseAddress = new Uri(setup.GetLeftPart(UriPartial.Authority)) };
        await SignInAsync(http, setup, cancel);
        var open = new List<CircuitClient>();
        try
        {
            for (var i = 0; i < pages; i++)
                open.Add(await CircuitClient.OpenAsync(http, cookies, new Uri(setup, Paths[i % Paths.Length]), cancel));
            await Task.Delay(length / 2, cancel); // What a page needs once is not what it costs.
            var drawn = open.ConvertAll(page => page.DrawnCount);
            var watched = await MeasureAsync($"{pages} pages", server, feed, length, cancel);
            open.ForEach(page => page.CheckAlive());
            var live = open.Select((page, i) => page.DrawnCount - drawn[i]).ToList();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"a page: {1_000 * (watched.Cores - alone.Cores) / pages:0.00} thousandths of a core, {(watched.Bytes - alone.Bytes) / (double)pages / (1 << 10):0} KiB; drawn {live.Average() / length.TotalSeconds:0.00} times a second, the least {live.Min() / length.TotalSeconds:0.00}"));
            return rate == 0 || live.Min() > 0 ? 0 : 1;
        }
        finally
        {
            foreach (var page in open)
                await page.DisposeAsync();
        }
    }

    /// <summary>Creates the first administrator and signs in, by the forms.</summary>
    private static async Task SignInAsync(HttpClient http, Uri setup, CancellationToken cancel)
    {
        foreach (var (form, path) in ((Uri, string)[])[(setup, "/setup"), (new Uri(setup, "/sign-in"), "/sign-in")])
        {
            var html = await http.GetStringAsync(form, cancel);
            var fields = HiddenField().Matches(html).DistinctBy(match => match.Groups["name"].Value).ToDictionary(
                match => match.Groups["name"].Value, match => WebUtility.HtmlDecode(match.Groups["value"].Value), StringComparer.Ordinal);
            fields["name"] = Name;
            fields["password"] = Password;
            using var content = new FormUrlEncodedContent(fields);
            using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), content, cancel);
            answer.EnsureSuccessStatusCode();
        }
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

    [GeneratedRegex("<input[^>]*type=\"hidden\"[^>]*name=\"(?<name>[^\"]+)\"[^>]*value=\"(?<value>[^\"]*)\"")]
    private static partial Regex HiddenField();
}
