using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Storage;

namespace SentinelHealth.Integration.Tests.Postgres;

/// <summary>The whole product over a PostgreSQL server: what it knows is there, and not in the folder it was started with.</summary>
public sealed partial class ServeOnPostgresTests(PostgresFixture fixture, ITestOutputHelper output) : IDisposable
{
    private const string Name = "root";
    private const string Password = "correct horse battery staple";

    private readonly TemporaryFolder _folder = new();
    private readonly string _prefix = fixture.Server.NewPrefix();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_process_with_an_empty_folder_goes_on_with_accounts_alerts_and_the_compliance_record()
    {
        string incident, alerts;
        await using (var first = Serve("first"))
        {
            await MakeAdministratorAsync(first);
            using var ingest = await ProgramAsync(first, "ingest");
            using var content = new StringContent(Attack(), Encoding.UTF8, "application/x-ndjson");
            using var accepted = await ingest.PostAsync("/api/v1/events", content);
            Assert.True(accepted.IsSuccessStatusCode, await accepted.Content.ReadAsStringAsync());
            using var officer = await ProgramAsync(first, "compliance");
            incident = await IncidentAsync(officer, first);
            using var recorded = await officer.PutAsJsonAsync(
                $"/api/v1/compliance/cases/{incident}/facts", new { rootCause = "A node that nobody admitted." });
            Assert.True(recorded.IsSuccessStatusCode, await recorded.Content.ReadAsStringAsync());
            alerts = (await officer.GetFromJsonAsync<JsonElement>("/api/v1/alerts")).GetProperty("items")[0].GetProperty("id").GetString()!;
            Assert.Equal(0, await first.StopAsync());
        }
        Assert.False(File.Exists(_folder.File("first/identity.db")));
        // The evidence log is a folder of whoever leads, and goes with it.
        Directory.CreateDirectory(_folder.File("second"));
        Directory.Move(_folder.File("first/evidence"), _folder.File("second/evidence"));

        await using var second = Serve("second");
        using var person = await SignInAsync(second);

        Assert.Equal(Name, (await person.GetFromJsonAsync<JsonElement>("/api/v1/me")).GetProperty("name").GetString());
        using var alert = await person.GetAsync($"/api/v1/alerts/{alerts}");
        Assert.Equal(HttpStatusCode.OK, alert.StatusCode);
        using var reader = await ProgramAsync(second, "compliance");
        var record = await reader.GetFromJsonAsync<JsonElement>($"/api/v1/compliance/cases/{incident}");
        Assert.Contains("A node that nobody admitted.", record.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("/setup?token=", second.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_and_a_session_of_one_process_are_those_of_the_other()
    {
        await using var here = Serve("here");
        await MakeAdministratorAsync(here);
        await CopyEvidenceAsync(here);
        await using var there = Serve("there");
        await there.LineAsync("answers at");

        using var person = await SignInAsync(here);
        using var same = BrowserOf(there, person.Cookies);
        Assert.Equal(Name, (await same.GetFromJsonAsync<JsonElement>("/api/v1/me")).GetProperty("name").GetString());
        using var own = await SignInAsync(there);
        var sessions = await own.GetFromJsonAsync<JsonElement>("/api/v1/me/sessions");
        Assert.Equal(2, sessions.GetArrayLength());

        foreach (var session in sessions.EnumerateArray().Where(session => !session.GetProperty("isThisOne").GetBoolean()))
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, $"/api/v1/me/sessions/{session.GetProperty("id").GetString()}");
            request.Headers.Add("Origin", own.BaseAddress!.GetLeftPart(UriPartial.Authority));
            using var ended = await own.SendAsync(request);
            Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await person.GetAsync("/api/v1/me")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await same.GetAsync("/api/v1/me")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await own.GetAsync("/api/v1/me")).StatusCode);
    }

    [Fact]
    public async Task Neither_itself_nor_one_that_is_there_does_a_process_take_out_of_those_that_hold_the_key()
    {
        await using var here = Serve("here");
        await MakeAdministratorAsync(here);
        await using var there = Serve("there");
        await there.LineAsync("answers at");
        using var officer = await ProgramAsync(here, "compliance");
        var custodians = await officer.GetFromJsonAsync<JsonElement>("/api/v1/custodians");

        var titles = new List<string>();
        foreach (var custodian in custodians.EnumerateArray())
        {
            using var refused = await officer.DeleteAsync($"/api/v1/custodians/{custodian.GetProperty("id").GetString()}");
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
            titles.Add((await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("title").GetString()!);
        }
        using var unknown = await officer.DeleteAsync("/api/v1/custodians/nobody");

        Assert.Equal(["A process does not take out itself.", "This process was seen within the last minute."], titles.Order());
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal(2, (await officer.GetFromJsonAsync<JsonElement>("/api/v1/custodians")).GetArrayLength());
    }

    /// <summary>
    /// The evidence log is written by the process that leads; a second one with all roles wants it as far as it was drained. A process without the
    /// role does not ask for it.
    /// </summary>
    private async Task CopyEvidenceAsync(SentinelProcess leader)
    {
        var (log, copy) = (_folder.File("here/evidence"), _folder.File("there/evidence"));
        await Patience.UntilAsync(() => File.Exists(Path.Combine(log, "head.json")), () => leader.Said);
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.EnumerateFiles(log).Where(file => Path.GetExtension(file) != ".lock" && Path.GetFileName(file) != "lock"))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
    }

