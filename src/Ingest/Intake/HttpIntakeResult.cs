using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Ingest.Intake;

/// <summary>How a request with events ended.</summary>
public enum HttpIntakeOutcome
{
    /// <summary>The whole body was read. Single records may still have been refused.</summary>
    Complete,

    /// <summary>The body is longer than allowed. What was read of it is durable; the sender may repeat the rest.</summary>
    TooLarge,

    /// <summary>The body has no records, or its array is broken. What came before is durable; the rest is one dead letter.</summary>
    MalformedEnvelope,
}

/// <summary>What became of a request. Everything it counts is durable.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="RequestId">Names the request in the dead letters' places.</param>
/// <param name="Received">Events and refused records taken in: always <c>Accepted + Duplicates + DeadLettered</c> (I1).</param>
/// <param name="Accepted">Events appended to the event log.</param>
/// <param name="Duplicates">Events that were already in it.</param>
/// <param name="DeadLettered">Records refused; the broken rest of an array counts as one.</param>
/// <param name="Rejections">The first of the refused records, in the order of the body.</param>
/// <param name="Detail">A sentence for the sender when the outcome is not complete; null otherwise.</param>
public sealed record HttpIntakeResult(
    HttpIntakeOutcome Outcome,
    string RequestId,
    long Received,
    long Accepted,
    long Duplicates,
    long DeadLettered,
    IReadOnlyList<HttpRejection> Rejections,
    string? Detail);

/// <summary>One refused record of a request.</summary>
/// <param name="Index">Its position among the records of the body, from 0.</param>
/// <param name="Reason">Why.</param>
/// <param name="Detail">A sentence that names the field. Never quotes the record.</param>
public sealed record HttpRejection(long Index, RejectionReason Reason, string Detail);
