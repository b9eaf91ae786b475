using SentinelHealth.Detection.Lifecycle;

namespace SentinelHealth.Response.Triage;

/// <summary>One change of a detector's stage or strictness.</summary>
/// <param name="At">When.</param>
/// <param name="By">Who.</param>
/// <param name="Name">The detector or built-in rule.</param>
/// <param name="Detail">What changed, in words.</param>
/// <param name="Reason">Why.</param>
public sealed record TuningChange(DateTimeOffset At, string By, string Name, string Detail, string Reason);

/// <summary>What people decided about detectors and built-in rules, and how it came to be.</summary>
/// <param name="Tuning">What is in force.</param>
/// <param name="Changes">The latest changes, newest first; at most 200.</param>
public sealed record TuningState(DetectionTuning Tuning, IReadOnlyList<TuningChange> Changes)
{
    private const int ChangesMax = 200;

    /// <summary>Nothing was decided.</summary>
    public static TuningState None { get; } = new(DetectionTuning.None, []);

    /// <summary>The same after one more change.</summary>
    public TuningState With(DetectionTuning tuning, TuningChange change) =>
        new(tuning, [change, .. Changes.Take(ChangesMax - 1)]);
}
