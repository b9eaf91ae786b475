using System.Text.Json;
using SentinelHealth.Ingest.Formats.Records;

namespace SentinelHealth.Ingest.Formats.Fhir;

/// <summary>Whom or what a Reference means, as an identifier of the monitor.</summary>
internal static class FhirReference
{
    /// <summary>
    /// The identifier of a person, system or patient: the business identifier's value when there is one, since it means the same
    /// on every server, else the type and logical id of the reference. A name alone is no identifier and becomes a digest of itself.
    /// </summary>
    /// <param name="reference">The Reference.</param>
    /// <param name="kind">What an identifier without a type of its own is one of: <c>user</c>, <c>patient</c>.</param>
    /// <returns>Null when it names nobody.</returns>
    public static string? Identify(JsonElement reference, string kind)
    {
        if (reference.Member("identifier").Text("value") is { } value)
            return value.Contains(':', StringComparison.Ordinal) ? value : $"{kind}:{value}";
        if (Resource(reference) is { } resource)
            return resource.Type.Length == 0 ? resource.Id : $"{resource.Type.ToLowerInvariant()}:{resource.Id}";
        return reference.Text("display") is { } name ? $"{kind}:unnamed-{ContentKey.Of(name)}" : null;
    }

    /// <summary>What a system calls itself. Systems may be shown by name: they are not people.</summary>
    public static string? System(JsonElement reference) =>
        reference.Member("identifier").Text("value") ?? Relative(reference) ?? reference.Text("display");

    /// <summary><c>Type/id</c> without the server's address and the version; another form of reference as it is; null when there is none.</summary>
    public static string? Relative(JsonElement reference) => Resource(reference) is not { } resource ? null
        : resource.Type.Length == 0 ? resource.Id : $"{resource.Type}/{resource.Id}";

    /// <summary>The resource type a reference names; null when it names none.</summary>
    public static string? TypeOf(JsonElement reference) =>
        Resource(reference) is { Type.Length: > 0 } resource ? resource.Type : reference.Text("type");

    private static (string Type, string Id)? Resource(JsonElement reference)
    {
        if (reference.Text("reference") is not { } text)
            return null;
        var path = text;
        var version = path.IndexOf("/_history/", StringComparison.Ordinal);
        if (version > 0)
            path = path[..version];
        var slash = path.LastIndexOf('/');
        if (slash <= 0 || slash == path.Length - 1)
            return (string.Empty, text);
        var type = path[(path.LastIndexOf('/', slash - 1) + 1)..slash];
        return type.Length > 0 && char.IsAsciiLetterUpper(type[0]) && type.All(char.IsAsciiLetter)
            ? (type, path[(slash + 1)..])
            : (string.Empty, text);
    }
}
