using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Policy;

/// <summary>An action with what its guardrails need later.</summary>
/// <param name="Action">The action: approved when automatic, proposed otherwise.</param>
/// <param name="Mode">The mode it was decided in.</param>
/// <param name="Organization">The target's organization; empty when unknown.</param>
/// <param name="Role">The target's role; empty when unknown.</param>
public sealed record PlannedAction(ContainmentAction Action, PlaybookMode Mode, string Organization, string Role)
{
    /// <summary>How large the target's organization was when this was decided; the executor counts shares against it.</summary>
    public OrganizationSize OrganizationSize { get; init; }

    /// <summary>How many different people must approve it, should people have to; at least 1.</summary>
    public int ApproversMin { get; init; } = 1;
}

/// <summary>Emergency access that people must look at. It is never contained.</summary>
/// <param name="IncidentId">The incident.</param>
/// <param name="RequestedAt">When the review was asked for.</param>
/// <param name="DueAt">By when it must be done.</param>
/// <param name="Reason">One sentence.</param>
public sealed record ReviewRequest(string IncidentId, DateTimeOffset RequestedAt, DateTimeOffset DueAt, string Reason);

/// <summary>What is to be done about an incident, and what is not and why.</summary>
/// <param name="Actions">To contain now.</param>
/// <param name="Proposals">For people.</param>
/// <param name="Refusals">What playbooks asked for and a guardrail refused.</param>
/// <param name="Review">A review to hold; null when none is due.</param>
/// <param name="Evidence">What the decision saw; null when there is nothing to do or propose.</param>
public sealed record Decision(
    IReadOnlyList<PlannedAction> Actions, IReadOnlyList<PlannedAction> Proposals, IReadOnlyList<GuardrailRefusal> Refusals,
    ReviewRequest? Review, DecisionEvidence? Evidence)
{
    /// <summary>What people outside are told.</summary>
    public IReadOnlyList<PlannedNotice> Notices { get; init; } = [];

    /// <summary>Tasks opened for people.</summary>
    public IReadOnlyList<CaseTask> Tasks { get; init; } = [];

    /// <summary>Actors whose accesses need a stronger sign-in for a while.</summary>
    public IReadOnlyList<StepUpDemand> StepUps { get; init; } = [];

    /// <summary>Nothing to do.</summary>
    public static Decision Nothing { get; } = new([], [], [], null, null);
}
