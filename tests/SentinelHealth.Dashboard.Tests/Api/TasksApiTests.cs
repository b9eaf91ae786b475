using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Tests.Fakes;
using SentinelHealth.Response.Incidents;

namespace SentinelHealth.Dashboard.Tests.Api;

public sealed class TasksApiTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _server.Tasks.All.Add(new CaseTask
        {
            Id = "review:i-1",
            IncidentId = "i-1",
            Kind = CaseTaskKind.Review,
            Title = "Emergency access must be reviewed.",
            RequestedBy = "policy",
            RequestedAt = Sample.At,
            DueAt = Sample.At.AddDays(3),
        });
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_review_is_listed_until_it_is_ended_with_a_verdict_and_a_note()
    {
        using var client = _server.Client(Roles.Compliance);
        var before = await client.GetFromJsonAsync<JsonElement>("/api/v1/tasks?open=true");

        using var answer = await client.PostAsJsonAsync(
            "/api/v1/tasks/conclude", new { id = "review:i-1", outcome = "unjustified", note = "No patient of this ward." });

        Assert.Equal("review:i-1", before[0].GetProperty("id").GetString());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(0, (await client.GetFromJsonAsync<JsonElement>("/api/v1/tasks?open=true")).GetArrayLength());
        var ended = Assert.Single(_server.Tasks.All);
        Assert.Equal((CaseTaskOutcome.Unjustified, "token test", "No patient of this ward."), (ended.Outcome, ended.ConcludedBy, ended.Note));
    }

    [Theory]
    [InlineData("review:i-1", "done", "It was fine.", HttpStatusCode.Conflict)] // What ends a task does not end a review.
    [InlineData("review:i-1", "justified", "ok", HttpStatusCode.Conflict)]
    [InlineData("review:i-2", "justified", "It was fine.", HttpStatusCode.NotFound)]
    [InlineData("", "justified", "It was fine.", HttpStatusCode.BadRequest)]
    [InlineData("review:i-1", "forgotten", "It was fine.", HttpStatusCode.BadRequest)]
    public async Task A_review_does_not_end_in_any_other_way(string id, string outcome, string note, HttpStatusCode expected)
    {
        using var client = _server.Client(Roles.Responder);

        using var answer = await client.PostAsJsonAsync("/api/v1/tasks/conclude", new { id, outcome, note });

        Assert.Equal(expected, answer.StatusCode);
        Assert.Null(Assert.Single(_server.Tasks.All).Outcome);
    }
}
