using System.Text.Json;
using SentinelHealth.Dashboard.Hosting;

namespace SentinelHealth.Dashboard.Security.Providers;

/// <summary>Where an identity provider answers, from its own discovery document.</summary>
internal sealed record ProviderPlaces(string Issuer, Uri Authorization, Uri Token, Uri? UserInfo, Uri Keys);

/// <summary>The identity provider could not be asked, or does not say what it must.</summary>
internal sealed class ProviderException : Exception
{
    public ProviderException(string message) : base(message) { }

    public ProviderException(string message, Exception cause) : base(message, cause) { }
}

/// <summary>Discovery document and signing keys of the identity provider, read when needed and kept for a while.</summary>
/// <remarks>An unknown key is looked for anew, at most once a minute: keys rotate, and strangers invent identifiers.</remarks>
internal sealed class ProviderDirectory(WebSettings settings, TimeProvider time) : IDisposable
{
    private const int AnswerBytesMax = 256 * 1024, KeysMax = 64;
    private static readonly TimeSpan PlacesAge = TimeSpan.FromHours(1);
    private static readonly TimeSpan KeysPause = TimeSpan.FromMinutes(1);

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        Timeout = TimeSpan.FromSeconds(15),
        MaxResponseContentBufferSize = AnswerBytesMax,
    };
    private readonly SemaphoreSlim _gate = new(1, 1);
    private (ProviderPlaces Places, DateTimeOffset ReadAt)? _places;
    private (IReadOnlyList<SigningKey> Keys, DateTimeOffset ReadAt)? _keys;

    /// <summary>The client that speaks to the provider: bounded answers, no redirects.</summary>
    public HttpClient Client => _client;

    private ProviderSection Provider =>
        settings.Provider ?? throw new InvalidOperationException("There is no identity provider.");

    /// <exception cref="ProviderException">It could not be read, or is not that of the configured issuer.</exception>
    public async Task<ProviderPlaces> PlacesAsync(CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            var now = time.GetUtcNow();
            if (_places is { } known && now - known.ReadAt < PlacesAge)
                return known.Places;
            var address = new Uri(Provider.Authority!.AbsoluteUri.TrimEnd('/') + "/.well-known/openid-configuration");
            var places = PlacesOf(await ReadAsync(address, cancel));
            _places = (places, now);
            return places;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The key a token names; the only one when it names none.</summary>
    /// <exception cref="ProviderException">There is none.</exception>
    public async Task<SigningKey> KeyAsync(string id, CancellationToken cancel)
    {
        var places = await PlacesAsync(cancel);
        await _gate.WaitAsync(cancel);
        try
        {
            var now = time.GetUtcNow();
            var key = Find(id);
            if (key is null && (_keys is not { } read || now - read.ReadAt >= KeysPause))
            {
                _keys = (KeysOf(await ReadAsync(places.Keys, cancel)), now);
                key = Find(id);
            }
            return key ?? throw new ProviderException("The identity provider has no such key.");
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _gate.Dispose();
    }

    private SigningKey? Find(string id) => _keys is not { } read ? null
        : id.Length > 0 ? read.Keys.FirstOrDefault(key => key.Id == id)
        : read.Keys.Count == 1 ? read.Keys[0] : null;

    private ProviderPlaces PlacesOf(JsonElement document)
    {
        var issuer = IdToken.Text(document, "issuer");
        // RFC 8414, 3.3: a document that names another issuer is somebody else's.
        if (issuer.TrimEnd('/') != Provider.Authority!.AbsoluteUri.TrimEnd('/'))
            throw new ProviderException("The discovery document is of another issuer.");
        return new ProviderPlaces(issuer, Place(document, "authorization_endpoint"), Place(document, "token_endpoint"),
            IdToken.Text(document, "userinfo_endpoint").Length > 0 ? Place(document, "userinfo_endpoint") : null,
            Place(document, "jwks_uri"));
    }

    private static Uri Place(JsonElement document, string name) =>
        Uri.TryCreate(IdToken.Text(document, name), UriKind.Absolute, out var place) && ProviderSection.IsTrustworthy(place)
            ? place : throw new ProviderException($"The discovery document has no usable {name}.");

    private static List<SigningKey> KeysOf(JsonElement document) =>
        document.TryGetProperty("keys", out var keys) && keys.ValueKind == JsonValueKind.Array
            ? [.. keys.EnumerateArray().Take(KeysMax).Select(SigningKey.Read).OfType<SigningKey>()]
            : throw new ProviderException("The key document has no keys.");

    private async Task<JsonElement> ReadAsync(Uri address, CancellationToken cancel)
    {
        try
        {
            using var answer = await _client.GetAsync(address, cancel);
            answer.EnsureSuccessStatusCode();
            using var document = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancel));
            return document.RootElement.Clone();
        }
        catch (Exception fault) when (
            fault is HttpRequestException or JsonException || (fault is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            throw new ProviderException($"{address.AbsolutePath} of the identity provider cannot be read.", fault);
        }
    }
}
