using SentinelHealth.Response.Triage;

namespace SentinelHealth.Response.Storage;

/// <content>A view may name whom it is about, so people know only those that are shared within their own organizations.</content>
internal sealed partial class FencedTriageStore
{
    public async ValueTask<IReadOnlyList<QueueView>> ViewsAsync(string person, CancellationToken cancel) =>
        [.. (await all.ViewsAsync(person, cancel)).Where(view => !view.IsShared || fence.Admits(view.Organizations))];

    public ValueTask<bool> SaveViewAsync(QueueView view, CancellationToken cancel) => all.SaveViewAsync(view, cancel);

    public ValueTask<bool> RenameViewAsync(string owner, string name, string newName, CancellationToken cancel) =>
        all.RenameViewAsync(owner, name, newName, cancel);

    public ValueTask<bool> DropViewAsync(string owner, string name, CancellationToken cancel) =>
        all.DropViewAsync(owner, name, cancel);

    public async ValueTask<bool> SetDefaultViewAsync(string person, string owner, string name, CancellationToken cancel) =>
        (name.Length == 0 || (await ViewsAsync(person, cancel)).Any(view => view.Owner == owner && view.Name == name))
        && await all.SetDefaultViewAsync(person, owner, name, cancel);
}
