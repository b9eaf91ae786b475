using System.Globalization;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Response.Policy;

/// <summary>Who asks for a containment.</summary>
public enum OrderOrigin
{
    /// <summary>A playbook, by itself.</summary>
    Policy,

    /// <summary>A person who approved it.</summary>
    Person,
}

/// <summary>A containment about to be decided, approved or sent.</summary>
/// <param name="Action">What, to whom, for how long.</param>
/// <param name="Organization">The target's organization; empty when unknown.</param>
/// <param name="Role">The target's role; empty when unknown.</param>
/// <param name="Origin">Who asks.</param>
/// <param name="IsBreakGlass">Whether its incident involves break-glass access.</param>
internal sealed record Candidate(
    (string Key, ActionKind Kind, EntityRef Target, TimeSpan Ttl) Action, string Organization, string Role, OrderOrigin Origin,
    bool IsBreakGlass);

/// <summary>A guardrail that said no.</summary>
/// <param name="Guardrail">Its name.</param>
/// <param name="Detail">One sentence.</param>
internal readonly record struct Objection(string Guardrail, string Detail);

/// <summary>
/// What no containment may do, checked when deciding, when approving and again before sending (I3). Pure; O(containments).
/// </summary>
public static class Guardrails
{
#pragma warning disable CS1591 // The names are published in refusals; each is explained where it is checked below.
    public const string BreakGlass = "break-glass";
    public const string Protected = "protected";
    public const string TtlLimit = "ttl-limit";
    public const string OnePerTarget = "one-per-target";
    public const string Quorum = "quorum";
    public const string AmbiguousTarget = "ambiguous-target";
    public const string KillSwitch = "kill-switch";
    public const string DryRun = "dry-run";
    public const string Cooldown = "cooldown";
    public const string CapPerKind = "cap-per-kind";
    public const string CapTotal = "cap-total";
    public const string StaffShare = "staff-share";
    public const string NodeShare = "node-share";
    public const string Maintenance = "maintenance";
#pragma warning restore CS1591

    /// <summary>The first guardrail that objects to containing now; null when none does.</summary>
    internal static Objection? ObjectionTo(
        Candidate candidate, ResponseState state, ResponseOptions options, DateTimeOffset now) =>
        StandingObjectionTo(candidate, state, options)
        ?? SwitchedOff(candidate, state, options)
        ?? UnderMaintenance(candidate, options, now)
        ?? CoolingDown(candidate, state, options, now)
        ?? CapSpent(candidate, state, options, now)
        ?? ShareSpent(candidate, state, options);

    /// <summary>Guardrails that time does not lift: what they refuse is not even proposed to people.</summary>
    internal static Objection? StandingObjectionTo(Candidate candidate, ResponseState state, ResponseOptions options) =>
        Emergency(candidate) ?? ProtectedTarget(candidate, options) ?? TooLong(candidate, options)
            ?? AlreadyContained(candidate, state)
        ?? BelowQuorum(candidate, state);

    /// <summary>Break-glass access is reviewed, never blocked.</summary>
    private static Objection? Emergency(Candidate candidate) =>
        candidate.IsBreakGlass ? new(BreakGlass, "Emergency access is involved; it is reviewed by people and never blocked.") : null;

    private static Objection? ProtectedTarget(Candidate candidate, ResponseOptions options)
    {
        var target = candidate.Action.Target;
        if (options.ProtectedEntities.Contains(target))
            return new(Protected, $"The {target} is protected.");
        var found = options.ProtectedPrefixes.FirstOrDefault(prefix => target.Id.StartsWith(prefix, StringComparison.Ordinal));
        if (found is not null)
            return new(Protected, $"Identifiers that start with {found} are protected.");
        if (candidate.Role.Length > 0)
            return options.ProtectedRoles.Contains(candidate.Role, StringComparer.OrdinalIgnoreCase)
                ? new(Protected, $"The role {candidate.Role} is protected.") : null;
        return options.IsDirectoryPartial && options.ProtectedRoles.Count > 0 && candidate.Origin == OrderOrigin.Policy
            && target.Type == EntityType.Actor
                ? new(Protected, $"The role of the {target} is not known here, and some roles are protected.") : null;
    }

    private static Objection? TooLong(Candidate candidate, ResponseOptions options) =>
        candidate.Action.Ttl > options.TtlMax || candidate.Action.Ttl <= TimeSpan.Zero
            ? new(TtlLimit, $"The time of {candidate.Action.Ttl} is outside the limit of {options.TtlMax}.")
            : null;

