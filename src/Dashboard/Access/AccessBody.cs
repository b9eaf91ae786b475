using System.Text.Json;
using SentinelHealth.Response.Access;

namespace SentinelHealth.Dashboard.Access;

/// <summary>Reads the four parts of a question. Members that are not known are passed over, as the specification wants it.</summary>
/// <remarks>OpenID AuthZEN Authorization API 1.0, "Information Model". Texts are bounded; a member that is known and of another type is an error.</remarks>
internal readonly struct AccessBody
{
    private const int TextMax = 256;

    /// <summary>The year 10000, which no time of the platform reaches.</summary>
    private const long SecondsEnd = 253_402_300_800;
    private const string ResourceOfPatient = "patient", ResourceOfContract = "contract";

    private readonly JsonElement _subject, _action, _resource, _context;

    /// <param name="question">The question.</param>
    /// <param name="defaults">Where it takes what it lacks; undefined for nothing.</param>
    public AccessBody(JsonElement question, JsonElement defaults)
    {
        _subject = PartOf(question, defaults, "subject");
        _action = PartOf(question, defaults, "action");
        _resource = PartOf(question, defaults, "resource");
        _context = PartOf(question, defaults, "context");
    }

    /// <summary>The question; what is wrong with it as a sentence, else empty.</summary>
    public (AccessRequest? Request, string Problem) Read(DateTimeOffset now)
    {
        try
        {
            return (Ask(now), "");
        }
        catch (FormatException fault)
        {
            return (null, fault.Message);
        }
    }

    private AccessRequest Ask(DateTimeOffset now)
    {
        var (subject, resource) = (Object(_subject, "properties"), Object(_resource, "properties"));
        var (type, id) = (Needed(_resource, "resource", "type"), Needed(_resource, "resource", "id"));
        var (patient, contract) = (Text(resource, "patient"), Text(_context, "contract"));
        return new AccessRequest
        {
            Subject = Needed(_subject, "subject", "id"),
            SubjectType = Needed(_subject, "subject", "type"),
            Role = Text(subject, "role"),
            Organization = Text(subject, "organization"),
            Action = Needed(_action, "action", "name"),
            ResourceType = type,
            ResourceId = id,
            Patient = patient.Length == 0 && type == ResourceOfPatient ? id : patient,
            Category = Text(resource, "category"),
            Purpose = IsTrue(_context, "breakGlass") == true ? AccessRequest.BreakGlassPurpose : Text(_context, "purpose"),
            ConsentId = Text(_context, "consentId"),
            GrantId = Text(_context, "grantId"),
            Node = Text(_context, "node"),
            Contract = contract.Length == 0 && type == ResourceOfContract ? id : contract,
            IsDeviceAttested = IsTrue(_context, "deviceAttested"),
            RecordCount = Count(resource, "count"),
            AuthenticationClass = Text(_context, "acr"),
            AuthenticatedAt = Time(_context, "auth_time"),
            At = now,
        };
    }

    private static JsonElement PartOf(JsonElement question, JsonElement defaults, string name) =>
        question.ValueKind == JsonValueKind.Object && question.TryGetProperty(name, out var own) ? own
        : defaults.ValueKind == JsonValueKind.Object && defaults.TryGetProperty(name, out var other) ? other
        : default;

    private static string Needed(JsonElement part, string partName, string name) =>
        part.ValueKind != JsonValueKind.Object
            ? throw new FormatException($"'{partName}' is needed, an object.")
            : Text(part, name) is { Length: > 0 } text ? text : throw new FormatException($"'{partName}.{name}' is needed, a text.");

    private static JsonElement Object(JsonElement part, string name)
    {
        var member = Member(part, name);
        return member.ValueKind is JsonValueKind.Undefined or JsonValueKind.Object
            ? member
            : throw new FormatException($"'{name}' is no object.");
    }

    private static string Text(JsonElement part, string name)
    {
        var member = Member(part, name);
        if (member.ValueKind == JsonValueKind.Undefined)
            return "";
        if (member.ValueKind != JsonValueKind.String)
            throw new FormatException($"'{name}' is no text.");
        var text = TextOf(member, name);
        return text.Length <= TextMax ? text : throw new FormatException($"'{name}' is longer than {TextMax} characters.");
    }

    /// <summary>A text may hold half of a surrogate pair, which is no text.</summary>
    private static string TextOf(JsonElement member, string name)
    {
        try
        {
            return member.GetString()!;
        }
        catch (InvalidOperationException fault)
        {
            throw new FormatException($"'{name}' is no Unicode text.", fault);
        }
    }

    private static bool? IsTrue(JsonElement part, string name) => Member(part, name).ValueKind switch
    {
        JsonValueKind.Undefined => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new FormatException($"'{name}' is neither true nor false."),
    };

    private static int Count(JsonElement part, string name)
    {
        var member = Member(part, name);
        if (member.ValueKind == JsonValueKind.Undefined)
            return 1;
        return member.ValueKind == JsonValueKind.Number && member.TryGetInt32(out var count) && count >= 0
            ? count
            : throw new FormatException($"'{name}' is no number of records.");
    }

    /// <summary>Seconds since 1970, as tokens write it.</summary>
    private static DateTimeOffset? Time(JsonElement part, string name)
    {
        var member = Member(part, name);
        if (member.ValueKind == JsonValueKind.Undefined)
            return null;
        return member.ValueKind == JsonValueKind.Number && member.TryGetInt64(out var seconds) && seconds is >= 0 and < SecondsEnd
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw new FormatException($"'{name}' is no number of seconds since 1970.");
    }

    /// <summary>A member; undefined when it is absent or null.</summary>
    private static JsonElement Member(JsonElement part, string name) => part.ValueKind switch
    {
        JsonValueKind.Undefined => default,
        JsonValueKind.Object =>
            part.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : default,
        _ => throw new FormatException($"Around '{name}' there should be an object."),
    };
}
