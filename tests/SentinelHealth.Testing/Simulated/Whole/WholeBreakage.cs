namespace SentinelHealth.Testing.Simulated.Whole;

/// <summary>Ways to break the whole system, each a fault that such programs have had. A simulation that does not notice them shows nothing.</summary>
public enum WholeBreakage
{
    /// <summary>Nothing is broken.</summary>
    None,

    /// <summary>The log says that a batch is durable before it is, and loses it in a crash.</summary>
    AcknowledgesTooEarly,

    /// <summary>A dead letter is written into a buffer that a crash empties.</summary>
    BuffersDeadLetters,

    /// <summary>After a restart reading begins one entry too late.</summary>
    SkipsAnEntryAfterRestart,

    /// <summary>After a restart reading begins one entry too early, and the position that is expected is changed to fit.</summary>
    RepeatsAnEntryAfterRestart,

    /// <summary>An entry that repeats an earlier one is not recognized as such.</summary>
    ForgetsDuplicates,

    /// <summary>The detectors start empty although the log is read from the snapshot on.</summary>
    LosesTheSnapshot,

    /// <summary>A question about risk is counted as an event.</summary>
    LearnsFromQuestions,

    /// <summary>Every attempt at a containment carries a key of its own.</summary>
    MakesAKeyPerAttempt,

    /// <summary>An answer that did not come is taken for a refusal.</summary>
    TakesSilenceForRefusal,

    /// <summary>Neither policy nor executor knows what is protected.</summary>
    ForgetsWhatIsProtected,

    /// <summary>Caps are counted from a window of one minute.</summary>
    ForgetsEarlierContainments,

    /// <summary>Evidence that was entered before a crash is rewritten after it.</summary>
    RewritesEvidence,

    /// <summary>Alerts become durable without being entered into the evidence log.</summary>
    KeepsNoEvidence,

    /// <summary>Records that may become evidence are kept for ever.</summary>
    ForgetsNothing,
}
