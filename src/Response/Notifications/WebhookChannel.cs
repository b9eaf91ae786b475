using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Response.Notifications;

/// <summary>
/// Posts notices as JSON to one address, signed: <c>X-Sentinel-Signature: t=SECONDS,v1=HEX</c> is HMAC-SHA256 over
/// <c>SECONDS.BODY</c>. A receiver that refuses old seconds and known <c>X-Sentinel-Notice</c> cannot be fooled by a repeated request.
/// </summary>
/// <remarks>Redirects are not followed and answers are not read: the address is the one of the settings and no other.</remarks>
public sealed class WebhookChannel(string name, Uri address, string secret, TimeProvider clock) : INoticeChannel, IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    { Timeout = TimeSpan.FromSeconds(10) };

    /// <inheritdoc/>
    public string Name => name;

    /// <summary>The signature of a body at a time.</summary>
    public static string SignatureOf(string secret, long seconds, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seconds}.")), .. body];
        return Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed));
    }

    /// <inheritdoc/>
    public async Task SendAsync(PlannedNotice notice, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(notice);
        var body = JsonSerializer.SerializeToUtf8Bytes(notice, AlertJson.Options);
        var seconds = clock.GetUtcNow().ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("X-Sentinel-Notice", notice.Id);
        request.Headers.Add("X-Sentinel-Signature",
            string.Create(CultureInfo.InvariantCulture, $"t={seconds},v1={SignatureOf(secret, seconds, body)}"));
        using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (answer.IsSuccessStatusCode)
            return;
        var said = $"The receiver answered {(int)answer.StatusCode}.";
        throw answer.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
            || (int)answer.StatusCode >= 500
            ? new HttpRequestException(said) : new NoticeRefusedException(said);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
