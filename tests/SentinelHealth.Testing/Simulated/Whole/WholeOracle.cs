using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Testing.Simulated.Whole;

/// <summary>
/// Says what must never happen (I1 to I7) from the world alone: what sources were told, what stands in the log, what landed on the
/// ledger, and a second run that nothing disturbed. It shares no code with what it judges.
/// </summary>
internal sealed partial class WholeOracle(ResponseOptions bounds, TimeProvider clock) : ILedgerWitness
{
    private readonly HashSet<(int Partition, long Offset)> _committed = [];
    private readonly HashSet<string> _heard = new(StringComparer.Ordinal);
    private readonly HashSet<(string, ActionKind, EntityRef)> _approved = [];

    public List<string> Violations { get; } = [];

    /// <summary>A source was told that a batch is durable.</summary>
    public void Acknowledged(IEnumerable<string> payloads) => _heard.UnionWith(payloads);

    /// <summary>Entries were scored, or found to be no events, in a batch that is being committed.</summary>
    public void Committed(IReadOnlyList<LogEntry> entries)
    {
        foreach (var entry in entries.Where(entry => !_committed.Add((entry.Partition, entry.Offset))))
            Violated($"I1: entry {entry.Partition}@{entry.Offset} was committed twice.");
    }

    /// <summary>A person said yes to an action.</summary>
    public void Approved(ContainmentAction action) => _approved.Add((action.IncidentId, action.Kind, action.Target));

    /// <summary>The last entry of a partition that was committed; -1 for none.</summary>
    public long LastCommitted(int partition) =>
        _committed.Where(place => place.Partition == partition).Select(place => place.Offset).DefaultIfEmpty(-1).Max();

    public void Asked(string key)
    {
        // Asking changes nothing.
    }

    public void TookEffect(SimulatedEffect effect, IReadOnlyList<SimulatedEffect> all, IReadOnlyList<string> validators)
    {
        var (order, at) = (effect.Order, effect.Receipt.At);
        if (all.Count(other => (other.Order.IncidentId, other.Order.Kind, other.Order.Target)
            == (order.IncidentId, order.Kind, order.Target)) > 1)
            Violated($"I2: {order.Kind} of {order.Target} took effect twice for {order.IncidentId}.");
        if (bounds.ProtectedEntities.Contains(order.Target))
            Violated($"I3: {order.Target} is protected.");
        if (order.Ttl > bounds.TtlMax)
            Violated($"I3: {order.Target} is contained for {order.Ttl}.");
        if (order.Kind == ActionKind.SuspendActor && !_approved.Contains((order.IncidentId, order.Kind, order.Target)))
            Violated($"I3: {order.Target} was suspended, and nobody agreed.");
        var recent = all.Where(other => at - other.Receipt.At < bounds.Window).ToList();
        var (ofKind, kindMax) = (recent.Count(other => other.Order.Kind == order.Kind), MostOf(order.Kind));
        if (ofKind > kindMax || recent.Count > bounds.TotalPerWindowMax)
            Violated($"I3: {ofKind} of {kindMax} {order.Kind}, {recent.Count} of {bounds.TotalPerWindowMax} in all within the window.");
        var up = validators.Count(id => !all.Any(other => other.IsLive(at) && other.Order.Target == SomeCase.Node(id)));
        // Three times those that are up must reach twice those that there are: QBFT's two thirds, without the product's arithmetic.
        if (order.Kind == ActionKind.QuarantineNode && validators.Contains(order.Target.Id) && 3 * up < 2 * validators.Count)
            Violated($"I3: {up} of {validators.Count} validators are left.");
    }

    public void Restored(SimulatedEffect effect, string by, DateTimeOffset at) =>
        Violated($"I3: {effect.Order.Target} was restored by {by}, and nobody ordered it.");

    public void Renewed(SimulatedEffect effect, string by, DateTimeOffset until, DateTimeOffset at) =>
        Violated($"I3: {effect.Order.Target} was kept longer by {by}, and nobody ordered it.");

    public void Violated(string what) => Violations.Add($"{clock.GetUtcNow():HH:mm:ss} {what}");

    private int MostOf(ActionKind kind) => kind switch
    {
        ActionKind.QuarantineNode => bounds.NodesPerWindowMax,
        ActionKind.RevokeGrant => bounds.GrantsPerWindowMax,
        ActionKind.PauseContract => bounds.ContractsPerWindowMax,
        _ => bounds.ActorsPerWindowMax,
    };
}