    private SentinelProcess Serve(string folder) => SentinelProcess.Start(Settings(), "serve", "--data", _folder.File(folder));

    private Dictionary<string, string> Settings() => new()
    {
        ["SENTINELHEALTH__Web__Urls__0"] = "http://127.0.0.1:0",
        ["SENTINELHEALTH__Storage__Engine"] = "Postgres",
        ["SENTINELHEALTH__Storage__Postgres__ConnectionString"] = PostgresServer.ConnectionString(fixture.Server.SocketFolder),
        ["SENTINELHEALTH__Storage__Postgres__SchemaPrefix"] = _prefix,
        ["SENTINELHEALTH__Storage__Postgres__ConnectionsMax"] = "3",
        ["SENTINELHEALTH__Storage__Postgres__KeyRingFile"] = RingFile(),
    };

    private string RingFile()
    {
        var file = _folder.File("ring");
        if (!File.Exists(file))
            File.WriteAllBytes(file, System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        return file;
    }

    private static async Task<Uri> AddressAsync(SentinelProcess server) =>
        new((await server.LineAsync("answers at")).Split(' ')[^1].TrimEnd('.'));

    private static async Task MakeAdministratorAsync(SentinelProcess server)
    {
        await AddressAsync(server);
        var link = new Uri((await server.LineAsync("/setup?token=")).Trim());
        using var browser = BrowserOf(server, new CookieContainer());
        using var made = await PostFormAsync(browser, link.PathAndQuery, "/setup", ("token", link.Query["?token=".Length..]));
        Assert.True(made.StatusCode == HttpStatusCode.Redirect, await made.Content.ReadAsStringAsync());
    }

    private static async Task<Browser> SignInAsync(SentinelProcess server)
    {
        await AddressAsync(server);
        var browser = BrowserOf(server, new CookieContainer());
        using var signedIn = await PostFormAsync(browser, "/sign-in", "/sign-in");
        Assert.True(signedIn.StatusCode == HttpStatusCode.Redirect, await signedIn.Content.ReadAsStringAsync());
        return browser;
    }

    private static async Task<HttpResponseMessage> PostFormAsync(
        Browser browser, string form, string path, params (string Name, string Value)[] more)
    {
        var page = await browser.GetStringAsync(form);
        var fields = new Dictionary<string, string>
        {
            ["__RequestVerificationToken"] = FormToken().Match(page).Groups[1].Value,
            ["name"] = Name,
            ["password"] = Password,
        };
        foreach (var (name, value) in more)
            fields[name] = value;
        using var content = new FormUrlEncodedContent(fields);
        return await browser.PostAsync(path, content);
    }

    private static Browser BrowserOf(SentinelProcess server, CookieContainer cookies)
    {
        var address = new Uri(server.Said.Split('\n').First(line => line.Contains("answers at", StringComparison.Ordinal)).Split(' ')[^1].TrimEnd('.'));
        return new Browser(cookies) { BaseAddress = address };
    }

    /// <summary>A program whose token was made by the command, which goes where the settings say.</summary>
    private async Task<HttpClient> ProgramAsync(SentinelProcess server, string role)
    {
        await using var command = SentinelProcess.Start(
            Settings(), "token", "create", "--role", role, "--name", role, "--data", _folder.File("elsewhere"));
        var http = new HttpClient { BaseAddress = await AddressAsync(server) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await command.LineAsync("sentinel_")).Trim());
        return http;
    }

    private static async Task<string> IncidentAsync(HttpClient reader, SentinelProcess server)
    {
        var found = "";
        await Patience.UntilAsync(
            async () =>
            {
                var incidents = (await reader.GetFromJsonAsync<JsonElement>("/api/v1/incidents")).GetProperty("items");
                found = incidents.GetArrayLength() > 0 ? incidents[0].GetProperty("id").GetString()! : "";
                return found.Length > 0;
            },
            () => server.Said);
        return found;
    }

    private string Attack()
    {
        var start = new DateTimeOffset(TimeProvider.System.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero).AddDays(-1);
        return string.Join('\n', AttackedNetwork.Of(TestSeed.Next(output), start, eventsPerDay: 600, attackHour: 8).Records) + "\n";
    }

    [GeneratedRegex("""name="__RequestVerificationToken"[^>]*value="([^"]+)""")]
    private static partial Regex FormToken();

    /// <summary>Keeps cookies, and follows nothing by itself.</summary>
    private sealed class Browser(CookieContainer cookies)
        : HttpClient(new HttpClientHandler { CookieContainer = cookies, AllowAutoRedirect = false })
    {
        public CookieContainer Cookies => cookies;
    }
}
