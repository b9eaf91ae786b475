namespace SentinelHealth.Ingest.Intake;

/// <summary>What one source has delivered since the process started.</summary>
/// <param name="Name">The source's configured name.</param>
/// <param name="Received">Events and refused records taken in: always <c>Accepted + Duplicates + DeadLettered</c> (I1).</param>
/// <param name="Accepted">Events appended to the event log.</param>
/// <param name="Duplicates">Events that were already in it.</param>
/// <param name="DeadLettered">Records refused.</param>
/// <param name="LastReceivedAt">When its latest batch was taken in; null before the first.</param>
/// <param name="LastFault">What went wrong last, as a sentence; null when nothing has.</param>
/// <param name="LastFaultAt">When that was.</param>
public sealed record SourceAccount(
    string Name,
    long Received,
    long Accepted,
    long Duplicates,
    long DeadLettered,
    DateTimeOffset? LastReceivedAt,
    string? LastFault,
    DateTimeOffset? LastFaultAt);
