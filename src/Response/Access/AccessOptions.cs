using System.ComponentModel.DataAnnotations;

namespace SentinelHealth.Response.Access;

/// <summary>How strictly accesses are judged before they happen.</summary>
public sealed record AccessOptions
{
    /// <summary>Risk from which a stronger sign-in is asked for. Lower asks more often. Default 50 of 100.</summary>
    [Range(1, 100)]
    public double StepUpRiskMin { get; init; } = 50;

    /// <summary>Risk from which an access that is not treatment is denied whatever the sign-in. Default 90 of 100.</summary>
    [Range(1, 100)]
    public double DenyRiskMin { get; init; } = 90;

    /// <summary>How long a stronger sign-in counts. Default 15 minutes.</summary>
    public TimeSpan StepUpLasts { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Authentication context classes that are strong enough.</summary>
    public IReadOnlyList<string> StrongClasses { get; init; } =
        ["aal2", "aal3", "phr", "phrh", "http://schemas.openid.net/pape/policies/2007/06/multi-factor"];

    /// <summary>Purposes of treatment: risk asks for a stronger sign-in there, and never denies.</summary>
    public IReadOnlyList<string> TreatmentPurposes { get; init; } = ["TREAT", "ETREAT"];

    /// <summary>Types of resources that are about no patient. All others are denied when no patient is named.</summary>
    public IReadOnlyList<string> TypesWithoutPatient { get; init; } = ["node", "contract", "model", "service"];

    /// <summary>Records at once from which a request counts as bulk. Default 100.</summary>
    [Range(2, 1_000_000)]
    public int BulkRecordsMin { get; init; } = 100;
}
