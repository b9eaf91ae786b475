using SentinelHealth.Response.Approvals;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Actions;

/// <summary>Where people say how far a playbook may go. Programs cannot: more power takes somebody who has just signed in.</summary>
public sealed class PlaybookDesk(PlaybookShelf shelf, IPolicyStore store, ResponseOptions options, TimeProvider clock)
    : IDisposable
{
    private const int ChangesMax = 1_000;
    private const int ReasonLengthMin = 3, ReasonLengthMax = 1_000;
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>Raised after a mode changed; on the thread of whoever changed it.</summary>
    public event Action? Changed;

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    /// <summary>The playbooks in force.</summary>
    public IReadOnlyList<Playbook> Playbooks => shelf.Current.Playbooks;

    /// <summary>Changes, newest first.</summary>
    public ValueTask<IReadOnlyList<PlaybookModeChange>> ChangesAsync(string? playbook, int limit, CancellationToken cancel) =>
        store.ModeChangesAsync(playbook, limit, cancel);

    /// <summary>Takes up what was decided in other processes.</summary>
    public async Task RefreshAsync(CancellationToken cancel)
    {
        await _oneAtATime.WaitAsync(cancel);
        try
        {
            var isNews = false;
            // Oldest first, so that each playbook ends with its latest.
            foreach (var change in (await store.ModeChangesAsync(null, ChangesMax, cancel)).Reverse())
                isNews |= shelf.ApplyIfLater(change);
            if (!isNews)
                return;
        }
        finally
        {
            _oneAtATime.Release();
        }
        Changed?.Invoke();
    }

    /// <summary>Changes a playbook's mode: one step up, or any number down.</summary>
    public async Task<OrderOutcome> ChangeModeAsync(
        string name, PlaybookMode to, Approver by, string reason, CancellationToken cancel)
    {
        var why = (reason ?? "").Trim();
        if (string.IsNullOrWhiteSpace(by.Name))
            return new OrderOutcome(false, "Only a named person may order this.");
        if (why.Length is < ReasonLengthMin or > ReasonLengthMax)
            return new OrderOutcome(false, $"A reason of {ReasonLengthMin} to {ReasonLengthMax} characters is needed.");
        await _oneAtATime.WaitAsync(cancel);
        try
        {
            return await ChangeAsync(name, to, by, why, cancel);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private async Task<OrderOutcome> ChangeAsync(string name, PlaybookMode to, Approver by, string why, CancellationToken cancel)
    {
        if (shelf.Current.Playbooks.FirstOrDefault(playbook => playbook.Name == name) is not { } playbook)
            return new OrderOutcome(false, "There is no such playbook.");
        if (PlaybookShelf.ObjectionTo(playbook.Mode, to) is { } objection)
            return new OrderOutcome(false, objection);
        var now = clock.GetUtcNow();
        var isFresh = by.SignedInAt is { } signedInAt && signedInAt <= now && now - signedInAt <= options.StepUpWithin;
        if (to > playbook.Mode && !isFresh)
            return new OrderOutcome(false, "More power takes somebody who has just signed in: sign in again.") { NeedsSignIn = true };
        var change = new PlaybookModeChange(name, playbook.Mode, to, PlaybookShelf.DigestOf(playbook), by.Name, now, why);
        await store.AddModeChangeAsync(change, cancel);
        shelf.Apply(change);
        Changed?.Invoke();
        return new OrderOutcome(true, $"{name} is in the mode {to.ToString().ToLowerInvariant()} now.");
    }
}
