using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Onboarding;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Tests.Security;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Onboarding;

public sealed class WelcomeTests
{
    private const string Password = "correct horse battery";

    public static TheoryData<string> Right => new(
        Snippet.OfFile("portal", "/var/log/portal.ndjson").Text,
        Snippet.OfSyslog("hospital-a", "0.0.0.0:6514", "server.pem", "server.key").Text,
        Snippet.OfNetwork("chain", "http://node:8545", "deployment.json").Text,
        Snippet.OfLedger("http://node:8545", "deployment.json", "0x" + new string('1', 40), "0x" + new string('2', 40)).Text,
        Snippet.OfResponse(["node:er-"], ["emergency-physician"], isDryRun: true).Text,
        Snippet.OfWebhook("on-call", "https://hooks.example/x").Text,
        Snippet.OfMail("mail", "smtp.example", "sentinel@hospital.example", "soc@hospital.example").Text,
        Snippet.OfSyslogChannel("siem", "siem.example").Text);

    [Theory]
    [MemberData(nameof(Right))]
    public void What_the_first_steps_write_out_is_what_the_monitor_takes(string text)
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));
        var configuration = new ConfigurationBuilder().AddJsonStream(stream);

        var (settings, problems) = SettingsCheck.Read<SentinelSettings>(configuration.Build(), SentinelSettings.Section);

        Assert.Empty(problems);
        Assert.NotNull(settings);
    }

    [Fact]
    public void What_the_monitor_would_refuse_is_said_beside_it()
    {
        Assert.Contains(Snippet.OfFile("no spaces here", "").Problems, problem => problem.Contains("Name", StringComparison.Ordinal));
        Assert.Contains(Snippet.OfSyslog("a", "somewhere", "", "").Problems, problem => problem.Contains("ListenAt", StringComparison.Ordinal));
        Assert.NotEmpty(Snippet.OfLedger("", "", "0x1", "").Problems);
        Assert.NotEmpty(Snippet.OfMail("m", "", "nobody", "").Problems);
        Assert.NotEmpty(Snippet.OfWebhook("w", "javascript:alert(1)").Problems);
    }

    [Fact]
    public void What_is_typed_stays_a_value()
    {
        var snippet = Snippet.OfFile("a", "\"}],\"Evil\":[{\"");

        Assert.Empty(snippet.Problems);
        Assert.DoesNotContain("\"Evil\"", snippet.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_end_of_the_first_steps_and_what_was_planned_survive_a_restart_and_stay_bounded()
    {
        using var folder = new TemporaryFolder();
        var store = new WelcomeStore(folder.Path);
        for (var i = 0; i < 100; i++)
            store.Change(state => state with { Sources = WelcomeState.With(state.Sources, $"source-{i}") });
        Assert.True(store.IsOpen);
        store.Change(state => state with { EndedBy = "root", EndedAt = DateTimeOffset.UnixEpoch });

        var again = new WelcomeStore(folder.Path);

        Assert.False(again.IsOpen);
        Assert.Equal((WelcomeState.NamesMax, "source-99"), (again.State.Sources.Count, again.State.Sources[^1]));
    }

    [Fact]
    public async Task Sample_data_runs_beside_the_monitor_and_is_gone_when_it_is_turned_off()
    {
        using var demo = new DemoBeside(NullLogger<DemoBeside>.Instance);
        Assert.Equal("", demo.TurnOn());
        var address = await demo.Answering;

        using var client = new HttpClient { BaseAddress = new Uri(address) };
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/healthz", TestContext.Current.CancellationToken)).StatusCode);
        demo.TurnOff();

        Assert.False(demo.IsOn);
        Assert.Equal("", demo.Address);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/healthz", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Sample_data_does_not_outlive_a_monitor_that_is_killed()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var demo = Process.Start(DemoBeside.Order())!;
        while (await demo.StandardOutput.ReadLineAsync(cancel) is { } line && !line.Contains("http://", StringComparison.Ordinal))
        {
        }
        Assert.False(demo.HasExited);

        // What the system does with a pipe whose owner is gone.
        demo.StandardInput.Close();

        await demo.WaitForExitAsync(cancel).WaitAsync(TimeSpan.FromSeconds(30), cancel);
    }

    [Theory]
    [InlineData(Roles.Administrator, "/welcome")]
    [InlineData(Roles.Analyst, "/")]
    public async Task Whoever_administers_a_new_monitor_begins_with_the_first_steps(string role, string landing)
    {
        await using var server = await TestServer.StartAsync();
        server.Services.GetRequiredService<SignIns>().Create("root", Password, role);
        Assert.Equal(landing, await LandingAsync(server));

        server.Services.GetRequiredService<WelcomeStore>().Change(state => state with { EndedBy = "root" });

        Assert.Equal("/", await LandingAsync(server));
    }

    private static async Task<string> LandingAsync(TestServer server)
    {
        using var browser = new Browser(server);
        using var answer = await browser.FillInAsync("/sign-in", ("name", "root"), ("password", Password));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return answer.Headers.Location!.ToString();
    }
}
