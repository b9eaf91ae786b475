using System.Text.Json.Serialization;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Response.Notifications;

/// <summary>Where a notice stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NoticeState>))]
public enum NoticeState
{
    /// <summary>To be delivered, or tried again.</summary>
    [JsonStringEnumMemberName("waiting")] Waiting,

    /// <summary>Delivered.</summary>
    [JsonStringEnumMemberName("sent")] Sent,

    /// <summary>Given up; the detail says why. A person may try again.</summary>
    [JsonStringEnumMemberName("dead")] Dead,
}

/// <summary>A notice in the outbox.</summary>
/// <param name="Notice">What is told.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Detail">What went wrong last; empty when nothing did.</param>
public sealed record StoredNotice(PlannedNotice Notice, NoticeState State, int Attempts, string Detail);

/// <summary>The durable side of notices. Safe from many threads.</summary>
public interface INoticeStore
{
    /// <summary>Notices that are due, earliest first.</summary>
    ValueTask<IReadOnlyList<StoredNotice>> DueNoticesAsync(DateTimeOffset now, int limit, CancellationToken cancel);

    /// <summary>Notices in a state, newest first.</summary>
    ValueTask<IReadOnlyList<StoredNotice>> NoticesAsync(NoticeState state, int limit, CancellationToken cancel);

    /// <summary>Writes what became of an attempt.</summary>
    ValueTask ConcludeNoticeAsync(StoredNotice notice, DateTimeOffset? dueAt, CancellationToken cancel);

    /// <summary>Puts a dead notice back in line.</summary>
    /// <returns>Whether it was dead.</returns>
    ValueTask<bool> RetryNoticeAsync(string id, DateTimeOffset now, CancellationToken cancel);
}
