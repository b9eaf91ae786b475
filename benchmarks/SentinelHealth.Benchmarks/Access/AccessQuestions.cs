using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace SentinelHealth.Benchmarks.Access;

/// <summary>The questions that are asked, and the consents that let most of them through.</summary>
internal static class AccessQuestions
{
    private const int Patients = 50_000, Actors = 2_000, LinesMax = 2_000;

    /// <summary>One of every so many patients gave no consent: a gateway is told no now and then.</summary>
    private const int UnwillingOneIn = 200;

    /// <summary>A whole HTTP request, kept alive.</summary>
    public static byte[] Request(Uri url, string token, int number)
    {
        var patient = number % Patients;
        var body = $$$"""
            {"subject":{"type":"user","id":"{{{Actor(patient)}}}","properties":{"role":"clinician","organization":"hospital-a"}},"action":{"name":"read"},
             "resource":{"type":"record","id":"r-{{{number}}}","properties":{"patient":"patient:{{{patient}}}"}},"context":{"purpose":"TREAT","node":"node:hospital-a-1"}}
            """;
        return Encoding.ASCII.GetBytes(
            $"POST /access/v1/evaluation HTTP/1.1\r\nHost: {url.Authority}\r\nAuthorization: Bearer {token}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {Encoding.ASCII.GetByteCount(body)}\r\n\r\n{body}");
    }

    /// <summary>Tells the monitor the consents, as events of the ledger.</summary>
    public static async Task ConsentAsync(Uri url, string token, CancellationToken cancel)
    {
        using var client = new HttpClient { BaseAddress = url };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var at = TimeProvider.System.GetUtcNow().AddHours(-1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var willing = Enumerable.Range(0, Patients).Where(patient => patient % UnwillingOneIn != 0);
        foreach (var chunk in willing.Chunk(LinesMax))
        {
            using var lines = new StringContent(string.Concat(chunk.Select(patient => Consent(patient, at))), Encoding.UTF8, "application/x-ndjson");
            using var answer = await client.PostAsync("/api/v1/events", lines, cancel);
            answer.EnsureSuccessStatusCode();
        }
    }

    private static string Actor(int patient) => $"did:ethr:0x{patient % Actors:x40}";

    private static string Consent(int patient, string at) => $$$"""
        {"schema":"sentinel.ledger-transaction.v1","id":"consent-{{{patient}}}","time":"{{{at}}}","node":"node:hospital-a-1","actor":"patient:{{{patient}}}","contract":"ConsentRegistry","method":"grantConsent","status":"success","subject":"patient:{{{patient}}}","purpose":"TREAT","consentId":"c-{{{patient}}}","args":{"grantee":"{{{Actor(patient)}}}","expiresAt":"2090-01-01T00:00:00Z"}}

        """;
}
