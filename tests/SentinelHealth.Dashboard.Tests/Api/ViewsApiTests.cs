using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SentinelHealth.Dashboard.Components.Pages;
using SentinelHealth.Dashboard.Security;

namespace SentinelHealth.Dashboard.Tests.Api;

public sealed class ViewsApiTests
{
    private const string Views = "/api/v1/triage/views";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_view_is_kept_as_its_address_renamed_begun_with_and_let_go()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Client(Roles.Viewer);

        using var kept = await client.PutAsJsonAsync(Views + "/Night", new { address = "status=new&alert=a-1&bogus=1&q=source%3A%20rarity", isShared = false }, Cancel);
        using var renamed = await client.PostAsJsonAsync(Views + "/Night/rename", new { to = "Night shift" }, Cancel);
        using var begun = await client.PutAsJsonAsync("/api/v1/triage/default-view", new { name = "Night shift" }, Cancel);
        var listed = (await client.GetFromJsonAsync<JsonElement>(Views, Cancel))[0];
        using var gone = await client.DeleteAsync(Views + "/Night%20shift", Cancel);

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK],
            new[] { kept, renamed, begun, gone }.Select(answer => answer.StatusCode));
        Assert.Equal("Night shift", listed.GetProperty("name").GetString());
        Assert.True(listed.GetProperty("isDefault").GetBoolean());
        // What is open, and what no view knows, is not of the view.
        Assert.Equal("status=new&q=source%3A%20rarity", listed.GetProperty("address").GetString());
        Assert.Equal(0, (await client.GetFromJsonAsync<JsonElement>(Views, Cancel)).GetArrayLength());
    }

    [Theory]
    [InlineData(Roles.Viewer, HttpStatusCode.Forbidden)]
    [InlineData(Roles.Compliance, HttpStatusCode.Forbidden)]
    [InlineData(Roles.Analyst, HttpStatusCode.OK)]
    public async Task Sharing_is_for_those_who_work_on_alerts(string role, HttpStatusCode expected)
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Client(role);
        using var analyst = server.Client(Roles.Responder);
        await analyst.PutAsJsonAsync(Views + "/Ours", new { address = "status=new", isShared = true }, Cancel);

        using var shared = await client.PutAsJsonAsync(Views + "/Mine", new { address = "status=new", isShared = true }, Cancel);
        using var renamed = await client.PostAsJsonAsync(Views + "/Ours/rename", new { to = "Theirs", isShared = true }, Cancel);
        using var dropped = await client.DeleteAsync(Views + "/Theirs?shared=true", Cancel);

        Assert.Equal([expected, expected, expected], new[] { shared, renamed, dropped }.Select(answer => answer.StatusCode));
    }

    [Fact]
    public void An_address_says_a_view_and_a_view_its_address()
    {
        var query = AlertQuery.Parse("?status=open&pin=severity%3A%20high&pin=source%3A%20rarity&pin=&q=night&group=source");

        Assert.Equal(["severity: high", "source: rarity"], query.Pinned);
        Assert.Equal("", query.Status);
        Assert.Contains("(severity: high) and (source: rarity) and (night)", query.ToQuery(DateTimeOffset.UnixEpoch), StringComparison.Ordinal);
        Assert.Equal(query, AlertQuery.Parse(query.Kept));
        Assert.Equal("severity: high", query.WithoutPin("source: rarity").Pins);
        Assert.Equal(("severity: high\nsource: rarity\nnight", ""), (query.WithTextPinned().Pins, query.WithTextPinned().Text));
        Assert.Equal("/alerts?status=open", new AlertQuery().Plain.Address);
        Assert.Equal(AlertQuery.PinsMax, AlertQuery.Parse(string.Join('&', Enumerable.Range(0, 20).Select(i => $"pin=id%3A{i}"))).Pinned.Count);
    }
}
