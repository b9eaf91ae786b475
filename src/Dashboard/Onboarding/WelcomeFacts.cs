using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Dashboard.Onboarding;

/// <summary>What the first steps are.</summary>
public enum WelcomeStep
{
    Sources,
    Ledger,
    Protection,
    Observe,
    Notifications,
}

/// <summary>What is in force, as far as the first steps ask.</summary>
/// <param name="Network">The network now.</param>
/// <param name="Options">Guardrails.</param>
/// <param name="Playbooks">Playbooks with their modes.</param>
/// <param name="Channels">Channels by name.</param>
public sealed record WelcomeFacts(
    NetworkSnapshot Network, ResponseOptions Options, IReadOnlyList<Playbook> Playbooks, IReadOnlyList<string> Channels)
{
    /// <summary>Whether nothing is contained without a person.</summary>
    public bool IsObserving => Options.IsDryRun || Playbooks.All(playbook => playbook.Mode < PlaybookMode.Automatic);

    /// <summary>Whether a step holds, as the monitor runs now.</summary>
    public bool Holds(WelcomeStep step, bool hasNotified) => step switch
    {
        WelcomeStep.Sources => Network.Conservation.Received > 0,
        WelcomeStep.Ledger => Network.Ledger is not null,
        WelcomeStep.Protection =>
            Options.ProtectedPrefixes.Count + Options.ProtectedRoles.Count + Options.ProtectedEntities.Count > 0,
        WelcomeStep.Observe => IsObserving,
        _ => Channels.Count > 0 && hasNotified,
    };

    /// <summary>Whether automation leaves an identifier alone because of how it begins or which it is.</summary>
    public bool Protects(string id) => id.Length > 0
        && (Options.ProtectedPrefixes.Any(prefix => id.StartsWith(prefix, StringComparison.Ordinal))
            || Options.ProtectedEntities.Any(entity => entity.Id == id));
}
