using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace SentinelHealth.Testing;

/// <summary>A program with a token at the API of a running server.</summary>
public sealed class SentinelApi : IDisposable
{
    private readonly HttpClient _http;

    private SentinelApi(HttpClient http) => _http = http;

    /// <summary>Waits until the server answers, and has a token made for its data folder by the command for it.</summary>
    /// <param name="server">The server.</param>
    /// <param name="dataFolder">Its data folder.</param>
    /// <param name="settings">Its settings as variables of the environment; null when they do not say where accounts are.</param>
    public static async Task<SentinelApi> ConnectAsync(
        SentinelProcess server, string dataFolder, IReadOnlyDictionary<string, string>? settings = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        var line = await server.LineAsync("answers at");
        await using var command = SentinelProcess.Start(
            settings ?? new Dictionary<string, string>(), "token", "create", "--role", "viewer", "--name", "test", "--data", dataFolder);
        var token = await command.LineAsync("sentinel_");
        var http = new HttpClient { BaseAddress = new Uri(line.Split(' ')[^1].TrimEnd('.')) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Trim());
        return new SentinelApi(http);
    }

    /// <summary>Where the only action on a target stands; null when there is none.</summary>
    public async Task<string?> StateOfAsync(string target)
    {
        var answer = await _http.GetFromJsonAsync<JsonElement>($"/api/v1/actions?targetId={Uri.EscapeDataString(target)}");
        return answer.GetProperty("items").EnumerateArray().Select(action => action.GetProperty("state").GetString()).SingleOrDefault();
    }

    /// <summary>What the server answers to a question.</summary>
    public Task<JsonElement> JsonAsync(string path) => _http.GetFromJsonAsync<JsonElement>(path);

    public void Dispose() => _http.Dispose();
}
