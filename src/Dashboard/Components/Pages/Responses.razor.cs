using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Notifications;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Components.Pages;

/// <summary>What is contained, what waits for a person, what was done and what was refused.</summary>
public partial class Responses
{
    private const int CardsMax = 60, HistoryMax = 20, RefusalsMax = 30, TasksMax = 50, TasksShown = 5, DeadMax = 20;

    private IReadOnlyList<(ContainmentAction Action, IReadOnlyList<ActionStep> Steps)> _proposed = [], _live = [];
    private IReadOnlyList<CaseTask> _tasks = [];
    private Dictionary<string, string> _titles = [];
    private IReadOnlyList<StoredNotice> _dead = [];
    private IReadOnlyList<GuardrailRefusal> _refusals = [];
    private Page<ContainmentAction> _history = new([], null);
    private bool _asksKillSwitch;

    [Inject] private IResponder Responder { get; set; } = default!;

    [Inject] private TaskDesk Tasks { get; set; } = default!;

    [Inject] private INoticeStore NoticeStore { get; set; } = default!;

    [Inject] private Orders Orders { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "state")] private string? StateText { get; set; }
    [SupplyParameterFromQuery(Name = "after")] private string? After { get; set; }

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancel)
    {
        _proposed = await ReadAsync([ActionState.Proposed], cancel);
        _live = await ReadAsync([.. ActionGroups.InForce, .. ActionGroups.UnderWay], cancel);
        _tasks = await Tasks.TasksAsync(new CaseTaskFilter { IsOpen = true }, TasksMax, cancel);
        _titles = await TitlesAsync(_tasks, cancel);
        _dead = await NoticeStore.NoticesAsync(NoticeState.Dead, DeadMax, cancel);
        _refusals = await Cases.RefusalsAsync(null, RefusalsMax, cancel);
        var wanted = Enum.GetValues<ActionState>().Where(state => Marks.Css(state) == StateText).ToList();
        _history = await Cases.ActionsAsync(
            new ActionFilter { States = wanted.Count > 0 ? wanted : null },
            string.IsNullOrEmpty(After) ? null : After, HistoryMax, cancel);
    }

    /// <summary>What the incidents of tasks are called: reviews have one sentence for all.</summary>
    private async Task<Dictionary<string, string>> TitlesAsync(IReadOnlyList<CaseTask> tasks, CancellationToken cancel)
    {
        var titles = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var id in tasks.Select(task => task.IncidentId).Distinct(StringComparer.Ordinal))
        {
            // Titles do not change between two looks.
            if (_titles.TryGetValue(id, out var known))
                titles[id] = known;
            else if (await Cases.IncidentAsync(id, cancel) is { } incident)
                titles[id] = incident.Title;
        }
        return titles;
    }

    private static string AddressOf(string? state, string? after) =>
        QueryHelpers.AddQueryString("/responses", new KeyValuePair<string, string?>[] { new("state", state), new("after", after) }
            .Where(part => !string.IsNullOrEmpty(part.Value)));

    private void Show(string? state, string? after) => Navigation.NavigateTo(AddressOf(state, after));

    private async Task<IReadOnlyList<(ContainmentAction, IReadOnlyList<ActionStep>)>> ReadAsync(
        IReadOnlyList<ActionState> states, CancellationToken cancel)
    {
        var cards = new List<(ContainmentAction, IReadOnlyList<ActionStep>)>();
        foreach (var action in (await Cases.ActionsAsync(new ActionFilter { States = states }, null, CardsMax, cancel)).Items)
        {
            cards.Add((action, await Cases.ActionHistoryAsync(action.Key, cancel)));
        }
        return cards;
    }
}
