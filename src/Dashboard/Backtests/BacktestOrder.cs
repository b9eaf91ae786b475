using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using SentinelHealth.Response.Backtesting;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Dashboard.Backtests;

/// <summary>Limits that a backtest takes instead of those in force; null keeps the one in force.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record BacktestLimits
{
    /// <summary>Quarantines of nodes in a window.</summary>
    public int? NodesPerWindowMax { get; init; }

    /// <summary>Withdrawals of grants in a window.</summary>
    public int? GrantsPerWindowMax { get; init; }

    /// <summary>Suspensions of actors in a window.</summary>
    public int? ActorsPerWindowMax { get; init; }

    /// <summary>Pauses of contracts in a window.</summary>
    public int? ContractsPerWindowMax { get; init; }

    /// <summary>Containments of all kinds in a window.</summary>
    public int? TotalPerWindowMax { get; init; }

    /// <summary>The part of an organization's active staff that may be suspended at once, 0..1.</summary>
    public double? StaffShareMax { get; init; }

    /// <summary>The part of an organization's active nodes that may be quarantined at once, 0..1.</summary>
    public double? NodeShareMax { get; init; }

    /// <summary>How long a target is left alone after a containment, in minutes.</summary>
    [Range(0, 43_200)] public int? CooldownMinutes { get; init; }

    /// <summary>Whether nothing would be contained at all. False shows what a monitor in a dry run would do without it.</summary>
    public bool? IsDryRun { get; init; }

    /// <summary>The limits in force with these instead.</summary>
    public ResponseOptions Over(ResponseOptions inForce) => inForce with
    {
        NodesPerWindowMax = NodesPerWindowMax ?? inForce.NodesPerWindowMax,
        GrantsPerWindowMax = GrantsPerWindowMax ?? inForce.GrantsPerWindowMax,
        ActorsPerWindowMax = ActorsPerWindowMax ?? inForce.ActorsPerWindowMax,
        ContractsPerWindowMax = ContractsPerWindowMax ?? inForce.ContractsPerWindowMax,
        TotalPerWindowMax = TotalPerWindowMax ?? inForce.TotalPerWindowMax,
        StaffShareMax = StaffShareMax ?? inForce.StaffShareMax,
        NodeShareMax = NodeShareMax ?? inForce.NodeShareMax,
        Cooldown = CooldownMinutes is { } minutes ? TimeSpan.FromMinutes(minutes) : inForce.Cooldown,
        IsDryRun = IsDryRun ?? inForce.IsDryRun,
    };
}

/// <summary>What somebody wants to try on the past.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record BacktestOrder
{
    private const string FileName = "playbooks";

    /// <summary>The policy is in force from this instant on; null for from the first event kept. Earlier events are learned from.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The policy is in force before this instant; null for up to the last event.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Playbooks (YAML) to try instead of those in force; empty for those in force.</summary>
    public string Playbooks { get; init; } = "";

    /// <summary>Modes to try instead of those the playbooks have, by their names.</summary>
    public IReadOnlyDictionary<string, PlaybookMode> Modes { get; init; } = new Dictionary<string, PlaybookMode>();

    /// <summary>Limits to try instead of those in force.</summary>
    public BacktestLimits Limits { get; init; } = new();

    /// <summary>What is to be run, or everything that is wrong with the order, each with the line of the text where it has one.</summary>
    public (BacktestPlan? Plan, IReadOnlyList<string> Problems) Against(PlaybookSet inForce, ResponseOptions options)
    {
        var problems = new List<string>();
        if (From >= Until)
            problems.Add("The period ends before it begins.");
        var playbooks = inForce.Playbooks;
        if (!string.IsNullOrWhiteSpace(Playbooks))
        {
            var read = PlaybookLoader.Load(Playbooks, FileName);
            problems.AddRange(read.Errors.Select(error => error.ToString()));
            playbooks = read.Playbooks;
        }
        problems.AddRange(Twice(playbooks).Select(name => $"The playbook {name} is there more than once."));
        // What JSON leaves out or sets to null is nothing to try.
        var (modes, limits) = (Modes ?? new Dictionary<string, PlaybookMode>(), Limits ?? new BacktestLimits());
        if (problems.Count == 0)
            problems.AddRange(modes.Keys.Where(name => playbooks.All(playbook => playbook.Name != name))
                .Select(name => $"There is no playbook {name} whose mode could be another."));
        var limited = limits.Over(options);
        problems.AddRange(Broken(limits).Concat(Broken(limited)));
        if (problems.Count > 0)
            return (null, problems);
        var tried = playbooks.Select(playbook =>
            modes.TryGetValue(playbook.Name, out var mode) ? playbook with { Mode = mode } : playbook);
        return (new BacktestPlan(new PlaybookSet(tried), limited, new BacktestPeriod(From, Until)), []);
    }

    private static IEnumerable<string> Twice(IReadOnlyList<Playbook> playbooks) =>
        playbooks.GroupBy(playbook => playbook.Name, StringComparer.Ordinal)
            .Where(group => group.Count() > 1).Select(group => group.Key);

    private static IEnumerable<string> Broken(object limits)
    {
        var found = new List<ValidationResult>();
        Validator.TryValidateObject(limits, new ValidationContext(limits), found, validateAllProperties: true);
        return found.Select(fault => fault.ErrorMessage ?? "A limit is out of its range.");
    }
}
