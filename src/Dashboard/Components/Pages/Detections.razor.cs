using Microsoft.AspNetCore.Components;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Dashboard.Rules;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Detection.Rules.Live;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Dashboard.Components.Pages;

/// <summary>Detectors and rules with their scorecards, and how far each is trusted.</summary>
public partial class Detections
{
    private const int RulesShownMax = 100, SuppressionsMax = 100;

    private DetectionStatus? _status;
    private IReadOnlyList<StagedRule> _rules = [];
    private IReadOnlyDictionary<string, RuleCount> _counts = new Dictionary<string, RuleCount>();
    private IReadOnlyList<Suppression> _suppressions = [];
    private string _search = "";
    private Asked? _asked;
    private bool _isLimited;

    [Inject] private TuningDesk Tuning { get; set; } = default!;
    [Inject] private VisibleTriage Queue { get; set; } = default!;
    [Inject] private Orders Orders { get; set; } = default!;
    [Inject] private IServiceProvider Services { get; set; } = default!;

    /// <summary>Written rules are looked up: a monitor without a folder of rules has none.</summary>
    private RuleShelf? Shelf => Services.GetService<RuleShelf>();

    private IReadOnlyList<ThresholdAdvice> Advice => _status?.ThresholdAdvice ?? [];

    private IReadOnlyList<DetectorScorecard> Cards => [.. (_status?.Scorecards ?? [])
        .Where(card => !card.Name.StartsWith(StagedRule.Prefix, StringComparison.Ordinal))
        .OrderByDescending(card => card.AlertCount)];

    private IEnumerable<StagedRule> Found => _rules
        .Where(rule => rule.Document.Title.Contains(_search, StringComparison.OrdinalIgnoreCase)
            || rule.Name.Contains(_search, StringComparison.OrdinalIgnoreCase))
        .OrderByDescending(rule => _counts.GetValueOrDefault(rule.Name).MatchCount)
        .ThenBy(rule => rule.Name, StringComparer.Ordinal)
        .Take(RulesShownMax);

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancel)
    {
        _isLimited = await Queue.IsLimitedAsync();
        var desk = await Queue.DeskAsync(cancel);
        _status = _isLimited
            ? (await VisibleDetection.OfAsync(Monitor.Detection, Tuning.State, desk, cancel)).Status : Monitor.Detection;
        _rules = Shelf?.Current.Rules ?? [];
        _counts = _isLimited ? new Dictionary<string, RuleCount>() : Monitor.RuleCounts;
        _suppressions = await desk.SuppressionsAsync(isLiveOnly: true, SuppressionsMax, cancel);
    }

    /// <summary>What is counted over everyone's events is not told to who is limited.</summary>
    private string Told(long count) => _isLimited ? "" : Wording.Count(count);

    private void Ask(string name, DetectorStage from, string? chosen)
    {
        if (Enum.TryParse<DetectorStage>(chosen, out var stage) && stage != from) _asked = new Asked(name, stage, null);
    }

    private async Task<OrderOutcome> GiveAsync(Asked asked, string reason)
    {
        var outcome = asked switch
        {
            { Stage: { } stage } when Shelf is { } shelf && asked.Name.StartsWith(StagedRule.Prefix, StringComparison.Ordinal) =>
                await Orders.EngineerAsync(by => Put(shelf, asked.Name, new RuleStageDecision(stage, by, Clock.Now, reason))),
            { Stage: { } stage } => await Orders.SetStageAsync(asked.Name, stage, reason, Gone),
            _ => await Orders.SetStrictnessAsync(asked.Name, asked.Strictness ?? 1, reason, Gone),
        };
        if (outcome.IsAccepted) await ReloadAsync();
        return outcome;
    }

    private static OrderOutcome Put(RuleShelf shelf, string name, RuleStageDecision decision) => shelf.Decide(name, decision)
        ? new OrderOutcome(true, $"{name} is {Wording.Words(decision.Stage).ToLowerInvariant()} from the next events on.")
        : new OrderOutcome(false, "There is no such rule any more.");

    private async Task EndAsync(string id)
    {
        await Orders.EndSuppressionAsync(id, Gone);
        await ReloadAsync();
    }

    private string TitleOf(Asked asked) => asked.Stage is { } stage
        ? L["{0} for {1}?", L[Wording.Words(stage)], InertText.Of(asked.Name)] : L["A stricter {0}?", InertText.Of(asked.Name)];

    /// <summary>What is asked about a detector or rule: a stage or a strictness.</summary>
    private sealed record Asked(string Name, DetectorStage? Stage, double? Strictness)
    {
        public string Label => Stage is null ? "Take it up" : "Change the stage";

        public string Meaning => Stage switch
        {
            DetectorStage.Draft => "It learns and says nothing.",
            DetectorStage.Shadow => "It learns and scores, and what it would have alerted on is counted. It raises no alert and contains nothing.",
            DetectorStage.Enforced => "It counts in full: its alerts come to the queue, and playbooks may act on them.",
            DetectorStage.Retired => "It neither learns nor scores.",
            _ => "It alerts on fewer events from now on. What it learned stays.",
        };
    }
}
