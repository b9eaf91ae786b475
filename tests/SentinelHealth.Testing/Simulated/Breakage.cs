namespace SentinelHealth.Testing.Simulated;

/// <summary>
/// Ways to break what the simulation runs, each a fault that such programs have had. A simulation that does not notice them shows
/// nothing.
/// </summary>
public enum Breakage
{
    /// <summary>Nothing is broken.</summary>
    None,

    /// <summary>That an order is about to leave is not made durable before it leaves, so a crash sends it again unasked.</summary>
    ForgetsWhatItSent,

    /// <summary>An answer that did not come is taken for a refusal.</summary>
    TakesSilenceForRefusal,

    /// <summary>Caps count from the decision instead of the effect, so that what waited long lands all at once.</summary>
    CountsCapsFromTheDecision,

    /// <summary>One person who approves twice counts as two.</summary>
    CountsOnePersonTwice,

    /// <summary>Timers live in memory and are gone after a restart.</summary>
    KeepsTimersInMemory,

    /// <summary>The executor does not know what is protected.</summary>
    ForgetsWhatIsProtected,

    /// <summary>The validator set is read once and never again.</summary>
    ReadsTheValidatorsOnce,

    /// <summary>Orders have no deadline on the ledger, so that one given up for lost can still land.</summary>
    SendsOrdersWithoutDeadline,

    /// <summary>The kill switch is looked at when deciding to send, not in the transaction that sends.</summary>
    LooksAtTheKillSwitchTooEarly,

    /// <summary>An approval stays good for ever.</summary>
    LetsApprovalsLiveForever,

    /// <summary>Maintenance windows are not known.</summary>
    ForgetsMaintenance,

    /// <summary>What people said about playbooks' modes is gone after a restart.</summary>
    ForgetsModes,

    /// <summary>Tasks for people live in memory and are gone after a restart.</summary>
    KeepsTasksInMemory,

    /// <summary>A task can be ended again by the next person.</summary>
    EndsTasksTwice,
}
