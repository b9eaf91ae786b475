using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using SentinelHealth.Dashboard.Components.Charts;
using SentinelHealth.Ingest;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Search;

namespace SentinelHealth.Dashboard.Components.Pages;

/// <summary>The health of what is watched and of the watching itself.</summary>
public partial class Network
{
    private const int RowsMax = 25, DeadLettersMax = 8;

    private NetworkSnapshot? _network;
    private IReadOnlyList<NodeStatus> _shown = [];
    private IReadOnlyList<StoredDeadLetter>? _deadLetters;
    private SearchState? _engine;

    [Inject] private IServiceProvider Services { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "state")] private string? StateText { get; set; }
    [SupplyParameterFromQuery(Name = "q")] private string? Text { get; set; }

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancel)
    {
        var network = await Monitor.NetworkAsync(cancel);
        var text = AlertQuery.Clip(Text).Trim();
        _shown = [.. network.Nodes
            .Where(node => string.IsNullOrEmpty(StateText) || NodeMap.Css(node) == StateText)
            .Where(node => text.Length == 0 || node.Id.Contains(text, StringComparison.OrdinalIgnoreCase)
                || node.Organization.Contains(text, StringComparison.OrdinalIgnoreCase))];
        // A process that only shows pages may have no dead-letter store of its own.
        if (Services.GetService<IDeadLetters>() is { } store) _deadLetters = await store.NewestAsync(DeadLettersMax, cancel);
        _engine = Services.GetService<SearchFeed>()?.State;
        _network = network;
    }

    private List<Segment> Account(Conservation account) =>
    [
        new(L["Scored"], account.Scored, "good"),
        new(L["Filtered (duplicates)"], account.Filtered, "low"),
        new(L["Dead-lettered"], account.DeadLettered, "high"),
        new(L["Waiting"], account.Waiting, "info"),
    ];

    private void Show(string? state, string? text) => Navigation.NavigateTo(QueryHelpers.AddQueryString("/network",
        new KeyValuePair<string, string?>[] { new("state", state), new("q", AlertQuery.Clip(text).Trim()) }
            .Where(part => !string.IsNullOrEmpty(part.Value))));
}
