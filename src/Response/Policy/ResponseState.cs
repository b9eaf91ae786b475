using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;

namespace SentinelHealth.Response.Policy;

/// <summary>A containment that was decided to happen: it holds its place under the caps from that moment.</summary>
/// <param name="Key">Its action key.</param>
/// <param name="Kind">What.</param>
/// <param name="Target">Whom.</param>
/// <param name="Organization">The target's organization; empty when unknown.</param>
/// <param name="StartedAt">
/// When it took effect on the ledger; null while it is on its way, which counts as now: what was decided long ago and lands now
/// harms now.
/// </param>
/// <param name="EndedAt">When it was reversed or expired; null while it is on its way or in force.</param>
public sealed record Containment(
    string Key, ActionKind Kind, EntityRef Target, string Organization, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt);

/// <summary>How large an organization is, by who was active lately.</summary>
/// <param name="Staff">Active actors.</param>
/// <param name="Nodes">Active nodes.</param>
public readonly record struct OrganizationSize(int Staff, int Nodes);

/// <summary>What a decision must know besides the incident. Immutable; bounded by the caps and the window.</summary>
public sealed record ResponseState
{
    /// <summary>Whether automation is switched off.</summary>
    public bool IsKillSwitchOn { get; init; }

    /// <summary>The validator set; null while the ledger cannot be read. The executor asks again before it sends.</summary>
    public ValidatorSet? Validators { get; init; }

    /// <summary>Containments open now, and those of the last window and cooldown.</summary>
    public IReadOnlyList<Containment> Containments { get; init; } = [];

    /// <summary>Sizes of organizations by name; an absent one counts as empty.</summary>
    public IReadOnlyDictionary<string, OrganizationSize> Organizations { get; init; } =
        new Dictionary<string, OrganizationSize>();

    /// <summary>The state after deciding these: each takes its place under the caps at once.</summary>
    public ResponseState With(IEnumerable<PlannedAction> actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        return this with
        {
            Containments =
            [
                .. Containments,
                .. actions.Select(planned => new Containment(
                    planned.Action.Key, planned.Action.Kind, planned.Action.Target, planned.Organization,
                    StartedAt: null, EndedAt: null)),
            ],
        };
    }
}
