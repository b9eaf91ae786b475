using System.ComponentModel.DataAnnotations;
using SentinelHealth.Dashboard.Compliance;
using SentinelHealth.Response.Compliance;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>Who is answerable for breaches. Unsaid, every law that is known may apply: a deadline too many is better than one too few.</summary>
internal sealed record ComplianceSection
{
    /// <summary>The organization's name, as it stands on reports.</summary>
    [StringLength(200)]
    public string Organization { get; init; } = "";

    /// <summary>Whom authorities and persons affected may ask.</summary>
    [StringLength(500)]
    public string Contact { get; init; } = "";

    /// <summary>The IANA time zone by whose calendar deadlines are counted, such as Europe/Amsterdam.</summary>
    [RegularExpression("[A-Za-z0-9_+/-]{1,64}")]
    public string TimeZone { get; init; } = "Etc/UTC";

    /// <summary>Where it works: EU, US.</summary>
    public IReadOnlyList<string> Jurisdictions { get; init; } = [];

    /// <summary>What it is: controller, covered-entity, business-associate, essential-entity, important-entity, health-data-holder.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Channels of <c>Notify</c> that warnings about deadlines go through.</summary>
    [MaxLength(32)]
    public IReadOnlyList<string> NotifyChannels { get; init; } = [];

    /// <summary>Folder of regimes; empty for those shipped with the program.</summary>
    public string Folder { get; init; } = "";

    /// <summary>The profile and regimes.</summary>
    /// <exception cref="InvalidDataException">A file of regimes has a fault.</exception>
    public CompliancePlan Plan(TimeProvider clock) => new(
        new ControllerProfile
        {
            Name = Organization,
            Contact = Contact,
            TimeZone = TimeZone,
            Jurisdictions = Jurisdictions.Count > 0 ? Jurisdictions : ["EU", "US"],
            Roles = Roles.Count > 0 ? Roles : ["controller", "covered-entity", "essential-entity", "health-data-holder"],
        },
        RegimeFolder.Load(Folder.Length > 0 ? Folder : RegimeFolder.Shipped), clock)
    {
        NoticeChannels = NotifyChannels,
    };
}
