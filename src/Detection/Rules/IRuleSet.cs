using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules;

/// <summary>A group of stateful rules over the event stream.</summary>
internal interface IRuleSet
{
    /// <summary>Checks an event against what the ledger recorded, adds breaches, then records what the event says.</summary>
    void Observe(SentinelEvent observed, List<RuleMatch> matches);

    /// <summary>
    /// Records what an event says that another partition of the log judges (<see cref="SharedFacts"/>). Matches are not raised here.
    /// </summary>
    void Witness(SentinelEvent observed, List<RuleMatch> matches);

    void Save(BinaryWriter writer);

    void Load(BinaryReader reader);
}
