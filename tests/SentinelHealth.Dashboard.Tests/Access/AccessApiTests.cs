using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SentinelHealth.Dashboard.Access;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Detection;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Access;

/// <summary>The shapes of OpenID AuthZEN Authorization API 1.0, asked over HTTP.</summary>
public sealed class AccessApiTests : IAsyncLifetime
{
    private const string Alice = """{"type":"user","id":"alice@example.com"}""";
    private const string Read = """{"name":"can_read"}""";

    private TestServer _server = null!;
    private HttpClient _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _gateway = _server.Client(Roles.Access);
        _server.Access.Begin(0, new DetectionEngine(new DetectionOptions()));
        await Eventually.HoldsAsync(() => _server.Access.IsReady, () => "Containments were not read.");
        Consent("patient:1");
        Consent("patient:3");
    }

    public async ValueTask DisposeAsync()
    {
        _gateway.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task One_question_gets_a_decision_with_reasons()
    {
        var (status, answer) = await AskAsync("evaluation", Question("patient:1"));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.True(answer.GetProperty("decision").GetBoolean());
        Assert.Equal(["consent"], Reasons(answer));

        (_, answer) = await AskAsync("evaluation", Question("patient:2"));
        Assert.False(answer.GetProperty("decision").GetBoolean());
        Assert.Equal(["consent_missing"], Reasons(answer));
        Assert.NotEmpty(answer.GetProperty("context").GetProperty("reason").GetString()!);
    }

    [Theory]
    [InlineData("execute_all", new[] { true, false, true })]
    [InlineData("deny_on_first_deny", new[] { true, false })]
    [InlineData("permit_on_first_permit", new[] { true })]
    public async Task Several_questions_end_as_their_semantic_says(string semantic, bool[] decisions)
    {
        var (_, answer) = await AskAsync("evaluations", $$"""
            {"subject":{{Alice}},"action":{{Read}},"context":{"purpose":"TREAT"},"options":{"evaluations_semantic":"{{semantic}}","another_option":"value"},
             "evaluations":[{"resource":{{Patient(1)}}},{"resource":{{Patient(2)}}},{"resource":{{Patient(3)}}}]}
            """);

        Assert.Equal(decisions, answer.GetProperty("evaluations").EnumerateArray().Select(one => one.GetProperty("decision").GetBoolean()));
    }

    [Fact]
    public async Task What_stands_at_the_top_is_the_default_of_each_question()
    {
        var (_, answer) = await AskAsync("evaluations", $$"""
            {"subject":{{Alice}},"action":{{Read}},"resource":{{Patient(1)}},"context":{"purpose":"TREAT"},
             "evaluations":[{},{"resource":{{Patient(2)}}},{"subject":{"type":"user","id":"bob@example.com"} },{"action":{"name":"can_edit"} }]}
            """);

        Assert.Equal([true, false, false, true],
            answer.GetProperty("evaluations").EnumerateArray().Select(one => one.GetProperty("decision").GetBoolean()));
    }

    [Fact]
    public async Task A_question_that_is_wrong_is_denied_alone()
    {
        var (status, answer) = await AskAsync("evaluations", $$"""
            {"subject":{{Alice}},"action":{{Read}},"context":{"purpose":"TREAT"},
             "evaluations":[{"resource":{"type":"patient"} },{"resource":{{Patient(1)}}},7]}
            """);

        Assert.Equal(HttpStatusCode.OK, status);
        var answers = answer.GetProperty("evaluations").EnumerateArray().ToList();
        Assert.Equal([false, true, false], answers.Select(one => one.GetProperty("decision").GetBoolean()));
        Assert.Equal(400, answers[0].GetProperty("context").GetProperty("error").GetProperty("status").GetInt32());
    }

    [Theory]
    [InlineData("")]
    [InlineData(""","evaluations":[]""")]
    public async Task Without_questions_in_it_a_box_is_one_question(string box)
    {
        var (_, answer) = await AskAsync("evaluations", Question("patient:1")[..^1] + box + "}");

        Assert.True(answer.GetProperty("decision").GetBoolean());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"subject":{"type":"user"},"action":{"name":"a"},"resource":{"type":"t","id":"1"}}""")]
    [InlineData("""{"subject":{"type":"user","id":1},"action":{"name":"a"},"resource":{"type":"t","id":"1"}}""")]
    [InlineData("""{"subject":"alice","action":{"name":"a"},"resource":{"type":"t","id":"1"}}""")]
    [InlineData("""{"subject":{"type":"user","id":"a"},"action":{"name":"a"},"resource":{"type":"t","id":"1"},"context":7}""")]
    [InlineData("""{"subject":{"type":"user","id":"\ud800"},"action":{"name":"a"},"resource":{"type":"t","id":"1"}}""")]
    [InlineData("""{"options":{"evaluations_semantic":"some"},"evaluations":[{}]}""")]
    [InlineData("""{"a":[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}""")]
    public async Task What_is_no_question_is_refused_with_a_sentence(string body)
    {
        var (status, _, text) = await SendAsync("evaluations", body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.NotEmpty(text);
    }

    [Fact]
    public async Task Too_many_questions_and_too_long_ones_are_refused()
    {
        var many = string.Join(',', Enumerable.Repeat("{}", 257));
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync("evaluations", $$"""{"evaluations":[{{many}}]}""")).Status);
        var name = new string('n', 257);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync("evaluation", Question(name))).Status);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await SendAsync("evaluation", new string(' ', 300_000))).Status);
    }

    [Theory]
    [InlineData("{", HttpStatusCode.BadRequest)]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("[]", HttpStatusCode.BadRequest)]
    [InlineData("""{"subject":{"type":"user","id":1},"action":{"name":"a"},"resource":{"type":"t","id":"1"}}""", HttpStatusCode.BadRequest)]
    public async Task A_wrong_question_is_refused_and_the_same_connection_goes_on(string body, HttpStatusCode status)
    {
        for (var turn = 0; turn < 3; turn++)
        {
            Assert.Equal(status, (await SendAsync("evaluation", body)).Status);
            Assert.Equal(HttpStatusCode.OK, (await SendAsync("evaluation", Question("patient:1"))).Status);
        }
    }

    [Fact]
    public async Task The_answer_to_a_known_gateway_has_the_headers_of_every_answer_and_a_forgotten_token_gets_none()
    {
        using var content = new StringContent(Question("patient:1"), Encoding.UTF8, "application/json");
        using var answer = await _gateway.PostAsync("/access/v1/evaluation", content);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));

        using var stranger = _server.Client();
        stranger.DefaultRequestHeaders.Authorization = new("Bearer", "sentinel_nobody");
        using var again = new StringContent(Question("patient:1"), Encoding.UTF8, "application/json");
        using var refused = await stranger.PostAsync("/access/v1/evaluation", again);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        // Another site's page with a stolen token is refused as everywhere.
        _gateway.DefaultRequestHeaders.Add("Origin", "https://elsewhere.example");
        using var foreign = new StringContent(Question("patient:1"), Encoding.UTF8, "application/json");
        using var denied = await _gateway.PostAsync("/access/v1/evaluation", foreign);
        Assert.Equal(HttpStatusCode.Forbidden, denied.StatusCode);
    }

    [Fact]
    public async Task The_identifier_of_a_request_comes_back()
    {
        using var stranger = _server.Client();
        foreach (var client in new[] { _gateway, stranger })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/access/v1/evaluation")
            { Content = new StringContent(Question("patient:1"), Encoding.UTF8, "application/json") };
            request.Headers.Add("X-Request-ID", "bfe9eb29-ab87-4ca3-be83-a1d5d8305716");

            using var answer = await client.SendAsync(request);

            Assert.Equal(client == _gateway ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Equal(["bfe9eb29-ab87-4ca3-be83-a1d5d8305716"], answer.Headers.GetValues("X-Request-ID"));
        }
    }

    [Theory]
    [InlineData(Policies.Ask, HttpStatusCode.OK)]
    [InlineData(Policies.View, HttpStatusCode.Forbidden)]
    public async Task A_token_with_scopes_asks_only_with_the_right_one(string scope, HttpStatusCode status)
    {
        using var client = _server.Client();
        var wish = new TokenWish("scoped", Roles.Administrator) { Scopes = [scope] };
        client.DefaultRequestHeaders.Authorization =
            new("Bearer", _server.Services.GetRequiredService<ApiTokens>().Create(wish, "ada").Secret);
        using var content = new StringContent(Question("patient:1"), Encoding.UTF8, "application/json");

        using var answer = await client.PostAsync("/access/v1/evaluation", content);

        Assert.Equal(status, answer.StatusCode);
    }

    [Theory]
    [InlineData(Roles.Access, true)]
    [InlineData(Roles.Administrator, true)]
    [InlineData(Roles.Ingest, false)]
    [InlineData(Roles.Viewer, false)]
    [InlineData(Roles.Responder, false)]
    public async Task Gateways_and_administrators_may_ask(string role, bool mayAsk)
    {
        using var client = _server.Client(role);
        using var content = new StringContent(Question("patient:1"), Encoding.UTF8, "application/json");

        using var answer = await client.PostAsync("/access/v1/evaluation", content);

        Assert.Equal(mayAsk ? HttpStatusCode.OK : HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Anyone_may_read_where_to_ask()
    {
        using var stranger = _server.Client();

        using var places = JsonDocument.Parse(await stranger.GetStringAsync("/.well-known/authzen-configuration"));

        var place = _server.Address.GetLeftPart(UriPartial.Authority);
        Assert.Equal(place, places.RootElement.GetProperty("policy_decision_point").GetString());
        Assert.Equal(place + "/access/v1/evaluation", places.RootElement.GetProperty("access_evaluation_endpoint").GetString());
        Assert.Equal(place + "/access/v1/evaluations", places.RootElement.GetProperty("access_evaluations_endpoint").GetString());
    }

    [Fact]
    public async Task Emergency_access_is_permitted_and_to_be_reviewed()
    {
        var (_, answer) = await AskAsync("evaluation", $$"""
            {"subject":{{Alice}},"action":{{Read}},"resource":{{Patient(9)}},"context":{"breakGlass":true} }
            """);

        Assert.True(answer.GetProperty("decision").GetBoolean());
        Assert.Equal(["break_glass", "consent_missing"], Reasons(answer));
        Assert.Equal("review", Obligation(answer).GetProperty("id").GetString());
        await Eventually.HoldsAsync(
            () => Stored().Any(record => record.Contains("\"review\":true", StringComparison.Ordinal)), () => "Nothing is to be reviewed.");
    }

    [Fact]
    public async Task Risk_asks_for_a_stronger_sign_in_and_then_permits()
    {
        string Bulk(string context) => $$"""
            {"subject":{"type":"user","id":"alice@example.com","properties":{"role":"ai-agent"} },"action":{{Read}},
             "resource":{"type":"patient","id":"patient:1","properties":{"count":500} },"context":{"deviceAttested":false,"purpose":"TREAT"{{context}} } }
            """;

        var (_, answer) = await AskAsync("evaluation", Bulk(""));
        Assert.False(answer.GetProperty("decision").GetBoolean());
        Assert.Equal(["step_up_needed"], Reasons(answer));
        Assert.Equal("step_up", Obligation(answer).GetProperty("id").GetString());
        Assert.Contains("aal2", Obligation(answer).GetProperty("acr_values").EnumerateArray().Select(value => value.GetString()));

        (_, answer) = await AskAsync("evaluation", Bulk($",\"acr\":\"aal2\",\"auth_time\":{_server.Clock.GetUtcNow().ToUnixTimeSeconds()}"));
        Assert.True(answer.GetProperty("decision").GetBoolean());
    }

    [Fact]
    public async Task Every_answer_becomes_an_event()
    {
        var (_, answer) = await AskAsync("evaluation", Question("patient:2"));
        var id = answer.GetProperty("context").GetProperty("id").GetString()!;

        await Eventually.HoldsAsync(
            () => Stored().Any(record => record.Contains(id, StringComparison.Ordinal)), () => "The answer was not stored.");

        var stored = Stored().Single(record => record.Contains(id, StringComparison.Ordinal));
        Assert.Contains("\"method\":\"decideAccess\",\"status\":\"reverted\"", stored, StringComparison.Ordinal);
        Assert.Contains("\"askedBy\":\"token test\"", stored, StringComparison.Ordinal);
    }

    private static string Question(string patient) =>
        $$"""{"subject":{{Alice}},"action":{{Read}},"resource":{"type":"patient","id":"{{patient}}"},"context":{"purpose":"TREAT"} }""";

    private static string Patient(int number) => $$"""{"type":"patient","id":"patient:{{number}}"}""";

    private static IEnumerable<string?> Reasons(JsonElement answer) =>
        answer.GetProperty("context").GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString());

    private static JsonElement Obligation(JsonElement answer) => answer.GetProperty("context").GetProperty("obligations")[0];

    private string[] Stored()
    {
        lock (_server.Intake.Accepted)
            return [.. _server.Intake.Accepted.Where(one => one.Source == AccessTrail.Source).Select(one => one.Record)];
    }

    private async Task<(HttpStatusCode Status, JsonElement Answer)> AskAsync(string endpoint, string body)
    {
        var (status, type, text) = await SendAsync(endpoint, body);
        Assert.Equal("application/json", type);
        using var document = JsonDocument.Parse(text);
        return (status, document.RootElement.Clone());
    }

    private async Task<(HttpStatusCode Status, string? Type, string Text)> SendAsync(string endpoint, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _gateway.PostAsync($"/access/v1/{endpoint}", content);
        return (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, await answer.Content.ReadAsStringAsync());
    }

    private void Consent(string patient)
    {
        var at = _server.Clock.GetUtcNow().AddHours(-1);
        var json = $$$"""
            {"schema":"sentinel.ledger-transaction.v1","id":"c:{{{patient}}}","time":"{{{at:yyyy-MM-ddTHH:mm:ssZ}}}","node":"node:a","actor":"{{{patient}}}",
             "contract":"ConsentRegistry","method":"grantConsent","status":"success","subject":"{{{patient}}}","consentId":"c:{{{patient}}}",
             "args":{"grantee":"alice@example.com"}}
            """;
        var observed = new SentinelEvent();
        Assert.True(new NativeEventDecoder().TryDecode(Encoding.UTF8.GetBytes(json), observed, out _));
        _server.Access.Observe(observed);
    }
}
