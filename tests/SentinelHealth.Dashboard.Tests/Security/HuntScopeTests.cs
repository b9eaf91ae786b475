using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Tests.Fakes;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Hunting;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Tests.Security;

/// <summary>Attacks on hunts and entities by programs of hospital-b: nothing is told of events that its nodes did not report.</summary>
public sealed class HuntScopeTests : IAsyncLifetime
{
    private const string Secret = "of-hospital-a";

    private TestServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Every role that reads and can be limited.</summary>
    public static TheoryData<string> Readers => [.. Policies.Table[Policies.View].Where(role => role != Roles.Administrator)];

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _server.Monitor.Nodes.AddRange([NodeOf(Sample.Node, "hospital-a"), NodeOf(Sample.OtherNode, "hospital-b")]);
        // "shared" works at both; everything else of hospital-a has its secret in its name.
        _server.Archive.Add([
            EventOf(0, Sample.Node.Id, "did:" + Secret, "patient:" + Secret), EventOf(1, Sample.Node.Id, "did:shared", "patient:" + Secret),
            EventOf(2, Sample.OtherNode.Id, "did:shared", "patient:b"), EventOf(3, Sample.OtherNode.Id, "did:b", "patient:b"),
            // Somebody who is named like their node, elsewhere.
            EventOf(4, Sample.Node.Id, Sample.OtherNode.Id, "patient:" + Secret)]);
        _server.Archive.Save(new SavedHunt(Secret, "patient_ref: patient:" + Secret, "ben", _server.Clock.GetUtcNow()));
        await _server.Store.CommitAsync(new CaseCommit
        {
            ScoredOffsets = new Dictionary<int, long>(),
            Alerts =
            [
                Sample.Alert(Secret) with { Entity = new EntityRef(EntityType.Actor, "did:shared"), RelatedEntities = [Sample.Node] },
                Sample.Alert("of-b") with { Entity = new EntityRef(EntityType.Actor, "did:shared"), RelatedEntities = [Sample.OtherNode] },
            ],
        }, Cancel);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task Searching_tells_nothing_of_others(string role)
    {
        using var client = ClientOf(role);
        foreach (var query in (string[])
            ["", "*", "node: *", $"node: {Sample.Node.Id}", $"not node: {Sample.OtherNode.Id}", $"(node: x) or (patient_ref: *{Secret}*)",
             "not (patient_ref: nobody)", Sample.OtherNode.Id, $"actor_id: {Sample.OtherNode.Id}"])
        {
            var found = await client.GetFromJsonAsync<JsonElement>($"/api/v1/events/search?q={Uri.EscapeDataString(query)}", Cancel);
            var csv = await client.GetStringAsync($"/api/v1/events/search?format=csv&q={Uri.EscapeDataString(query)}", Cancel);

            Assert.DoesNotContain(Secret, found.GetRawText() + csv, StringComparison.Ordinal);
            Assert.True(found.GetProperty("count").GetInt64() <= 2, $"{query}: {found.GetRawText()}");
            Assert.Equal(found.GetProperty("count").GetInt64(), found.GetProperty("lookedAtCount").GetInt64());
        }
        Assert.Equal(2, (await client.GetFromJsonAsync<JsonElement>("/api/v1/events/search?q=method:%20recordAccess", Cancel))
            .GetProperty("count").GetInt64());
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task Entities_are_those_of_their_events_with_what_they_did_there(string role)
    {
        using var client = ClientOf(role);

        var listed = await client.GetFromJsonAsync<JsonElement>("/api/v1/entities", Cancel);
        var shared = await client.GetFromJsonAsync<JsonElement>("/api/v1/entities/actor/did:shared", Cancel);

        Assert.Equal(
            ["AccessRegistry", "did:b", "did:shared", Sample.OtherNode.Id, "patient:b"],
            listed.EnumerateArray().Select(item => item.GetProperty("entity").GetProperty("id").GetString()!).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(Secret, listed.GetRawText() + shared.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(1, shared.GetProperty("history").GetProperty("known").GetProperty("eventCount").GetInt64());
        Assert.Equal("of-b", Assert.Single(shared.GetProperty("alerts").EnumerateArray().ToList()).GetProperty("alert").GetProperty("id").GetString());
        foreach (var path in (string[])[$"actor/did:{Secret}", $"patient/patient:{Secret}", $"node/{Sample.Node.Id}", $"actor/{Sample.OtherNode.Id}"])
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/api/v1/entities/" + path, Cancel)).StatusCode);
        Assert.Empty((await client.GetFromJsonAsync<JsonElement>($"/api/v1/entities?name={Secret}", Cancel)).EnumerateArray());
    }

    [Fact]
    public async Task Hunts_that_others_kept_are_closed_to_them()
    {
        using var client = ClientOf(Roles.Analyst);

        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("/api/v1/hunts", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.PutAsJsonAsync("/api/v1/hunts/mine", new { q = "node: *" }, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.DeleteAsync("/api/v1/hunts/" + Secret, Cancel)).StatusCode);
        Assert.Single(_server.Archive.SavedHunts());
    }

    [Fact]
    public async Task Whose_nodes_are_whose_is_asked_anew_for_each_search()
    {
        using var client = ClientOf(Roles.Analyst);
        _server.Monitor.Nodes.RemoveAll(node => node.Id == Sample.OtherNode.Id);

        Assert.Equal(0, (await client.GetFromJsonAsync<JsonElement>("/api/v1/events/search?q=method:%20recordAccess", Cancel))
            .GetProperty("count").GetInt64());
    }

    private static NodeStatus NodeOf(EntityRef node, string organization) =>
        new(node.Id, organization, Sample.At, 1, IsValidator: false, IsQuarantined: false, IsSilent: false);

    private LogEntry EventOf(int number, string node, string actor, string subject)
    {
        var now = _server.Clock.GetUtcNow();
        return new LogEntry(0, number, "ledger", now, Encoding.UTF8.GetBytes(FormattableString.Invariant(
            $$"""{"schema":"sentinel.ledger-transaction.v1","id":"e-{{number}}","time":"{{now.UtcDateTime.AddMinutes(-number):yyyy-MM-ddTHH:mm:ssZ}}","node":"{{node}}","actor":"{{actor}}","contract":"AccessRegistry","method":"recordAccess","status":"success","subject":"{{subject}}","purpose":"TREAT"}""")));
    }

    private HttpClient ClientOf(string role)
    {
        var wish = new TokenWish("limited", role) { Organizations = ["hospital-b"] };
        Assert.Equal("", wish.Problem());
        var client = _server.Client();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", _server.Services.GetRequiredService<ApiTokens>().Create(wish, "root").Secret);
        return client;
    }
}
