using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Ingest.Formats.Records;

/// <summary>One event of a record, or the part of a record that is none. The unit in which the intake keeps its account (I1).</summary>
/// <param name="Within">Where in the record it stands, as <c>Bundle.entry[3]</c>; empty for the record itself.</param>
/// <param name="Id">The event's identifier; empty when refused.</param>
/// <param name="Payload">The event as a native record, or the bytes that were refused.</param>
/// <param name="Rejection">Why it was refused; the default when it is an event.</param>
public readonly record struct RecordPart(string Within, string Id, ReadOnlyMemory<byte> Payload, Rejection Rejection)
{
    /// <summary>Whether it is an event.</summary>
    public bool IsEvent => Rejection.Reason == RejectionReason.None;
}
