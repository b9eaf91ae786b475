using System.Net.Http.Headers;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace SentinelHealth.Dashboard.Security.Providers;

/// <summary>
/// Sign-in through an OpenID Connect provider: the framework's own handler for OAuth (code flow, PKCE, state bound to the browser), and on top of it what
/// OpenID Connect adds: discovery, nonce, and an ID token that is checked.
/// </summary>
internal sealed class OidcHandler(
    IOptionsMonitor<OAuthOptions> options, ILoggerFactory logs, UrlEncoder encoder, OidcServices services)
    : OAuthHandler<OAuthOptions>(options, logs, encoder)
{
    public const string SchemeName = "provider";
    public const string CallbackPath = "/sign-in/provider/callback";

    /// <summary>Parameter of a challenge: the person shall prove anew who they are.</summary>
    public const string SignInAgain = "again";

    /// <summary>Stands for addresses that only discovery knows.</summary>
    public const string Unknown = "https://discovered.invalid/";

    private const string NonceItem = "sentinel.nonce";
    private const string AgainItem = "sentinel.again";
    private const int NonceBytes = 32;

    private ProviderSection Provider => services.Settings.Provider!;

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var places = await services.Directory.PlacesAsync(Context.RequestAborted);
        Context.Items[typeof(ProviderPlaces)] = places;
        await base.HandleChallengeAsync(properties);
    }

    protected override string BuildChallengeUrl(AuthenticationProperties properties, string redirectUri)
    {
        var places = (ProviderPlaces)Context.Items[typeof(ProviderPlaces)]!;
        var nonce = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(NonceBytes));
        var isAgain = properties.GetParameter<bool>(SignInAgain);
        // Before the state is made of them: state and nonce then belong together.
        properties.Items[NonceItem] = nonce;
        properties.Items[AgainItem] = isAgain ? "yes" : "no";
        var url = base.BuildChallengeUrl(properties, redirectUri);
        url = QueryHelpers.AddQueryString(places.Authorization.AbsoluteUri, QueryHelpers.ParseQuery(new Uri(url).Query));
        url = QueryHelpers.AddQueryString(url, "nonce", nonce);
        return isAgain ? QueryHelpers.AddQueryString(QueryHelpers.AddQueryString(url, "prompt", "login"), "max_age", "0") : url;
    }

    protected override async Task<HandleRequestResult> HandleRemoteAuthenticateAsync()
    {
        // RFC 9207: the answer of another provider must not be taken for this one's.
        var issuer = Request.Query["iss"].ToString();
        if (issuer.Length > 0 && issuer != (await services.Directory.PlacesAsync(Context.RequestAborted)).Issuer)
            return HandleRequestResult.Fail("The answer is of another issuer.");
        return await base.HandleRemoteAuthenticateAsync();
    }

    protected override async Task<OAuthTokenResponse> ExchangeCodeAsync(OAuthCodeExchangeContext context)
    {
        var places = await services.Directory.PlacesAsync(Context.RequestAborted);
        var form = new Dictionary<string, string>
        {
            ["client_id"] = Options.ClientId,
            ["redirect_uri"] = context.RedirectUri,
            ["code"] = context.Code,
            ["grant_type"] = "authorization_code",
            [OAuthConstants.CodeVerifierKey] = context.Properties.Items[OAuthConstants.CodeVerifierKey]!,
        };
        context.Properties.Items.Remove(OAuthConstants.CodeVerifierKey);
        if (services.ClientSecret is { Length: > 0 } secret)
            form["client_secret"] = secret;
        using var content = new FormUrlEncodedContent(form);
        using var answer = await services.Directory.Client.PostAsync(places.Token, content, Context.RequestAborted);
        if (!answer.IsSuccessStatusCode)
            return OAuthTokenResponse.Failed(new ProviderException($"The token endpoint answered {(int)answer.StatusCode}."));
        return OAuthTokenResponse.Success(JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(Context.RequestAborted)));
    }

    protected override async Task<AuthenticationTicket> CreateTicketAsync(
        ClaimsIdentity identity, AuthenticationProperties properties, OAuthTokenResponse tokens)
    {
        var places = await services.Directory.PlacesAsync(Context.RequestAborted);
        var token = IdToken.Text(tokens.Response!.RootElement, "id_token");
        var key = await services.Directory.KeyAsync(IdToken.HeaderOf(token).KeyId, Context.RequestAborted);
        var terms = new IdTokenTerms(places.Issuer, Options.ClientId, properties.Items[NonceItem] ?? "");
        var now = services.Time.GetUtcNow();
        var claims = IdToken.Check(token, key, terms, now);
        var signedInAt = IdToken.Seconds(claims, "auth_time");
        if (properties.Items[AgainItem] == "yes" && !(now - signedInAt < TimeSpan.FromMinutes(5)))
            throw new IdTokenException("The person was to sign in again and did not.");
        var more = await UserInfoAsync(places, tokens.AccessToken, IdToken.Text(claims, "sub"));
        var person = services.Members.Enter(Provider, new ProviderPerson(places.Issuer, claims, more, signedInAt), Context);
        // What was kept for this sign-in has no place in a cookie.
        var kept = new AuthenticationProperties { RedirectUri = properties.RedirectUri };
        return new AuthenticationTicket(person, kept, Scheme.Name);
    }

    /// <summary>What the provider says about the person beside the token; nothing when it has no such place.</summary>
    private async Task<JsonElement> UserInfoAsync(ProviderPlaces places, string? accessToken, string subject)
    {
        if (places.UserInfo is null || string.IsNullOrEmpty(accessToken))
            return default;
        using var request = new HttpRequestMessage(HttpMethod.Get, places.UserInfo);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        using var answer = await services.Directory.Client.SendAsync(request, Context.RequestAborted);
        answer.EnsureSuccessStatusCode();
        using var document = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(Context.RequestAborted));
        var info = document.RootElement.Clone();
        // OpenID Connect Core 5.3.2: answers about another subject must not be used.
        return info.ValueKind == JsonValueKind.Object && IdToken.Text(info, "sub") == subject
            ? info : throw new IdTokenException("What the provider says is about another person.");
    }
}
