using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Language;
using SentinelHealth.Dashboard.Onboarding;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Dashboard.Components.Pages;

/// <summary>The first steps of whoever administers, with checks against the running monitor.</summary>
public partial class Welcome
{
    private static readonly WelcomeStep[] Steps = Enum.GetValues<WelcomeStep>();

    private WelcomeFacts? _facts;
    private bool _hasNotified;
    private string _endedBy = "";

    [Inject] private IStringLocalizer<Words> L { get; set; } = default!;

    [Inject] private WelcomeStore Store { get; set; } = default!;

    [Inject] private PlaybookDesk Playbooks { get; set; } = default!;

    [Inject] private Orders Orders { get; set; } = default!;

    [Inject] private IServiceProvider Services { get; set; } = default!;

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancel)
    {
        var plan = Services.GetService<MonitorParts>()?.Plan;
        _facts = new WelcomeFacts(
            await Monitor.NetworkAsync(cancel), plan?.Response ?? new(), Playbooks.Playbooks,
            [.. plan?.Channels.Select(channel => channel.Name) ?? []]);
        _endedBy = Store.State.EndedBy;
    }

    private int Done(WelcomeFacts facts) => Steps.Count(step => facts.Holds(step, _hasNotified));

    private async Task EndAsync()
    {
        var by = await Orders.PersonAsync();
        Store.Change(state => state with { EndedBy = by, EndedAt = Clock.Now });
        _endedBy = by;
    }

    private static string TitleOf(WelcomeStep step) => step switch
    {
        WelcomeStep.Sources => "Connect sources",
        WelcomeStep.Ledger => "Connect the ledger",
        WelcomeStep.Protection => "Say what must never be contained",
        WelcomeStep.Observe => "Observe first",
        _ => "Tell people outside",
    };
}
