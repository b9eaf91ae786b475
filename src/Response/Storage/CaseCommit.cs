using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Approvals;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Response.Storage;

/// <summary>The raw record of an event that an alert rests on.</summary>
/// <param name="EventId">The event's identifier.</param>
/// <param name="Json">The record as received.</param>
public sealed record EventEvidence(string EventId, string Json);

/// <summary>The state of one partition's detectors at an offset, as it lies in the store.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">After which offset reading must begin to go on from it.</param>
/// <param name="Generation">Its number among the partition's snapshots; a later one is larger.</param>
/// <param name="Parts">How many parts it has, numbered from 1.</param>
/// <param name="Bytes">How large it is.</param>
public sealed record EngineSnapshot(int Partition, long Offset, long Generation, int Parts, long Bytes);

/// <summary>Everything one batch of events caused, written in one transaction: all of it or none (I1, I2).</summary>
public sealed record CaseCommit
{
    /// <summary>Last scored offset of each partition the batch touched.</summary>
    public required IReadOnlyDictionary<int, long> ScoredOffsets { get; init; }

    /// <summary>
    /// What the stored offset of a partition must still be. Another process that has taken a partition further meanwhile makes the
    /// whole commit fail: what was worked on it here is not this process's any more.
    /// </summary>
    public IReadOnlyDictionary<int, long> ExpectedOffsets { get; init; } = new Dictionary<int, long>();

    /// <summary>Events scored in the batch.</summary>
    public long ScoredCount { get; init; }

    /// <summary>Log entries the batch sent to the dead letters.</summary>
    public long DeadLetteredCount { get; init; }

    /// <summary>Log entries of the batch that repeat earlier ones.</summary>
    public long FilteredCount { get; init; }

    /// <summary>Log entries of the batch that belong to other partitions and are scored there.</summary>
    public long CopiedCount { get; init; }

    /// <summary>Alerts raised; one with a known identifier replaces the earlier.</summary>
    public IReadOnlyList<Alert> Alerts { get; init; } = [];

    /// <summary>Incident versions; only a newer one replaces an earlier.</summary>
    public IReadOnlyList<Incident> Incidents { get; init; } = [];

    /// <summary>Incidents as they are after an event that arrived late: each replaces what is stored, whatever its version.</summary>
    public IReadOnlyList<Incident> RevisedIncidents { get; init; } = [];

    /// <summary>Raw records of events the alerts rest on.</summary>
    public IReadOnlyList<EventEvidence> Events { get; init; } = [];

    /// <summary>Actions and proposals decided. Approved ones enter the outbox; a known proposal is taken further, any other known key is left alone.</summary>
    public IReadOnlyList<PlannedAction> Actions { get; init; } = [];

    /// <summary>What those decisions saw.</summary>
    public IReadOnlyList<DecisionEvidence> Evidence { get; init; } = [];

    /// <summary>What guardrails refused; the same refusal again only moves its time.</summary>
    public IReadOnlyList<GuardrailRefusal> Refusals { get; init; } = [];

    /// <summary>Reviews to hold; an incident has one.</summary>
    public IReadOnlyList<ReviewRequest> Reviews { get; init; } = [];

    /// <summary>Tasks for people; one with a known identifier is left alone.</summary>
    public IReadOnlyList<CaseTask> Tasks { get; init; } = [];

    /// <summary>What people outside are told; one with a known identifier is left alone.</summary>
    public IReadOnlyList<PlannedNotice> Notices { get; init; } = [];

    /// <summary>Actors whose accesses need a stronger sign-in; a later end replaces an earlier one.</summary>
    public IReadOnlyList<StepUpDemand> StepUps { get; init; } = [];

    /// <summary>The events of the batch, for the evidence log; null when none is kept.</summary>
    public BatchEvidence? Batch { get; init; }

    /// <summary>Versions that are in force from this batch on, canonical JSON; null when they have not changed.</summary>
    public ReadOnlyMemory<byte>? Versions { get; init; }

    /// <summary>A snapshot that was written and is to count instead of the partition's earlier one; null to keep that. An older one is left alone.</summary>
    public EngineSnapshot? Snapshot { get; init; }

    /// <summary>Number of the last decision of people that the detectors of a partition have heard of, by partition.</summary>
    public IReadOnlyDictionary<int, long> HeededDecisions { get; init; } = new Dictionary<int, long>();

    /// <summary>How detection of the partition is doing, for the other processes that share the store; null to tell nothing.</summary>
    public ShardReport? Report { get; init; }
}

