using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Browser.Tests.Sample;

/// <summary>A playbook of each mode.</summary>
internal static class SamplePlaybooks
{
    public static PlaybookSet All { get; } = new(
    [
        Of("suspend-actor-critical", PlaybookMode.Automatic, "Critical incidents about an actor do not wait.", ActionKind.SuspendActor),
        Of("quarantine-rogue-node", PlaybookMode.Approve, "A node nobody registered waits for two people.", ActionKind.QuarantineNode),
        Of("recommend-grant-withdrawal", PlaybookMode.Recommend, "Repeated claims on one grant.", ActionKind.RevokeGrant),
        Of("watch-night-shift", PlaybookMode.Observe, "What would have been done at night.", ActionKind.SuspendActor),
    ]);

    private static Playbook Of(string name, PlaybookMode mode, string description, ActionKind kind) => new()
    {
        Name = name,
        Mode = mode,
        Description = description,
        When = new PlaybookConditions(),
        Actions = [new PlaybookAction(kind, TimeSpan.FromHours(1))],
        Notifies = mode == PlaybookMode.Automatic ? ["on-call"] : [],
    };
}
