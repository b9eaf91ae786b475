using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SentinelHealth.Dashboard.Tests.Security.Providers;

/// <summary>
/// A small identity provider on a port of its own: discovery, keys, code flow with a real check of PKCE, user-info, and signed tokens. Tests bend what it says
/// to see it refused.
/// </summary>
internal sealed class TestIdentityProvider(TimeProvider clock) : IAsyncDisposable
{
    public const string ClientId = "sentinel-test";
    public const string KeyId = "key-1";

    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ConcurrentDictionary<string, (string Challenge, string Nonce, string RedirectUri)> _codes = new();
    private WebApplication _app = null!;

    public string Issuer { get; private set; } = "";

    /// <summary>Claims of the next ID token; a test may change any before it is signed.</summary>
    public Action<Dictionary<string, object>> Bend { get; set; } = _ => { };

    /// <summary>Header of the next ID token.</summary>
    public Action<Dictionary<string, object>> BendHeader { get; set; } = _ => { };

    /// <summary>The token as it leaves.</summary>
    public Func<string, string> BendToken { get; set; } = token => token;

    public string Subject { get; set; } = "u-17";

    public string UserName { get; set; } = "dana";

    public string[] Groups { get; set; } = ["soc-analysts"];

    /// <summary>The subject user-info speaks about; null for the right one.</summary>
    public string? UserInfoSubject { get; set; }

    public string? IssuerInAnswer { get; set; }

    public string? IssuerInDiscovery { get; set; }

    public List<string> AuthorizeQueries { get; } = [];

    public int TokensGiven { get; private set; }

    public static async Task<TestIdentityProvider> StartAsync(TimeProvider clock)
    {
        var provider = new TestIdentityProvider(clock);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        provider._app = builder.Build();
        provider.Map();
        await provider._app.StartAsync();
        var server = provider._app.Services.GetRequiredService<IServer>();
        provider.Issuer = server.Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return provider;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _rsa.Dispose();
    }

    private void Map()
    {
        _app.MapGet("/.well-known/openid-configuration", () => Results.Json(new Dictionary<string, object>
        {
            ["issuer"] = IssuerInDiscovery ?? Issuer,
            ["authorization_endpoint"] = Issuer + "/authorize",
            ["token_endpoint"] = Issuer + "/token",
            ["userinfo_endpoint"] = Issuer + "/userinfo",
            ["jwks_uri"] = Issuer + "/keys",
        }));
        _app.MapGet("/keys", () =>
        {
            var key = _rsa.ExportParameters(false);
            return Results.Json(new { keys = new[] { new { kty = "RSA", use = "sig", alg = "RS256", kid = KeyId, n = Text(key.Modulus!), e = Text(key.Exponent!) } } });
        });
        _app.MapGet("/authorize", Authorize);
        _app.MapPost("/token", TokenAsync);
        _app.MapGet("/userinfo", (HttpRequest request) => request.Headers.Authorization == "Bearer access-1"
            ? Results.Json(new { sub = UserInfoSubject ?? Subject, groups = Groups }) : Results.Unauthorized());
    }

    private IResult Authorize(HttpRequest request)
    {
        AuthorizeQueries.Add(request.QueryString.Value!);
        var query = request.Query;
        if (query["client_id"] != ClientId || query["response_type"] != "code" || query["code_challenge_method"] != "S256"
            || query["code_challenge"].ToString().Length != 43 || !query["scope"].ToString().Split(' ').Contains("openid"))
            return Results.BadRequest();
        var code = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        _codes[code] = (query["code_challenge"]!, query["nonce"]!, query["redirect_uri"]!);
        var issuer = IssuerInAnswer is { } other ? "&iss=" + Uri.EscapeDataString(other) : "";
        return Results.Redirect($"{query["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(query["state"]!)}{issuer}");
    }

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        if (!_codes.TryRemove(form["code"].ToString(), out var asked) || form["grant_type"] != "authorization_code"
            || form["redirect_uri"] != asked.RedirectUri || form["client_id"] != ClientId
            || Text(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) != asked.Challenge)
            return Results.BadRequest(new { error = "invalid_grant" });
        TokensGiven++;
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = Issuer,
            ["aud"] = ClientId,
            ["sub"] = Subject,
            ["nonce"] = asked.Nonce,
            ["iat"] = now,
            ["exp"] = now + 300,
            ["auth_time"] = now,
            ["preferred_username"] = UserName,
        };
        Bend(claims);
        return Results.Json(new { access_token = "access-1", token_type = "Bearer", expires_in = 300, id_token = BendToken(Sign(claims)) });
    }

    private string Sign(Dictionary<string, object> claims)
    {
        var header = new Dictionary<string, object> { ["alg"] = "RS256", ["typ"] = "JWT", ["kid"] = KeyId };
        BendHeader(header);
        var content = $"{Text(JsonSerializer.SerializeToUtf8Bytes(header))}.{Text(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        var signature = _rsa.SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{content}.{Text(signature)}";
    }

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