    private static Objection? AlreadyContained(Candidate candidate, ResponseState state) =>
        Others(candidate, state).Any(other => other.EndedAt is null && other.Target == candidate.Action.Target)
            ? new(OnePerTarget, $"The {candidate.Action.Target} is contained already.")
            : null;

    /// <summary>A quarantine never leaves fewer validators active than consensus needs, counting those on their way.</summary>
    private static Objection? BelowQuorum(Candidate candidate, ResponseState state)
    {
        var (_, kind, target, _) = candidate.Action;
        if (kind != ActionKind.QuarantineNode || state.Validators is not { } set
            || !set.Validators.Contains(target.Id, StringComparer.Ordinal))
            return null;
        var gone = set.Quarantined
            .Concat(Others(candidate, state).Where(other => other.EndedAt is null && other.Kind == kind)
                .Select(other => other.Target.Id))
            .Append(target.Id).ToHashSet(StringComparer.Ordinal);
        var active = set.Validators.Count(id => !gone.Contains(id));
        return active < set.Quorum
            ? new(Quorum, Sentence($"{active} validators would stay active and {set.Quorum} must."))
            : null;
    }

    /// <summary>The kill switch stops automation, not people; a dry run stops both.</summary>
    private static Objection? SwitchedOff(Candidate candidate, ResponseState state, ResponseOptions options)
    {
        if (options.IsDryRun)
            return new(DryRun, "This is a dry run; nothing is contained.");
        return state.IsKillSwitchOn && candidate.Origin == OrderOrigin.Policy
            ? new(KillSwitch, "The kill switch is on; automation contains nothing.")
            : null;
    }

    /// <summary>Planned work looks strange; people on the spot know better than automation. People may still order.</summary>
    private static Objection? UnderMaintenance(Candidate candidate, ResponseOptions options, DateTimeOffset now)
    {
        if (candidate.Origin == OrderOrigin.Person)
            return null;
        var window = options.MaintenanceWindows.FirstOrDefault(window => window.Covers(candidate.Action.Target, now));
        return window is null ? null : new(Maintenance, $"The {candidate.Action.Target} is under maintenance: {window.Reason}.");
    }

    private static Objection? CoolingDown(Candidate candidate, ResponseState state, ResponseOptions options, DateTimeOffset now)
    {
        // A person may contain again what automation must leave alone for a while.
        if (candidate.Origin == OrderOrigin.Person)
            return null;
        return Others(candidate, state)
            .Any(other => other.Target == candidate.Action.Target && now < other.EndedAt + options.Cooldown)
            ? new(Cooldown, $"A containment of the {candidate.Action.Target} ended less than {options.Cooldown} ago.")
            : null;
    }

    private static Objection? CapSpent(Candidate candidate, ResponseState state, ResponseOptions options, DateTimeOffset now)
    {
        // Each containment counts in the window in which it takes effect, so those on their way always count.
        var recent = Others(candidate, state)
            .Where(other => other.StartedAt is not { } startedAt || startedAt > now - options.Window).ToList();
        var kind = candidate.Action.Kind;
        if (recent.Count(other => other.Kind == kind) >= options.PerWindowMax(kind))
            return new(CapPerKind, Sentence($"The cap of {options.PerWindowMax(kind)} {kind} in {options.Window} is spent."));
        return recent.Count >= options.TotalPerWindowMax
            ? new(CapTotal, Sentence($"The cap of {options.TotalPerWindowMax} containments in {options.Window} is spent."))
            : null;
    }

    /// <summary>A share of an organization, but always one: a small organization, too, must be able to stop an intruder.</summary>
    private static Objection? ShareSpent(Candidate candidate, ResponseState state, ResponseOptions options)
    {
        var size = state.Organizations.GetValueOrDefault(candidate.Organization);
        var (name, share, members) = candidate.Action.Kind switch
        {
            ActionKind.SuspendActor => (StaffShare, options.StaffShareMax, size.Staff),
            ActionKind.QuarantineNode => (NodeShare, options.NodeShareMax, size.Nodes),
            _ => ("", 0.0, 0),
        };
        if (name.Length == 0)
            return null;
        var allowed = Math.Max(1, (int)Math.Floor(share * members));
        var open = Others(candidate, state).Count(other =>
            other.EndedAt is null && other.Kind == candidate.Action.Kind && other.Organization == candidate.Organization);
        return open >= allowed
            ? new(name, Sentence($"{open} of {members} active members of {Named(candidate.Organization)} are contained; {allowed} may be at once."))
            : null;
    }

    private static IEnumerable<Containment> Others(Candidate candidate, ResponseState state) =>
        state.Containments.Where(other => other.Key != candidate.Action.Key);

    private static string Named(string organization) => organization.Length == 0 ? "no known organization" : organization;

    private static string Sentence(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
