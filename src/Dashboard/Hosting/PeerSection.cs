using System.ComponentModel.DataAnnotations;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>A monitor of another member, watched by the heartbeats it anchors on the ledger.</summary>
internal sealed record PeerSection
{
    /// <summary>Its name in alerts.</summary>
    [Required, RegularExpression("[A-Za-z0-9._-]{1,64}")]
    public string Name { get; init; } = "";

    /// <summary>The identifier of its log's first key, as <c>evidence verify</c> and <c>evidence check</c> show it.</summary>
    [Required, RegularExpression("[0-9a-f]{32}")]
    public string Log { get; init; } = "";

    /// <summary>After how much silence an alert is raised. It anchors about once a minute.</summary>
    [Range(typeof(TimeSpan), "00:02:00", "1.00:00:00")]
    public TimeSpan Within { get; init; } = TimeSpan.FromMinutes(5);
}
