using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Dashboard.Tests.Security;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Api;

public sealed class AccountsApiTests : IAsyncLifetime
{
    private const string Password = "correct horse battery";

    private TestServer _server = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _client = _server.Client(Roles.Administrator);
        var signIns = _server.Services.GetRequiredService<SignIns>();
        Assert.Equal("", signIns.Create("root", Password, Roles.Administrator));
        Assert.Equal("", signIns.Create("ann", Password, Roles.Viewer));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task An_invitation_makes_one_account_with_its_role_and_organizations()
    {
        using var invited = await _client.PostAsJsonAsync("/api/v1/invitations", new { role = "analyst", organizations = new[] { "hospital-b" } });
        var link = (await invited.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("link").GetString()!;
        var path = new Uri(link).PathAndQuery;
        using var browser = new Browser(_server);

        using var weak = await browser.FillInAsync(path, ("name", "bea"), ("password", "short"));
        using var joined = await browser.FillInAsync(path, ("name", "bea"), ("password", Password));
        using var again = await browser.GetAsync(path);

        Assert.Equal(HttpStatusCode.BadRequest, weak.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, joined.StatusCode);
        Assert.Equal(HttpStatusCode.Gone, again.StatusCode);
        var account = _server.Services.GetRequiredService<AccountDesk>().Find("bea")!;
        Assert.Equal(Roles.Analyst, account.Role);
        Assert.Equal(["hospital-b"], account.Organizations);
        Assert.Equal(HttpStatusCode.Redirect, await browser.SignInAsync("bea", Password));
    }

    [Fact]
    public async Task An_invitation_expires()
    {
        using var invited = await _client.PostAsJsonAsync("/api/v1/invitations", new { role = "viewer" });
        var link = (await invited.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("link").GetString()!;

        _server.Clock.Advance(AccountDesk.InvitationLifetime);

        using var browser = new Browser(_server);
        Assert.Equal(HttpStatusCode.Gone, await browser.StatusOfAsync(new Uri(link).PathAndQuery));
    }

    [Theory]
    [InlineData("""{"role":"ingest"}""")]
    [InlineData("""{"role":"root"}""")]
    [InlineData("""{"role":"administrator","organizations":["hospital-a"]}""")]
    [InlineData("""{"role":"viewer","organizations":[""]}""")]
    public async Task Nobody_is_invited_into_a_role_that_people_cannot_have(string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using var answer = await _client.PostAsync("/api/v1/invitations", content);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task A_change_names_the_version_it_was_made_from()
    {
        using var read = await _client.GetAsync("/api/v1/accounts/ann");
        var version = read.Headers.ETag!.Tag;

        using var blind = await ChangeAsync("ann", new { role = "analyst" }, null);
        using var first = await ChangeAsync("ann", new { role = "analyst" }, version);
        using var second = await ChangeAsync("ann", new { role = "responder" }, version);
        using var third = await ChangeAsync("ann", new { role = "responder" }, first.Headers.ETag!.Tag);

        Assert.Equal(HttpStatusCode.PreconditionRequired, blind.StatusCode);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, second.StatusCode);
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
        Assert.Equal(Roles.Responder, _server.Services.GetRequiredService<AccountDesk>().Find("ann")!.Role);
    }

    [Fact]
    public async Task Somebody_stays_administrator()
    {
        using var demoted = await ChangeAsync("root", new { role = "viewer" }, "*");
        using var disabled = await ChangeAsync("root", new { isDisabled = true }, "*");
        using var removed = await _client.DeleteAsync("/api/v1/accounts/root");

        Assert.Equal([HttpStatusCode.Conflict, HttpStatusCode.Conflict, HttpStatusCode.Conflict],
            [demoted.StatusCode, disabled.StatusCode, removed.StatusCode]);
    }

    [Fact]
    public async Task Each_act_is_written_down_with_who_did_it()
    {
        using var changed = await ChangeAsync("ann", new { isDisabled = true }, "*");
        using var removed = await _client.DeleteAsync("/api/v1/accounts/ann");

        var acts = (await _client.GetFromJsonAsync<JsonElement>("/api/v1/account-acts?limit=2")).GetProperty("items").EnumerateArray()
            .Select(act => $"{act.GetProperty("by")} {act.GetProperty("act")} {act.GetProperty("about")}").ToList();

        Assert.Equal(["token test removed ann", "token test changed ann"], acts);
    }

    [Fact]
    public async Task A_locked_account_is_opened_by_an_administrator()
    {
        var signIns = _server.Services.GetRequiredService<SignIns>();
        for (var i = 0; i < SignIns.FailuresMax; i++)
            Assert.Null(signIns.Check("ann", "wrong password"));

        using var answer = await _client.PostAsync("/api/v1/accounts/ann/unlock", null);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.NotNull(signIns.Check("ann", Password));
    }

    [Fact]
    public async Task A_token_is_made_listed_and_revoked()
    {
        using var made = await _client.PostAsJsonAsync("/api/v1/tokens", new { name = "siem", role = "viewer", scopes = new[] { "View" }, expiresInDays = 30 });
        var answer = await made.Content.ReadFromJsonAsync<JsonElement>();
        var (secret, id) = (answer.GetProperty("secret").GetString()!, answer.GetProperty("token").GetProperty("id").GetString()!);
        var listed = await _client.GetStringAsync("/api/v1/tokens");

        using var revoked = await _client.DeleteAsync($"/api/v1/tokens/{id}");
        using var again = await _client.DeleteAsync($"/api/v1/tokens/{id}");

        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Contains(id, listed, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, listed, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NotFound), (revoked.StatusCode, again.StatusCode));
    }

    [Fact]
    public async Task Everybody_can_ask_who_they_are()
    {
        var me = await _client.GetFromJsonAsync<JsonElement>("/api/v1/me");

        Assert.Equal("token test", me.GetProperty("name").GetString());
        Assert.Contains("Administer", me.GetProperty("policies").EnumerateArray().Select(policy => policy.GetString()));
    }

    /// <summary>The tables as version 0.1 made them, with an account and a token.</summary>
    [Fact]
    public void A_file_of_an_earlier_version_is_brought_up_to_date()
    {
        using var folder = new TemporaryFolder();
        using (var connection = new SqliteFile(folder.File(IdentityStore.FileName)).Open())
        {
            using var old = connection.CreateCommand();
            old.CommandText = """
                CREATE TABLE account (
                    name TEXT PRIMARY KEY, password_hash TEXT NOT NULL, role TEXT NOT NULL, stamp TEXT NOT NULL,
                    failures INTEGER NOT NULL, locked_until_ms INTEGER, created_at_ms INTEGER NOT NULL) STRICT;
                CREATE TABLE token (
                    hash TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, created_at_ms INTEGER NOT NULL) STRICT;
                CREATE TABLE setup (
                    id INTEGER PRIMARY KEY CHECK (id = 1), hash TEXT NOT NULL, expires_at_ms INTEGER NOT NULL) STRICT;
                INSERT INTO account VALUES ('ann', 'hash', 'viewer', 'stamp', 2, NULL, 1000);
                INSERT INTO token VALUES ('0123456789abcdef0123', 'feed', 'ingest', 2000);
                """;
            old.ExecuteNonQuery();
        }

        using (var store = new IdentityStore(folder.Path))
        {
            var account = store.FindAccount("ann")!;
            Assert.Equal(("viewer", 2, false, 1L), (account.Role, account.FailureCount, account.HasTotp, account.Version));
            Assert.Null(store.FindToken("0123456789abcdef0123")!.ExpiresAt);
        }
        using var again = new IdentityStore(folder.Path);
        Assert.True(again.RemoveToken("0123456789abcdef"));
    }

    private async Task<HttpResponseMessage> ChangeAsync(string name, object body, string? version)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"/api/v1/accounts/{name}") { Content = JsonContent.Create(body) };
        if (version is not null)
            request.Headers.TryAddWithoutValidation("If-Match", version);
        return await _client.SendAsync(request);
    }
}
