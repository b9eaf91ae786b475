using System.Text.Json;
using SentinelHealth.Ingest.Formats.Records;

namespace SentinelHealth.Ingest.Formats.Fhir;

/// <summary>What was done, and which agent type the client and the server have in it.</summary>
/// <param name="Name">For people and rules: <c>read</c>, <c>search</c>.</param>
/// <param name="Method">The method of the native event.</param>
/// <param name="ClientType">Agent type of the client.</param>
/// <param name="ServerType">Agent type of the server.</param>
/// <remarks>
/// "Source" and "destination" are those of the data, not of the request: in a read the client is the destination, in a search it is
/// the source. So the interaction is found first, by profile, then by codes, and only then are agents told apart.
/// </remarks>
internal sealed record FhirInteraction(string Name, string Method, string ClientType, string ServerType)
{
    private const string Application = "110150", Destination = "110152", Source = "110153";
    private const string ProfilePrefix = "/StructureDefinition/IHE.BasicAudit.";

    public static FhirInteraction Search { get; } = new("search", "recordAccess", Source, Destination);

    private static readonly FhirInteraction Read = new("read", "recordAccess", Destination, Source);
    private static readonly FhirInteraction Create = new("create", "createRecord", Source, Destination);
    private static readonly FhirInteraction Update = new("update", "updateRecord", Source, Destination);
    private static readonly FhirInteraction Delete = new("delete", "deleteRecord", Application, "CST");
    private static readonly FhirInteraction Disclose = new("disclose", "recordAccess", Destination, Source);
    private static readonly FhirInteraction Receive = new("receive", "importRecord", Destination, Source);
    private static readonly FhirInteraction Decide = new("decide", "decideAccess", Application, "authserver");
    private static readonly FhirInteraction Login = new("login", "login", Application, Destination);
    private static readonly FhirInteraction Logout = new("logout", "logout", Application, Destination);
    private static readonly FhirInteraction Execute = new("execute", "executeOperation", Source, Destination);

    private static readonly Dictionary<string, FhirInteraction> ByProfile = new(StringComparer.Ordinal)
    {
        ["Read"] = Read,
        ["PatientRead"] = Read,
        ["Query"] = Search,
        ["PatientQuery"] = Search,
        ["Create"] = Create,
        ["PatientCreate"] = Create,
        ["Update"] = Update,
        ["PatientUpdate"] = Update,
        ["Delete"] = Delete,
        ["PatientDelete"] = Delete,
        ["PrivacyDisclosure.Source"] = Disclose,
        ["PrivacyDisclosure.Recipient"] = Receive,
        ["AuthZconsent"] = Decide,
    };

    private static readonly Dictionary<string, FhirInteraction> ByCode = new(StringComparer.Ordinal)
    {
        ["read"] = Read,
        ["vread"] = Read,
        ["history"] = Read,
        ["history-instance"] = Read,
        ["history-type"] = Read,
        ["history-system"] = Read,
        ["search"] = Search,
        ["search-type"] = Search,
        ["search-system"] = Search,
        ["create"] = Create,
        ["update"] = Update,
        ["patch"] = Update,
        ["delete"] = Delete,
        ["operation"] = Execute,
        ["AuthZ-Consent"] = Decide,
        ["AuthZ-Role"] = Decide,
        ["110122"] = Login,
        ["110123"] = Logout,
        ["110106"] = Disclose,
        ["110107"] = Receive,
        ["110112"] = Search,
        ["110114"] = Login,
    };

    private static readonly Dictionary<string, FhirInteraction> ByAction = new(StringComparer.Ordinal)
    {
        ["C"] = Create,
        ["R"] = Read,
        ["U"] = Update,
        ["D"] = Delete,
        ["E"] = Execute,
    };

    /// <summary>Finds the interaction of an audit event of either version.</summary>
    public static FhirInteraction Of(JsonElement audit)
    {
        foreach (var profile in audit.Member("meta").Items("profile"))
        {
            var url = profile.Text() ?? string.Empty;
            var at = url.IndexOf(ProfilePrefix, StringComparison.Ordinal);
            // A version may follow the canonical URL. Profiles of tokens are mixins and say nothing about the interaction.
            if (at >= 0 && ByProfile.TryGetValue(url[(at + ProfilePrefix.Length)..].Split('|')[0], out var byProfile))
                return byProfile;
        }
        // The subtype is finer than the type; in R5 the code is finer than the category.
        string[] members = ["subtype", "code", "type", "category"];
        foreach (var coding in members.SelectMany(member => FhirCoding.Of(audit.Member(member))))
            if (ByCode.TryGetValue(coding.Code, out var byCode))
                return byCode;
        return ByAction.GetValueOrDefault(audit.Text("action") ?? string.Empty, Execute);
    }
}
