using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace SentinelHealth.Dashboard.Security.Providers;

/// <summary>What an ID token must say to be believed.</summary>
/// <param name="Issuer">Who must have made it.</param>
/// <param name="ClientId">For whom.</param>
/// <param name="Nonce">The random value of this very sign-in.</param>
internal sealed record IdTokenTerms(string Issuer, string ClientId, string Nonce);

/// <summary>An ID token is refused.</summary>
internal sealed class IdTokenException(string reason) : Exception(reason);

/// <summary>Checks ID tokens as OpenID Connect Core 3.1.3.7 demands: first the signature, then issuer, audience, times and nonce.</summary>
internal static class IdToken
{
    private const int CharactersMax = 32 * 1024;

    // Two machines' clocks.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    /// <summary>The key identifier and algorithm a token names; nothing of it is believed yet.</summary>
    public static (string KeyId, string Algorithm) HeaderOf(string token)
    {
        var header = Part(token, 0);
        // An extension that must be understood and is not (RFC 7515, 4.1.11).
        if (header.TryGetProperty("crit", out _))
            throw new IdTokenException("The token has critical extensions.");
        return (Text(header, "kid"), Text(header, "alg"));
    }

    /// <summary>The claims of a token whose signature and terms hold.</summary>
    /// <exception cref="IdTokenException">They do not; the message says which, and never quotes the token.</exception>
    public static JsonElement Check(string token, SigningKey key, IdTokenTerms terms, DateTimeOffset now)
    {
        var end = token.LastIndexOf('.');
        var (_, algorithm) = HeaderOf(token);
        if (!key.Verifies(algorithm, Encoding.ASCII.GetBytes(token[..end]), Bytes(token[(end + 1)..])))
            throw new IdTokenException("The signature is not right.");
        var claims = Part(token, 1);
        if (Text(claims, "iss") != terms.Issuer)
            throw new IdTokenException("The issuer is another.");
        CheckAudience(claims, terms.ClientId);
        if (Seconds(claims, "exp") is not { } expiresAt || now >= expiresAt + Skew)
            throw new IdTokenException("The token has expired.");
        if (Seconds(claims, "iat") is not { } issuedAt || issuedAt > now + Skew)
            throw new IdTokenException("The token is of the future.");
        if (Seconds(claims, "nbf") is { } notBefore && notBefore > now + Skew)
            throw new IdTokenException("The token is not valid yet.");
        if (terms.Nonce.Length == 0 || Text(claims, "nonce") != terms.Nonce)
            throw new IdTokenException("The nonce is not that of this sign-in.");
        if (Text(claims, "sub").Length is 0 or > 255)
            throw new IdTokenException("The token names nobody.");
        return claims;
    }

    /// <summary>A text claim; empty when it is absent or no text.</summary>
    public static string Text(JsonElement claims, string name) =>
        claims.ValueKind == JsonValueKind.Object && claims.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    /// <summary>A claim in seconds since 1970.</summary>
    public static DateTimeOffset? Seconds(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds)
            && seconds is >= 0 and < 253_402_300_799 ? DateTimeOffset.FromUnixTimeSeconds((long)seconds) : null;

    /// <summary>Bytes in the alphabet of tokens.</summary>
    public static byte[] Bytes(string text)
    {
        try
        {
            return Base64Url.DecodeFromChars(text);
        }
        catch (FormatException)
        {
            throw new IdTokenException("The token is not encoded as one.");
        }
    }

    private static void CheckAudience(JsonElement claims, string clientId)
    {
        var audiences = claims.TryGetProperty("aud", out var value)
            ? value.ValueKind == JsonValueKind.Array
                ? value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String)
                    .Select(item => item.GetString()!).ToList()
                : [Text(claims, "aud")]
            : [];
        if (!audiences.Contains(clientId, StringComparer.Ordinal))
            throw new IdTokenException("The token is for somebody else.");
        var party = Text(claims, "azp");
        if ((audiences.Count > 1 || party.Length > 0) && party != clientId)
            throw new IdTokenException("The token was made for somebody else.");
    }

    private static JsonElement Part(string token, int index)
    {
        var parts = token.Length <= CharactersMax ? token.Split('.') : [];
        if (parts.Length != 3)
            throw new IdTokenException("The token has not three parts.");
        try
        {
            using var document = JsonDocument.Parse(Bytes(parts[index]));
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new IdTokenException("The token holds no object.");
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw new IdTokenException("The token holds no JSON.");
        }
    }
}