/// <summary>An action with everything the executor and people need besides.</summary>
public sealed record StoredAction
{
    /// <summary>The action.</summary>
    public required ContainmentAction Action { get; init; }

    /// <summary>The mode it was decided in.</summary>
    public required PlaybookMode Mode { get; init; }

    /// <summary>The target's organization; empty when unknown.</summary>
    public string Organization { get; init; } = "";

    /// <summary>The target's role; empty when unknown.</summary>
    public string Role { get; init; } = "";

    /// <summary>Who asked for it: <c>policy:</c> and the playbook, or a person.</summary>
    public required string RequestedBy { get; init; }

    /// <summary>How large the target's organization was when this was decided.</summary>
    public OrganizationSize OrganizationSize { get; init; }

    /// <summary>How many different people must approve it, should people have to.</summary>
    public int ApproversMin { get; init; } = 1;

    /// <summary>People's approvals, oldest first; empty when none was needed or given. At most a handful.</summary>
    public IReadOnlyList<Approval> Approvals { get; init; } = [];

    /// <summary>Whether no further order may be sent, because the ledger refused one while an earlier may still take effect.</summary>
    public bool IsAbandoned { get; init; }

    /// <summary>People's approvals of its reversal, oldest first; empty when nobody ordered one.</summary>
    public IReadOnlyList<Approval> ReversalApprovals { get; init; } = [];

    /// <summary>Who ordered its reversal, recorded before the ledger was asked; empty when nobody did.</summary>
    public string ReversalOrderedBy { get; init; } = "";

    /// <summary>People's approvals of its being kept longer, oldest first; empty when nobody ordered that.</summary>
    public IReadOnlyList<Approval> RenewalApprovals { get; init; } = [];

    /// <summary>
    /// Approvals of complete orders to undo it or to keep it longer, oldest first: an order the ledger lost takes new ones, and these stay
    /// to say who agreed. At most 32.
    /// </summary>
    public IReadOnlyList<UsedApproval> UsedApprovals { get; init; } = [];

    /// <summary>The later end people ordered, recorded before the ledger was asked; null when none is ordered or it is settled.</summary>
    public DateTimeOffset? RenewalUntil { get; init; }

    /// <summary>How often the ledger was asked about it since its last change.</summary>
    public int Asks { get; init; }

    /// <summary>Grows by one with each change; what a change compares before it writes.</summary>
    public int Revision { get; init; } = 1;
}

/// <summary>What a change may depend on besides the action itself.</summary>
[Flags]
public enum ChangeConditions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The kill switch is off.</summary>
    KillSwitchOff = 1,

    /// <summary>The incident does not involve break-glass access.</summary>
    NotBreakGlass = 2,
}

/// <summary>One durable change of an action, made only if it still is as it was read.</summary>
public sealed record ActionChange
{
    /// <summary>The action as read.</summary>
    public required StoredAction Before { get; init; }

    /// <summary>The action as it shall be.</summary>
    public required StoredAction After { get; init; }

    /// <summary>Who: <c>policy</c>, <c>executor</c>, <c>ledger</c> or a person.</summary>
    public required string By { get; init; }

    /// <summary>What is said in the history; empty writes no step.</summary>
    public required string Detail { get; init; }

    /// <summary>When the executor must look at it next; null when there is nothing more to do.</summary>
    public required DateTimeOffset? DueAt { get; init; }

    /// <summary>A guardrail's refusal to keep with it.</summary>
    public GuardrailRefusal? Refusal { get; init; }

    /// <summary>
    /// What must still hold in the very transaction that writes: an order must not leave after the kill switch or an emergency
    /// became durable, however the two interleave. A change that finds otherwise is not written.
    /// </summary>
    public ChangeConditions Requires { get; init; }
}

/// <summary>Running totals of the pump, durable.</summary>
/// <param name="Scored">Events scored.</param>
/// <param name="DeadLettered">Log entries that could not be decoded.</param>
public readonly record struct PumpTally(long Scored, long DeadLettered)
{
    /// <summary>Log entries that repeated earlier ones.</summary>
    public long Filtered { get; init; }

    /// <summary>Log entries that were copies of what other partitions score.</summary>
    public long Copied { get; init; }

    /// <summary>Versions of alerts that were told.</summary>
    public long Alerted { get; init; }
}

/// <summary>Where the pump stands: offsets and totals of one moment.</summary>
/// <param name="ScoredOffsets">Last scored offset per partition; absent before the first.</param>
/// <param name="Tally">The totals.</param>
public sealed record PumpPosition(IReadOnlyDictionary<int, long> ScoredOffsets, PumpTally Tally);
