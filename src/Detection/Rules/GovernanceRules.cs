using SentinelHealth.Detection.Baselines;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules;

/// <summary>Contracts are governed by the few roles that always do it; anybody else who grants roles, upgrades or pauses is news.</summary>
/// <remarks>
/// A role of an organization becomes a governing one by its acts during the first four days of governance, or later by acts spread
/// over at least three days, so that a lasting change of duty is accepted and a takeover within hours is not.
/// </remarks>
internal sealed class GovernanceRules : IRuleSet
{
    private const long DayMs = 86_400_000;
    private const long LearningMs = 4 * DayMs;
    private const int DaysToBelong = 3;

    private readonly BoundedMap<Governor> _governors = new(4_096);
    private long _firstAtMs = long.MaxValue;

    public void Observe(SentinelEvent observed, List<RuleMatch> matches)
    {
        if (!observed.Is(TextField.Contract, "Governance"u8))
            return;
        var atMs = observed.OccurredAt.ToUnixTimeMilliseconds();
        _firstAtMs = Math.Min(_firstAtMs, atMs);
        // Whoever sets a network up has to begin with itself.
        if (atMs - _firstAtMs > LearningMs && IsSelfGrant(observed))
            matches.Add(SelfGrant(observed));
        var role = StableHash.Combine(observed.Key(TextField.ActorRole), observed.Key(TextField.Organization));
        ref var governor = ref _governors.Touch(role, atMs, out _);
        if (atMs - _firstAtMs <= LearningMs)
            governor.Days = DaysToBelong;
        if (governor.Days < DaysToBelong)
        {
            matches.Add(Match(observed));
            if (atMs / DayMs > governor.LastDay)
                governor.Days++;
        }
        governor.LastDay = atMs / DayMs;
    }

    public void Witness(SentinelEvent observed, List<RuleMatch> matches) { }

    public void Save(BinaryWriter writer)
    {
        _governors.Save(writer);
        writer.Write(_firstAtMs);
    }

    public void Load(BinaryReader reader)
    {
        _governors.Load(reader);
        _firstAtMs = reader.ReadInt64();
    }

    private static bool IsSelfGrant(SentinelEvent observed) =>
        observed.Is(TextField.Method, "grantRole"u8) && observed.Has(TextField.Actor)
        && observed.ArgKey("account"u8) == observed.Key(TextField.Actor);

    private static RuleMatch SelfGrant(SentinelEvent observed)
    {
        var actor = EventEntities.Actor(observed);
        return new RuleMatch(
            BuiltInRules.GovernanceSelfGrant, actor, observed.TextOf(TextField.Id),
            $"{ConsentRules.Capital(EventEntities.Who(observed))} granted the role {EventEntities.Arg(observed, "role"u8)} to itself.",
            "the granting account", "another account", EventEntities.AllBut(observed, actor));
    }

    private static RuleMatch Match(SentinelEvent observed)
    {
        var actor = EventEntities.Actor(observed);
        return new RuleMatch(
            BuiltInRules.GovernanceOutsider, actor, observed.TextOf(TextField.Id),
            $"{ConsentRules.Capital(EventEntities.Who(observed))} called Governance.{observed.TextOf(TextField.Method)}, though nobody in that role governs contracts.",
            observed.TextOf(TextField.ActorRole), "a role that governs", EventEntities.AllBut(observed, actor));
    }

    private struct Governor
    {
        public long LastDay;
        public int Days;
    }
}
