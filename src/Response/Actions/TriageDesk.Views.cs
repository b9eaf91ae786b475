using SentinelHealth.Response.Triage;

namespace SentinelHealth.Response.Actions;

/// <summary>Whose a view of the queue is.</summary>
public enum ViewScope
{
    /// <summary>One person's alone.</summary>
    Own,

    /// <summary>Everybody's, or of everybody of the organizations whoever keeps it is limited to.</summary>
    Shared,
}

/// <content>Views of the queue that people keep under names. Whoever calls has looked whether the person may share.</content>
public sealed partial class TriageDesk
{
    /// <summary>A person's own views and those that are shared with them, by name.</summary>
    public ValueTask<IReadOnlyList<QueueView>> ViewsAsync(string person, CancellationToken cancel) =>
        _store.ViewsAsync(person, cancel);

    /// <summary>The owner of views of a scope, as this desk's people keep them.</summary>
    public string OwnerOf(string person, ViewScope scope) => scope == ViewScope.Own
        ? QueueView.OwnOf(person) : QueueView.SharedOf(_fence?.Organizations ?? []);

    /// <summary>Keeps a view.</summary>
    /// <param name="person">Who.</param>
    /// <param name="scope">Whose it is.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="address">What its address says after the question mark.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<OrderOutcome> SaveViewAsync(
        string person, ViewScope scope, string name, string address, CancellationToken cancel)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(person);
        ArgumentNullException.ThrowIfNull(address);
        if (QueueView.Fault(name ?? "") is { } fault)
            return new OrderOutcome(false, fault);
        if (address.Length > QueueView.AddressCharactersMax)
            return new OrderOutcome(false, "The view is too long to be kept.");
        var view = new QueueView(OwnerOf(person, scope), name!.Trim(), address, person, _clock.GetUtcNow());
        return Rung(await _store.SaveViewAsync(view, cancel), "The view is kept.",
            $"{QueueView.ViewsMax} views are kept: let one go first.");
    }

    /// <summary>Calls a view otherwise.</summary>
    public async Task<OrderOutcome> RenameViewAsync(
        string person, ViewScope scope, string name, string to, CancellationToken cancel) =>
        QueueView.Fault(to ?? "") is { } fault
            ? new OrderOutcome(false, fault)
            : Rung(await _store.RenameViewAsync(OwnerOf(person, scope), name, to!.Trim(), cancel),
                "The view is called otherwise.", "There is no such view, or the name is taken.");

    /// <summary>Lets a view go.</summary>
    public async Task<OrderOutcome> DropViewAsync(string person, ViewScope scope, string name, CancellationToken cancel) =>
        Rung(await _store.DropViewAsync(OwnerOf(person, scope), name, cancel), "The view is gone.", "There is no such view.");

    /// <summary>Says which view a person sees first; an empty name for none.</summary>
    public async Task<OrderOutcome> SetDefaultViewAsync(string person, string owner, string name, CancellationToken cancel) =>
        Rung(await _store.SetDefaultViewAsync(person, owner, name, cancel),
            name.Length == 0 ? "The queue begins with everything that is open." : "The queue begins with this view.",
            "There is no such view.");

    private OrderOutcome Rung(bool isDone, string done, string refused)
    {
        if (isDone)
            _bell.Ring();
        return new OrderOutcome(isDone, isDone ? done : refused);
    }
}
