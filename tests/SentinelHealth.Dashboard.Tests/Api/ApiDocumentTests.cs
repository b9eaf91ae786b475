using System.Text.Json;
using SentinelHealth.Dashboard.Security;

namespace SentinelHealth.Dashboard.Tests.Api;

public sealed class ApiDocumentTests
{
    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete"];

    [Fact]
    public async Task Every_operation_is_summed_up_described_and_has_examples_of_its_bodies()
    {
        var document = await ReadAsync();
        var failures = new List<string>();

        foreach (var (name, operation) in OperationsOf(document))
        {
            foreach (var member in (string[])["summary", "description", "operationId"])
            {
                if (!operation.TryGetProperty(member, out var text) || text.GetString() is not { Length: > 3 })
                    failures.Add($"{name} has no {member}: give it WithName and WithSummary.");
            }
            var responses = operation.GetProperty("responses");
            if (!responses.EnumerateObject().Any(response => response.Name[0] == '2'))
                failures.Add($"{name} answers nothing: type its handler, or add Produces.");
            foreach (var status in (string[])["401", "403", "429"])
            {
                if (!responses.TryGetProperty(status, out _))
                    failures.Add($"{name} does not tell {status}.");
            }
            if (operation.TryGetProperty("requestBody", out var body))
                failures.AddRange(WithoutExample(body).Select(media => $"{name} takes {media} without an example."));
            foreach (var response in responses.EnumerateObject())
                failures.AddRange(WithoutExample(response.Value).Select(media => $"{name} answers {response.Name} {media} without an example."));
        }

        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }

    [Fact]
    public async Task The_document_is_of_version_3_1_and_holds_every_route_of_the_api()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Client(Roles.Viewer);
        using var document = JsonDocument.Parse(await client.GetStringAsync("/openapi/v1.json"));
        var told = OperationsOf(document.RootElement).Select(operation => operation.Name.TrimEnd('/'))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);

        var missing = Security.RouteTable.Of(server)
            .Where(route => route.Pattern.StartsWith("/api/", StringComparison.Ordinal))
            .Select(route => route.ToString().TrimEnd('/')).Where(route => !told.Contains(route)).ToList();

        Assert.StartsWith("3.1.", document.RootElement.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.Empty(missing);
    }

    [Fact]
    public async Task An_example_of_an_alert_reads_like_one()
    {
        var document = await ReadAsync();
        var alerts = OperationsOf(document).Single(operation => operation.Name == "GET /api/v1/alerts").Operation;

        var example = alerts.GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/json")
            .GetProperty("example").GetProperty("items")[0];

        Assert.Equal("2026-11-02T08:14:03Z", example.GetProperty("at").GetString());
        Assert.Equal("rule", example.GetProperty("kind").GetString());
        Assert.Equal(JsonValueKind.Number, example.GetProperty("score").ValueKind);
        Assert.NotEqual(JsonValueKind.Null, example.GetProperty("entity").GetProperty("id").ValueKind);
    }

    private static async Task<JsonElement> ReadAsync()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Client(Roles.Viewer);
        using var document = JsonDocument.Parse(await client.GetStringAsync("/openapi/v1.json"));
        return document.RootElement.Clone();
    }

    private static IEnumerable<(string Name, JsonElement Operation)> OperationsOf(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from method in path.Value.EnumerateObject()
        where Methods.Contains(method.Name)
        select ($"{method.Name.ToUpperInvariant()} {path.Name}", method.Value);

    private static IEnumerable<string> WithoutExample(JsonElement body) =>
        body.TryGetProperty("content", out var content)
            ? content.EnumerateObject().Where(media => media.Name.Contains("json", StringComparison.Ordinal) && !media.Value.TryGetProperty("example", out _))
                .Select(media => media.Name)
            : [];
}
