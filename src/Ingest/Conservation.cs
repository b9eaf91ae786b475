namespace SentinelHealth.Ingest;

/// <summary>
/// The conservation account of one partition or source (I1): every record received is scored, filtered for a reason, or dead-lettered.
/// </summary>
/// <param name="Received">Records received.</param>
/// <param name="Scored">Records scored.</param>
/// <param name="Filtered">Records not scored for a stated reason (duplicates).</param>
/// <param name="DeadLettered">Records in the dead letters.</param>
/// <param name="Waiting">Records durable in the log and not yet scored: the lag.</param>
public readonly record struct Conservation(long Received, long Scored, long Filtered, long DeadLettered, long Waiting)
{
    /// <summary>Received minus everything accounted for. Anything but zero means a record was lost or counted twice.</summary>
    public long Imbalance => Received - Scored - Filtered - DeadLettered - Waiting;
}
