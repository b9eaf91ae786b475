using System.Net.Sockets;
using System.Text;
using SentinelHealth.Dashboard.Security;

namespace SentinelHealth.Dashboard.Tests.Security;

/// <summary>Paths that climb. Sent byte by byte, because a client would tidy them first.</summary>
public sealed class PathTests
{
    /// <summary>What the files beside the program and in the data folder would show.</summary>
    private static readonly string[] Secrets = ["SQLite format", "root:x:", "\"runtimeOptions\"", "<key id=", "MZ"];

    private static readonly string[] Climbing =
    [
        "/../sentinel.runtimeconfig.json", "/css/../../sentinel.runtimeconfig.json", "/css/%2e%2e/%2e%2e/sentinel.runtimeconfig.json",
        "/css/..%2f..%2fsentinel.runtimeconfig.json", "/css/..%5c..%5csentinel.runtimeconfig.json", "/%2e%2e%2f%2e%2e%2fetc/passwd",
        "/css/%252e%252e/%252e%252e/etc/passwd", "/identity.db", "/keys/", "//etc/passwd", "/css/app.css%00.json", "/js/....//....//identity.db",
        "/_content/Radzen.Blazor/../../identity.db", "/_framework/../sentinel.dll", "/wwwroot/../identity.db", "/api/v1/../../identity.db",
        "/api/v1/incidents/..%2f..%2fidentity.db/evidence", "/api/v1/incidents/%2e%2e%2fidentity.db", "/api/v1/rules/..%2f..%2fx/stage",
        "/api/v1/compliance/cases/..%2f..%2fidentity.db/reports/incident", "/api/v1/compliance/reports/file?id=../../identity.db",
        "/api/v1/compliance/cases/x/reports/..%2f..%2fidentity.db?format=../../x", "/openapi/..%2f..%2fidentity.db.json",
    ];

    [Fact]
    public async Task A_path_that_climbs_shows_no_file_and_fails_nothing()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Client(Roles.Administrator);
        var token = client.DefaultRequestHeaders.Authorization!.ToString();
        var failures = new List<string>();

        foreach (var path in Climbing)
        {
            var (status, body) = await AskRawAsync(server, path, token);
            if (status is < 400 or > 499 || Array.Exists(Secrets, secret => body.Contains(secret, StringComparison.Ordinal)))
                failures.Add($"{path}: {status}");
        }

        Assert.Empty(failures);
    }

    [Theory]
    [InlineData("../../escaped")]
    [InlineData("..\\..\\escaped")]
    [InlineData("/escaped")]
    [InlineData("a/../../escaped\0")]
    public async Task A_name_that_climbs_writes_nothing_outside_its_folder(string name)
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Client(Roles.Administrator);
        var path = "/api/v1/compliance/cases/" + Uri.EscapeDataString(name);

        using var issued = await client.PostAsync($"{path}/reports/{Uri.EscapeDataString(name)}", null);
        using var erased = await client.PostAsync("/api/v1/erasures", new StringContent(
            System.Text.Json.JsonSerializer.Serialize(new { subject = name, reason = "They asked." }), Encoding.UTF8, "application/json"));

        Assert.InRange((int)issued.StatusCode, 400, 499);
        Assert.InRange((int)erased.StatusCode, 200, 499);
        Assert.DoesNotContain(server.FilesAround(), file => file.Contains("escaped", StringComparison.Ordinal));
    }

    private static async Task<(int Status, string Body)> AskRawAsync(TestServer server, string path, string credential)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Address.Host, server.Address.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: {server.Address.Authority}\r\nAuthorization: {credential}\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream, Encoding.Latin1);
        var answer = await reader.ReadToEndAsync();
        return (int.Parse(answer.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), answer);
    }
}
