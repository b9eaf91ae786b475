using System.IO.Enumeration;
using SentinelHealth.Detection.Alerts;

namespace SentinelHealth.Response.Policy;

/// <summary>Planned work: automation contains nothing it covers, people still may.</summary>
/// <param name="From">When it begins.</param>
/// <param name="Until">When it is over; the instant itself is outside.</param>
/// <param name="Reason">What is being done, without a full stop.</param>
public sealed record MaintenanceWindow(DateTimeOffset From, DateTimeOffset Until, string Reason)
{
    /// <summary>Identifiers it covers; <c>*</c> stands for any text. Empty covers everything.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>Whether a target is under maintenance at an instant. O(patterns).</summary>
    public bool Covers(EntityRef target, DateTimeOffset at) => at >= From && at < Until
        && (Targets.Count == 0
            || Targets.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, target.Id, ignoreCase: false)));
}
