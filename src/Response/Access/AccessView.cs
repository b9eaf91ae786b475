using System.Collections.Frozen;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Rules;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Response.Access;

/// <summary>A containment in force.</summary>
/// <param name="Kind">What.</param>
/// <param name="Target">Whom.</param>
/// <param name="ExpiresAt">When it ends by itself; null when that is not known.</param>
public readonly record struct ContainmentInForce(ActionKind Kind, EntityRef Target, DateTimeOffset? ExpiresAt);

/// <summary>The state of the network as accesses are judged by it: permissions, containments and risks. Safe from many threads.</summary>
/// <remarks>
/// The monitor feeds it: permissions with every event, risks at most once a second, containments when one changes and once a second. It is ready once it has been told all three.
/// Bounded: permissions by their book, containments by the caps, risks by <see cref="RisksMax"/>.
/// </remarks>
public sealed class AccessView
{
    /// <summary>Entities whose risk is known; that of others counts as none.</summary>
    public const int RisksMax = 2_000;

    private const int Nobody = -1;

    private readonly Lock _learning = new();
    private readonly Dictionary<int, IReadOnlyList<EntityRisk>> _risksByPartition = [];
    private volatile FrozenDictionary<EntityRef, double>? _risks;
    private volatile Containments? _containments;
    private volatile FrozenDictionary<string, DateTimeOffset> _stepUps = FrozenDictionary<string, DateTimeOffset>.Empty;
    private volatile bool _hasPermissions;
    private volatile int _followed = Nobody;

    /// <summary>Consents and grants.</summary>
    public PermissionBook Permissions { get; } = new();

    /// <summary>Whether everything is known that an answer needs.</summary>
    public bool IsReady => _hasPermissions && _containments is not null;

    /// <summary>Whether some partition's permissions are followed; without one nothing is known, and every answer is no.</summary>
    public bool IsFollowing => _followed != Nobody;

    /// <summary>
    /// Starts from what the engine of a partition knows. Every partition is told of every permission, so one is followed and no other: each tells
    /// them in an order of its own, and a grant that one has still to read must not undo a withdrawal that another has read.
    /// </summary>
    public void Begin(int partition, IDetectionEngine engine)
    {
        if (!IsFollowing || _followed == partition)
        {
            Permissions.Load(engine);
            (_followed, _hasPermissions) = (partition, true);
        }
        Learn(partition, engine);
    }

    /// <summary>Takes an event in: of the partition that is followed, or of any before one is.</summary>
    public void Observe(SentinelEvent observed, int partition = 0)
    {
        if (partition == _followed || !IsFollowing)
            Permissions.Observe(observed);
    }

    /// <summary>Takes the risks that a partition's engine knows now. O(entities with a risk).</summary>
    public void Learn(int partition, IDetectionEngine engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        Learn(partition, engine.TopRisks(RisksMax));
    }

    /// <summary>Takes the risks of a partition, which another process may score.</summary>
    public void Learn(int partition, IReadOnlyList<EntityRisk> risks)
    {
        ArgumentNullException.ThrowIfNull(risks);
        lock (_learning)
        {
            _risksByPartition[partition] = risks;
            _risks = Ranked();
        }
    }

    /// <summary>The partition is another process's now; what it says of it is learned from there.</summary>
    public void Forget(int partition)
    {
        if (partition == _followed)
            (_followed, _hasPermissions) = (Nobody, false);
        lock (_learning)
        {
            _risksByPartition.Remove(partition);
            _risks = Ranked();
        }
    }

    /// <summary>Takes the containments in force, all of them.</summary>
    public void Contain(IReadOnlyCollection<ContainmentInForce> inForce)
    {
        ArgumentNullException.ThrowIfNull(inForce);
        var untils = new Dictionary<EntityRef, DateTimeOffset>();
        foreach (var (_, target, expiresAt) in inForce)
            untils[target] = Later(untils.GetValueOrDefault(target), expiresAt ?? DateTimeOffset.MaxValue);
        // An expired one stays suspended until the next look, at most a second later: the strict side.
        var grants = inForce.Where(one => one.Kind == ActionKind.RevokeGrant)
            .Select(one => PermissionBook.GrantKey(one.Target.Id)).ToFrozenSet();
        _containments = new Containments(untils.ToFrozenDictionary(), grants);
    }

    /// <summary>Takes the actors of whom playbooks demand a stronger sign-in, all of them.</summary>
    public void DemandStepUp(IReadOnlyCollection<StepUpDemand> demands)
    {
        ArgumentNullException.ThrowIfNull(demands);
        _stepUps = demands.ToFrozenDictionary(demand => demand.Actor, demand => demand.Until, StringComparer.Ordinal);
    }

    /// <summary>What bears on an access. O(1), no allocation.</summary>
    public AccessFacts FactsOf(AccessRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (risks, containments) = (_risks, _containments);
        var question = new PermissionQuestion(request.Patient, request.Subject, request.Organization, request.Purpose, request.At)
        {
            Category = request.Category,
            ConsentId = request.ConsentId,
            GrantId = request.GrantId,
        };
        var (subject, node) = (new EntityRef(EntityType.Actor, request.Subject), new EntityRef(EntityType.Node, request.Node));
        var grant = new EntityRef(EntityType.Grant, request.GrantId);
        var contract = new EntityRef(EntityType.Contract, request.Contract);
        return new AccessFacts
        {
            IsReady = IsReady,
            Permission = Permissions.Ask(question, containments?.Grants),
            IsSubjectSuspended = IsContained(containments, subject, request.At),
            IsNodeQuarantined = IsContained(containments, node, request.At),
            IsStepUpDemanded = _stepUps.TryGetValue(request.Subject, out var until) && request.At < until,
            IsGrantSuspended = IsContained(containments, grant, request.At),
            IsContractPaused = IsContained(containments, contract, request.At),
            SubjectRisk = risks?.GetValueOrDefault(subject) ?? 0,
            NodeRisk = risks?.GetValueOrDefault(node) ?? 0,
        };
    }

    /// <summary>An entity that several partitions know has the highest of its risks.</summary>
    private FrozenDictionary<EntityRef, double> Ranked()
    {
        var risks = new Dictionary<EntityRef, double>();
        foreach (var risk in _risksByPartition.Values.SelectMany(known => known))
            risks[risk.Entity] = Math.Max(risk.Risk, risks.GetValueOrDefault(risk.Entity));
        return risks.ToFrozenDictionary();
    }

    private static bool IsContained(Containments? containments, EntityRef target, DateTimeOffset at) =>
        containments is not null && containments.Untils.TryGetValue(target, out var until) && at < until;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private sealed record Containments(FrozenDictionary<EntityRef, DateTimeOffset> Untils, FrozenSet<ulong> Grants);
}
