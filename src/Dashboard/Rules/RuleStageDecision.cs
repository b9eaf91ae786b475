using SentinelHealth.Detection.Lifecycle;

namespace SentinelHealth.Dashboard.Rules;

/// <summary>What a person decided about a rule.</summary>
/// <param name="Stage">Its stage from then on.</param>
/// <param name="By">Who.</param>
/// <param name="At">When.</param>
/// <param name="Reason">Why.</param>
internal sealed record RuleStageDecision(DetectorStage Stage, string By, DateTimeOffset At, string Reason);
