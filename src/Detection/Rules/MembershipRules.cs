using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Snapshots;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules;

/// <summary>Only admitted nodes may act, and not after their removal; the ledger must not rewrite its history.</summary>
internal sealed class MembershipRules : IRuleSet
{
    private readonly BoundedMap<NodeRecord> _nodes = new(65_536);
    private Coverage _registered;

    public void Observe(SentinelEvent observed, List<RuleMatch> matches)
    {
        if (observed.Is(TextField.Contract, "ConsensusLayer"u8))
        {
            if (observed.Is(TextField.Method, "reorganization"u8))
                matches.Add(ReorganizationMatch(observed));
            return;
        }
        CheckNode(observed, matches);
        if (IsAboutMembers(observed))
            Record(observed);
    }

    public void Witness(SentinelEvent observed, List<RuleMatch> matches)
    {
        // Whether its own node may act is judged elsewhere.
        if (IsAboutMembers(observed))
            Record(observed);
    }

    public void Save(BinaryWriter writer)
    {
        _nodes.Save(writer);
        SnapshotStructs.Write(writer, _registered);
    }

    public void Load(BinaryReader reader)
    {
        _nodes.Load(reader);
        SnapshotStructs.Read(reader, ref _registered);
    }

    private static bool IsAboutMembers(SentinelEvent observed) =>
        observed.Is(TextField.Contract, "NodeRegistry"u8) && observed.Is(TextField.Status, "success"u8);

    private void Record(SentinelEvent observed)
    {
        var key = observed.ArgKey("nodeId"u8);
        var atMs = observed.OccurredAt.ToUnixTimeMilliseconds();
        if (key == 0)
            return;
        if (observed.Is(TextField.Method, "admitNode"u8))
            _nodes.Touch(key, atMs, out _) = new NodeRecord { AdmittedAtMs = atMs, RemovedAtMs = long.MaxValue };
        else if (observed.Is(TextField.Method, "removeNode"u8))
            _nodes.Touch(key, atMs, out _).RemovedAtMs = atMs;
    }

    private void CheckNode(SentinelEvent observed, List<RuleMatch> matches)
    {
        ref readonly var node = ref _nodes.Find(observed.Key(TextField.Node));
        var isKnown = !Unsafe.IsNullRef(in node);
        var wasComplete = _registered.IsComplete;
        if (IsJoining(observed) || observed.Text(TextField.Node).StartsWith("system:"u8))
            return;
        _registered.Add(isKnown);
        if (isKnown && IsAfter(observed, node.RemovedAtMs))
            matches.Add(Match(observed, BuiltInRules.NodeRemoved, "after it was removed from the network", "removed", "an admitted node"));
        else if (!isKnown && wasComplete)
            matches.Add(Match(observed, BuiltInRules.NodeUnregistered, "that the network never admitted", "not registered", "an admitted node"));
    }

    /// <summary>
    /// A node that asks to join, or concludes its own admission, is not a member yet, and that is no breach: whether it was voted for
    /// is the contract's to say. Systems that report beside the ledger never join.
    /// </summary>
    private static bool IsJoining(SentinelEvent observed) =>
        observed.Is(TextField.Method, "proposeNode"u8)
        || (observed.Is(TextField.Method, "admitNode"u8) && observed.Is(TextField.Status, "success"u8)
            && observed.ArgKey("nodeId"u8) == observed.Key(TextField.Node));

    /// <summary>
    /// What has the very time of the removal happened after it if it says where in its block it stands: such events come in the order of the ledger.
    /// </summary>
    private static bool IsAfter(SentinelEvent observed, long removedAtMs)
    {
        var atMs = observed.OccurredAt.ToUnixTimeMilliseconds();
        return atMs > removedAtMs || (atMs == removedAtMs
            && !double.IsNaN(observed.Number(NumberField.Block)) && !double.IsNaN(observed.Number(NumberField.LogIndex)));
    }

    private static RuleMatch Match(SentinelEvent observed, RuleDefinition rule, string how, string seen, string expected)
    {
        var node = EventEntities.Node(observed);
        var what = observed.Kind == EventKind.BiometricQuery
            ? $"a biometric {observed.TextOf(TextField.Operation)}"
            : $"{observed.TextOf(TextField.Contract)}.{observed.TextOf(TextField.Method)}";
        return new RuleMatch(
            rule, node, observed.TextOf(TextField.Id),
            $"{ConsentRules.Capital(EventEntities.Who(observed))} performed {what} through {node.Id}, {(rule == BuiltInRules.NodeRemoved ? "" : "a node ")}{how}.",
            seen, expected, EventEntities.AllBut(observed, node));
    }

    private static RuleMatch ReorganizationMatch(SentinelEvent observed)
    {
        var chain = new EntityRef(EntityType.Chain, observed.Has(TextField.Chain) ? observed.TextOf(TextField.Chain) : "ledger");
        var depth = observed.ArgNumber("depth"u8);
        return new RuleMatch(
            BuiltInRules.Reorganization, chain, observed.TextOf(TextField.Id),
            FormattableString.Invariant($"The ledger {chain.Id} replaced its last {depth:0} blocks; a network with final blocks never does."),
            FormattableString.Invariant($"{depth:0} blocks replaced"), "0", []);
    }

    private struct NodeRecord
    {
        public long AdmittedAtMs;
        public long RemovedAtMs;
    }
}
