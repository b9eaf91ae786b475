using SentinelHealth.Response.Monitoring;

namespace SentinelHealth.Testing.Simulated.Whole;

/// <summary>
/// I7: what each collection of the living program may hold at most. One that grows and is not named here is a violation, so a new one cannot
/// go without a bound. Tables of detectors are made at their bound and have laws of their own.
/// </summary>
internal static class WholeBounds
{
    /// <summary>What may be held without a bound being stated: less than what any run feeds in.</summary>
    private const int UnstatedMax = 32;

    /// <summary>Each violation, as a sentence.</summary>
    public static IEnumerable<string> Exceeded(WholeProgram program, MonitorOptions options)
    {
        var stated = StatedBy(options);
        foreach (var (name, count) in HeldCollections.Of(program))
        {
            if (!stated.TryGetValue(name, out var most) && count > UnstatedMax)
                yield return $"{name} holds {count}, and no bound is stated for it.";
            else if (most > 0 && count > most)
                yield return $"{name} holds {count}, and {most} is its bound.";
        }
    }

    private static Dictionary<string, int> StatedBy(MonitorOptions options) => new(StringComparer.Ordinal)
    {
        ["RecentEvents._records"] = options.RecentEventsMax,
        ["RecentEvents._order"] = options.RecentEventsMax,
        ["EntityDirectory._actors"] = options.EntitiesMax,
        ["EntityDirectory._nodes"] = options.EntitiesMax,
        ["OrderedScoring._held"] = options.Order.EventsHeldMax,
        // An event says a few things at most, and what it said is held with it.
        ["OrderedScoring._told"] = options.Order.EventsHeldMax * 8,
        ["OrderedScoring._checkpoints"] = 5,
        // A part for each table, each run of bytes between two, and each megabyte.
        ["SavedState._parts"] = 256,
        ["NameTable._names"] = 65_536,
        ["OffLedgerRules._waiting"] = 16_385,
        ["OffLedgerRules._spare"] = 16_385,
        ["Alert.<EventIds>k__BackingField"] = 256,
        ["Correlator._open"] = 1_024,
        ["Correlator._byLink"] = 65_536,
        ["Correlator._weakTies"] = 4_096,
        ["Scorecards._records"] = 256,
        ["DetectionStatus.<Scorecards>k__BackingField"] = 256,
    };
}
