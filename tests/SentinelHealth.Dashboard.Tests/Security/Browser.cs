using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using SentinelHealth.Dashboard.Security;

namespace SentinelHealth.Dashboard.Tests.Security;

/// <summary>A caller that keeps cookies and fills in forms, as a browser does.</summary>
internal sealed partial class Browser : IDisposable
{
    private readonly HttpClient _client;

    public Browser(TestServer server)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies };
        _client = new HttpClient(handler) { BaseAddress = server.Address };
    }

    public CookieContainer Cookies { get; } = new();

    public Task<HttpResponseMessage> GetAsync(string path) => _client.GetAsync(path);

    /// <summary>A JSON document.</summary>
    public async Task<JsonElement> ReadAsync(string path) => await _client.GetFromJsonAsync<JsonElement>(path);

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) =>
        _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

    /// <summary>Opens a form and posts it with its hidden token.</summary>
    public async Task<HttpResponseMessage> FillInAsync(string path, params (string Name, string Value)[] fields)
    {
        var hidden = await FieldsOfAsync(path);
        return await PostAsync(
            path.Split('?')[0], [.. hidden.Where(field => !fields.Any(given => given.Name == field.Name)), .. fields]);
    }

    /// <summary>The hidden fields of a form, its token among them.</summary>
    public async Task<IReadOnlyList<(string Name, string Value)>> FieldsOfAsync(string path) =>
        FieldsOf(await _client.GetStringAsync(path));

    public static IReadOnlyList<(string Name, string Value)> FieldsOf(string page) =>
        // The first form of a page is the one it is for; a further one chooses the language.
        [.. Hidden().Matches(page.Split("</form>")[0]).Select(match => (match.Groups[1].Value, WebUtility.HtmlDecode(match.Groups[2].Value)))];

    public async Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] fields)
    {
        using var content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return await _client.PostAsync(path, content);
    }

    public async Task<HttpStatusCode> SignInAsync(string name, string password)
    {
        using var answer = await FillInAsync(SignInEndpoints.SignInPath, ("name", name), ("password", password));
        return answer.StatusCode;
    }

    public async Task<HttpStatusCode> StatusOfAsync(string path)
    {
        using var answer = await GetAsync(path);
        return answer.StatusCode;
    }

    public void Dispose() => _client.Dispose();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">")]
    private static partial Regex Hidden();
}
