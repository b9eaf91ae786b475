namespace SentinelHealth.Response.Access;

/// <summary>A question before an access: may this subject do this to that resource now? Empty texts are absent.</summary>
public sealed record AccessRequest
{
    /// <summary>Who, as events name the actor.</summary>
    public required string Subject { get; init; }

    /// <summary>What kind of subject, as the gateway names it.</summary>
    public string SubjectType { get; init; } = "";

    /// <summary>The subject's role.</summary>
    public string Role { get; init; } = "";

    /// <summary>The subject's organization.</summary>
    public string Organization { get; init; } = "";

    /// <summary>What is to be done.</summary>
    public required string Action { get; init; }

    /// <summary>What kind of resource.</summary>
    public required string ResourceType { get; init; }

    /// <summary>Which one.</summary>
    public required string ResourceId { get; init; }

    /// <summary>The patient it is about, as events name it.</summary>
    public string Patient { get; init; } = "";

    /// <summary>Category of its data, as scopes of consents name it.</summary>
    public string Category { get; init; } = "";

    /// <summary>Why, HL7 v3 ActReason. <see cref="BreakGlassPurpose"/> is emergency access.</summary>
    public string Purpose { get; init; } = "";

    /// <summary>A consent that is cited.</summary>
    public string ConsentId { get; init; } = "";

    /// <summary>A grant that is cited.</summary>
    public string GrantId { get; init; } = "";

    /// <summary>The node the access goes through.</summary>
    public string Node { get; init; } = "";

    /// <summary>The contract of the network that the access uses, by the name events have.</summary>
    public string Contract { get; init; } = "";

    /// <summary>Whether the subject's device proved itself; null when nobody says.</summary>
    public bool? IsDeviceAttested { get; init; }

    /// <summary>Records asked for at once.</summary>
    public int RecordCount { get; init; } = 1;

    /// <summary>How the subject signed in, as an authentication context class reference.</summary>
    public string AuthenticationClass { get; init; } = "";

    /// <summary>When it did; null when nobody says.</summary>
    public DateTimeOffset? AuthenticatedAt { get; init; }

    /// <summary>Now, by the monitor's clock. What the gateway takes for now decides nothing.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Purpose of emergency access, which is never denied.</summary>
    public const string BreakGlassPurpose = "BTG";

    /// <summary>Whether it is emergency access.</summary>
    public bool IsBreakGlass => Purpose == BreakGlassPurpose;
}
