using SentinelHealth.Response.Triage;

namespace SentinelHealth.Response.Storage;

/// <summary>Views of the queue that people keep. Safe from many threads.</summary>
public interface IViewStore
{
    /// <summary>A person's own views and those that are shared, by name; which of them they see first is marked.</summary>
    ValueTask<IReadOnlyList<QueueView>> ViewsAsync(string person, CancellationToken cancel);

    /// <summary>Keeps a view; one of the same owner and name is replaced. False when the owner has too many.</summary>
    ValueTask<bool> SaveViewAsync(QueueView view, CancellationToken cancel);

    /// <summary>Calls a view otherwise. False when there is none, or when the name is taken.</summary>
    ValueTask<bool> RenameViewAsync(string owner, string name, string newName, CancellationToken cancel);

    /// <summary>Lets a view go. False when there was none.</summary>
    ValueTask<bool> DropViewAsync(string owner, string name, CancellationToken cancel);

    /// <summary>Says which view a person sees first; an empty name for none. False when there is no such view.</summary>
    ValueTask<bool> SetDefaultViewAsync(string person, string owner, string name, CancellationToken cancel);
}
