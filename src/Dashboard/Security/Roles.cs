namespace SentinelHealth.Dashboard.Security;

/// <summary>Who someone is to the monitor. Names are those of tokens, accounts and claims.</summary>
internal static class Roles
{
    public const string Viewer = "viewer";
    public const string Analyst = "analyst";
    public const string Responder = "responder";
    public const string Compliance = "compliance";
    public const string DetectionEngineer = "detection-engineer";
    public const string Administrator = "administrator";

    /// <summary>For machines only: may post events and nothing else, so that a stolen feed token reads nothing.</summary>
    public const string Ingest = "ingest";

    /// <summary>For gateways only: may ask whether an access is allowed and nothing else.</summary>
    public const string Access = "access";

    /// <summary>For a metrics collector only: may read <c>/metrics</c> and nothing else.</summary>
    public const string Metrics = "metrics";

    /// <summary>Roles a person may have.</summary>
    public static IReadOnlyList<string> OfPeople { get; } =
        [Viewer, Analyst, Responder, Compliance, DetectionEngineer, Administrator];

    /// <summary>Roles an API token may have.</summary>
    public static IReadOnlyList<string> OfTokens { get; } = [.. OfPeople, Ingest, Access, Metrics];
}
