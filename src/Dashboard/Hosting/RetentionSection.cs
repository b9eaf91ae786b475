using System.ComponentModel.DataAnnotations;
using SentinelHealth.Dashboard.Jobs;
using SentinelHealth.Response.Hunting;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>How long what is about persons is kept. The event log, dead letters and the audit index keep to bounds of their own.</summary>
internal sealed record RetentionSection
{
    /// <summary>Disclosures that patients may ask about; 45 CFR 164.528 gives them six years.</summary>
    [Range(6, 100)]
    public int DisclosureYears { get; init; } = 6;

    /// <summary>Records of events that alerts rest on; 45 CFR 164.316 asks for six years of documentation.</summary>
    [Range(1, 100)]
    public int EventRecordYears { get; init; } = 6;

    /// <summary>Days events can be searched on the Hunt page.</summary>
    [Range(1, 3_650)]
    public int ArchiveDays { get; init; } = 90;

    /// <summary>Events that can be searched, at most; about 110 bytes of disk each.</summary>
    [Range(10_000, 1_000_000_000)]
    public long ArchiveEventsMax { get; init; } = 20_000_000;

    public RetentionPlan ToPlan() => new(DisclosureYears, EventRecordYears)
    {
        Archive = new EventArchiveOptions { AgeMax = TimeSpan.FromDays(ArchiveDays), EventsMax = ArchiveEventsMax },
    };
}
