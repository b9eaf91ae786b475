using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SentinelHealth.Response.Incidents;

/// <summary>An event in evidence: the record as it was received, its digest, and the fields that reports speak of.</summary>
public sealed record DossierEvent
{
    /// <summary>The event's identifier.</summary>
    public required string Id { get; init; }

    /// <summary>When it happened, by its own account.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The schema it names; empty when it names none.</summary>
    public string Schema { get; init; } = "";

    /// <summary>Who acted, by pseudonym.</summary>
    public string Actor { get; init; } = "";

    /// <summary>In which role; empty when unknown.</summary>
    public string ActorRole { get; init; } = "";

    /// <summary>For which organization; empty when unknown.</summary>
    public string Organization { get; init; } = "";

    /// <summary>Through which node.</summary>
    public string Node { get; init; } = "";

    /// <summary>What was done: contract and method, or the biometric operation.</summary>
    public string Act { get; init; } = "";

    /// <summary>Whose data it is, by pseudonym; empty when it is about nobody.</summary>
    public string Subject { get; init; } = "";

    /// <summary>The stated purpose; empty when none.</summary>
    public string Purpose { get; init; } = "";

    /// <summary>What became of it: the ledger's status or the matcher's decision.</summary>
    public string Outcome { get; init; } = "";

    /// <summary>Categories of data it names: the scope of a consent or grant, or a biometric modality.</summary>
    public IReadOnlyList<string> DataCategories { get; init; } = [];

    /// <summary>The record it names, such as an anchor or a template; empty when none.</summary>
    public string Record { get; init; } = "";

    /// <summary>Algorithms it names, such as <c>ES256</c>.</summary>
    public IReadOnlyList<string> Algorithms { get; init; } = [];

    /// <summary>The record as received. What <see cref="Sha256"/> is of, as UTF-8.</summary>
    public required string Raw { get; init; }

    /// <summary>SHA-256 of the record's bytes as received, in lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Size of the record in bytes.</summary>
    public required int SizeBytes { get; init; }

    /// <summary>Whether the act was carried out: a success on the ledger, or a match.</summary>
    public bool IsCarriedOut => Outcome is "success" or "match";

    /// <summary>An event from its record; null when it is no JSON object with an identifier and an instant. O(bytes).</summary>
    public static DossierEvent? Of(string raw)
    {
        ArgumentNullException.ThrowIfNull(raw);
        try
        {
            using var document = JsonDocument.Parse(raw);
            return Of(document.RootElement, raw);
        }
        catch (JsonException)
        {
            // What is no JSON cannot speak; the dossier lists it among the missing.
            return null;
        }
    }

    private static DossierEvent? Of(JsonElement root, string raw)
    {
        if (root.ValueKind != JsonValueKind.Object || Text(root, "id") is not { Length: > 0 } id
            || !DateTimeOffset.TryParse(
                Text(root, "time"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            return null;
        var bytes = Encoding.UTF8.GetBytes(raw);
        var args = root.TryGetProperty("args", out var given) && given.ValueKind == JsonValueKind.Object ? given : default;
        var contract = Text(root, "contract");
        return new DossierEvent
        {
            Id = id,
            At = at,
            Schema = Text(root, "schema"),
            Actor = Text(root, "actor"),
            ActorRole = Text(root, "actorRole"),
            Organization = Text(root, "organization"),
            Node = Text(root, "node"),
            Act = contract.Length > 0 ? $"{contract}.{Text(root, "method")}" : Text(root, "operation"),
            Subject = Text(root, "subject"),
            Purpose = Text(root, "purpose"),
            Outcome = Text(root, "status") is { Length: > 0 } status ? status : Text(root, "decision"),
            DataCategories = CategoriesOf(root, args),
            Record = FirstText(args, "recordId", "record", "objectId", "templateId"),
            Algorithms = AlgorithmsOf(root, args),
            Raw = raw,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
            SizeBytes = bytes.Length,
        };
    }

    private static List<string> CategoriesOf(JsonElement root, JsonElement args)
    {
        var categories = Texts(args, "scope");
        if (Text(root, "modality") is { Length: > 0 } modality)
            categories.Add($"biometric: {modality}");
        return categories;
    }

    private static List<string> AlgorithmsOf(JsonElement root, JsonElement args) =>
        [.. Texts(root, "algorithm"), .. Texts(args, "algorithm"), .. Texts(args, "alg"), .. Texts(args, "keyType")];

    private static string FirstText(JsonElement element, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Text(element, name) is { Length: > 0 } text)
                return text;
        }
        return "";
    }

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : "";

    private static List<string> Texts(JsonElement element, string name)
    {
        var texts = new List<string>();
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out var value))
            return texts;
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } single)
            texts.Add(single);
        if (value.ValueKind == JsonValueKind.Array)
            texts.AddRange(value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String)
                .Select(item => item.GetString()!).Where(text => text.Length > 0));
        return texts;
    }
}
