using SentinelHealth.Detection.Rules;

namespace SentinelHealth.Response.Access;

/// <summary>What is known at this moment that bears on one access.</summary>
public readonly record struct AccessFacts
{
    /// <summary>Whether the monitor has read the state of the network.</summary>
    public required bool IsReady { get; init; }

    /// <summary>What consents and grants say.</summary>
    public required PermissionAnswer Permission { get; init; }

    /// <summary>Whether the subject is suspended.</summary>
    public bool IsSubjectSuspended { get; init; }

    /// <summary>Whether the node is quarantined.</summary>
    public bool IsNodeQuarantined { get; init; }

    /// <summary>Whether the grant cited is withdrawn by the guard.</summary>
    public bool IsGrantSuspended { get; init; }

    /// <summary>Whether the contract that is used is paused.</summary>
    public bool IsContractPaused { get; init; }

    /// <summary>Whether a playbook demands a stronger sign-in of the subject.</summary>
    public bool IsStepUpDemanded { get; init; }

    /// <summary>The subject's decayed risk, 0 to 100.</summary>
    public double SubjectRisk { get; init; }

    /// <summary>The node's decayed risk, 0 to 100.</summary>
    public double NodeRisk { get; init; }
}
