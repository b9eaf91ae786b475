using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SentinelHealth.Dashboard.Hosting;

namespace SentinelHealth.Dashboard.Onboarding;

/// <summary>What to add to the settings file, ready to paste, with what the monitor would say about it.</summary>
/// <param name="Text">JSON with the whole path to the setting.</param>
/// <param name="Problems">What would keep the monitor from starting with it; empty when it would start.</param>
public sealed record Snippet(string Text, IReadOnlyList<string> Problems)
{
    // The page encodes what it shows; escaping here would only make an address unreadable.
    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Snippet OfFile(string name, string path) => OfSource("Files", new { Name = name, Path = path });

    public static Snippet OfSyslog(string name, string listenAt, string certificate, string key) => OfSource(
        "Syslog", new { Name = name, ListenAt = listenAt, CertificateFile = certificate, KeyFile = key });

    public static Snippet OfNetwork(string name, string endpoint, string deployment) => OfSource(
        "Evm", new { Name = name, Endpoint = endpoint, DeploymentFile = deployment });

    public static Snippet OfTopic(string name, string servers, string topic) => Of(new Dictionary<string, object>
    {
        ["Kafka"] = new { BootstrapServers = servers },
        ["Sources"] = new { Kafka = new[] { new { Name = name, Topics = new[] { topic } } } },
    });

    public static Snippet OfLedger(string endpoint, string deployment, string automation, string restorer) => Of(new()
    {
        ["Ledger"] = new
        {
            Kind = "Evm",
            Evm = new
            {
                Endpoint = endpoint,
                DeploymentFile = deployment,
                AutomationAccount = automation,
                RestorerAccount = restorer,
            },
        },
    });

    public static Snippet OfResponse(IReadOnlyList<string> prefixes, IReadOnlyList<string> roles, bool isDryRun) => Of(new()
    {
        ["Response"] = new { IsDryRun = isDryRun, ProtectedPrefixes = prefixes, ProtectedRoles = roles },
    });

    public static Snippet OfWebhook(string name, string url) => OfChannel(
        new { Name = name, Kind = "Webhook", Url = url, Secret = "replace-with-16-or-more-characters" });

    public static Snippet OfMail(string name, string host, string from, string to) => OfChannel(
        new { Name = name, Kind = "Email", Host = host, From = from, To = new[] { to } });

    public static Snippet OfSyslogChannel(string name, string host) => OfChannel(
        new { Name = name, Kind = "Syslog", Host = host, Transport = "Tls" });

    private static Snippet OfSource(string kind, object source) =>
        Of(new Dictionary<string, object> { ["Sources"] = new Dictionary<string, object> { [kind] = new[] { source } } });

    private static Snippet OfChannel(object channel) =>
        Of(new Dictionary<string, object> { ["Notify"] = new { Channels = new[] { channel } } });

    private static Snippet Of(Dictionary<string, object> settings)
    {
        var text = JsonSerializer.Serialize(new Dictionary<string, object> { [SentinelSettings.Section] = settings }, Readable);
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        var configuration = new ConfigurationBuilder().AddJsonStream(stream).Build();
        var (_, problems) = SettingsCheck.Read<SentinelSettings>(configuration, SentinelSettings.Section);
        return new Snippet(text, [.. problems.Select(problem => problem.ToString())]);
    }
}
