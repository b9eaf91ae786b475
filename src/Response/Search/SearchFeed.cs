using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Response.Hunting;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Search;

/// <summary>How the engine and what waits for it stand.</summary>
/// <param name="Events">What of the archive has been sent.</param>
/// <param name="AlertsWaiting">Alerts that changed and are yet to be sent.</param>
/// <param name="Fault">What is in the way now; empty when nothing is.</param>
/// <param name="FaultAt">Since when; null when nothing is.</param>
/// <param name="Sent">Documents the engine took since this process began.</param>
/// <param name="Lag">How long ago nothing waited.</param>
public sealed record SearchState(
    FeedStanding Events, long AlertsWaiting, string Fault, DateTimeOffset? FaultAt, long Sent, TimeSpan Lag);

/// <summary>
/// Tells the engine what is new: events from the archive, which is where they wait while it is away, and alerts from the case store's
/// list of changes. Runs beside everything else and holds nothing up.
/// </summary>
/// <remarks>
/// One caller for events and one for alerts; <see cref="State"/> from any thread. Nothing is lost between reading and answer: what was
/// not answered for is sent again, and is then found to be there.
/// </remarks>
public sealed class SearchFeed : ISendingWitness, IDisposable
{
    private const int AlertsMax = 500;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly SearchEngine _engine;
    private readonly EventArchive _archive;
    private readonly CaseStore _store;
    private readonly TimeProvider _clock;
    private readonly BulkSender _events, _alerts;
    private readonly SearchMetrics _metrics;
    private readonly SemaphoreSlim _preparing = new(1, 1);
    private readonly Lock _telling = new();
    private readonly EventDocument _document = new();
    private readonly SentinelEvent _observed = new();
    private readonly NativeEventDecoder _decoder = new();
    private FeedStanding _standing = new(0, 0, 0, 0);
    private long _alertsWaiting, _sent;
    private string _fault = "";
    private DateTimeOffset? _faultAt;
    private DateTimeOffset _lookedAt = DateTimeOffset.MinValue, _doneAt;
    private volatile bool _isPrepared;

    /// <summary>Creates it; nothing is sent yet.</summary>
    /// <param name="engine">Where to; not owned.</param>
    /// <param name="archive">Where events wait.</param>
    /// <param name="store">Where changes of alerts wait.</param>
    /// <param name="clock">Real time, not a demonstration's.</param>
    /// <param name="chance">Numbers from 0 to 1, for pauses.</param>
    public SearchFeed(SearchEngine engine, EventArchive archive, CaseStore store, TimeProvider clock, Func<double> chance)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(clock);
        (_engine, _archive, _store, _clock) = (engine, archive, store, clock);
        _events = new BulkSender(engine.Transport, engine.Options, this, clock, chance);
        _alerts = new BulkSender(engine.Transport, engine.Options, this, clock, chance);
        _metrics = new SearchMetrics(() => State);
        _doneAt = clock.GetUtcNow();
        archive.BeginFeed();
        store.KeepSearchable();
        _standing = archive.FeedStanding();
    }

    /// <summary>How things stand, at most a second ago.</summary>
    public SearchState State
    {
        get
        {
            lock (_telling)
                return new SearchState(_standing, _alertsWaiting, _fault, _faultAt, _sent,
                    _standing.Waiting + _alertsWaiting == 0 ? TimeSpan.Zero : _clock.GetUtcNow() - _doneAt);
        }
    }

    /// <summary>Erases who is to be erased, then sends the next events. False when nothing waited.</summary>
    /// <exception cref="SearchUnavailableException">The engine does not answer.</exception>
    /// <exception cref="SearchRefusedException">The engine refuses; somebody has to change something.</exception>
    public async Task<bool> StepEventsAsync(CancellationToken cancel)
    {
        await PrepareAsync(cancel);
        await EraseAsync(cancel);
        var batch = _archive.NextFeed();
        if (batch is not null)
        {
            var tally = await SendAsync(_events, _engine.Names.Events, ItemsOf(batch), cancel);
            var now = _clock.GetUtcNow();
            _archive.FeedSent(batch,
                [.. tally.Refused.Select(item => new RefusedEvent(EventIdOf(item.Item, batch), now, item.Reason))]);
        }
        Look(batch is null);
        return batch is not null;
    }

    /// <summary>Erases who is to be erased in the engine, where another process sends events.</summary>
    /// <exception cref="SearchUnavailableException">The engine does not answer.</exception>
    /// <exception cref="SearchRefusedException">The engine refuses; somebody has to change something.</exception>
    public async Task EraseWaitingAsync(CancellationToken cancel)
    {
        if (_archive.FeedErasures().Count == 0)
            return;
        await PrepareAsync(cancel);
        await EraseAsync(cancel);
    }

    /// <summary>Whether nothing of a person is left to be erased in the engine.</summary>
    public bool IsErased(string subject) => !_archive.FeedErasures().Contains(subject);

    /// <summary>Sends the next alerts that are new or changed, each as it is now. False when none waited.</summary>
    /// <exception cref="SearchUnavailableException">The engine does not answer.</exception>
    /// <exception cref="SearchRefusedException">The engine refuses; somebody has to change something.</exception>
    public async Task<bool> StepAlertsAsync(CancellationToken cancel)
    {
        await PrepareAsync(cancel);
        var changes = await _store.SearchableAsync(AlertsMax, cancel);
        lock (_telling)
            _alertsWaiting = changes.Waiting;
        if (changes.Items.Count == 0)
            return false;
        List<BulkItem> items = [.. changes.Items.Select(change =>
            new BulkItem(change.Alert.Alert.Id, AlertDocument.Of(change.Alert)) { Version = change.Number })];
        await SendAsync(_alerts, _engine.Names.Alerts, items, cancel);
        await _store.ForgetSearchableAsync(changes.Items[^1].Number, cancel);
        lock (_telling)
            _alertsWaiting -= changes.Items.Count;
        return true;
    }

    /// <summary>Something went wrong; shown until something goes right.</summary>
    public void Note(string fault)
    {
        lock (_telling)
        {
            _faultAt ??= _clock.GetUtcNow();
            _fault = fault;
        }
    }

    void ISendingWitness.Sent(int documents, long bytes)
    {
        _metrics.Sent(bytes);
        lock (_telling)
            (_fault, _faultAt) = ("", null);
    }

    void ISendingWitness.Held(string reason, TimeSpan pause)
    {
        _metrics.Held();
        Note(reason);
        // The queue grows meanwhile, and people want to see it.
        Look(isDone: false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _metrics.Dispose();
        _preparing.Dispose();
    }

    private async Task EraseAsync(CancellationToken cancel)
    {
        foreach (var subject in _archive.FeedErasures())
        {
            await _engine.EraseAsync(subject, cancel);
            _archive.FeedErased(subject);
        }
    }

    private async Task PrepareAsync(CancellationToken cancel)
    {
        if (_isPrepared)
            return;
        await _preparing.WaitAsync(cancel);
        try
        {
            if (_isPrepared)
                return;
            await _engine.PrepareAsync(
                new SearchRefill(_ => Task.Run(_archive.RefillFeed, cancel), _store.FillSearchableAsync), cancel);
            _isPrepared = true;
            lock (_telling)
                (_fault, _faultAt) = ("", null);
        }
        finally
        {
            _preparing.Release();
        }
    }

    private async Task<BulkTally> SendAsync(
        BulkSender sender, string index, IReadOnlyList<BulkItem> items, CancellationToken cancel)
    {
        try
        {
            var tally = await sender.SendAsync(index, items, cancel);
            _metrics.Took(tally);
            lock (_telling)
                _sent += tally.Indexed;
            return tally;
        }
        catch (HomelessException gone)
        {
            _isPrepared = false;
            throw new SearchUnavailableException(gone.Message, null, gone);
        }
    }

    private List<BulkItem> ItemsOf(FeedBatch batch)
    {
        var items = new List<BulkItem>(batch.Records.Count);
        foreach (var record in batch.Records)
        {
            // Nothing else gets into the archive's blocks; a loose event that does not decode is left out there, too.
            if (_decoder.TryDecode(record, _observed, out _))
                items.Add(new BulkItem(EventDocument.IdOf(record.Span), _document.Of(_observed)));
        }
        return items;
    }

    private string EventIdOf(BulkItem item, FeedBatch batch)
    {
        var record = batch.Records.FirstOrDefault(record => EventDocument.IdOf(record.Span) == item.Id);
        return _decoder.TryDecode(record, _observed, out _) ? _observed.TextOf(TextField.Id) : item.Id;
    }

    private void Look(bool isDone)
    {
        var now = _clock.GetUtcNow();
        if (isDone)
            lock (_telling)
                _doneAt = now;
        // What is shown must not say that something waits once nothing does.
        if (now - _lookedAt < LookEvery && !(isDone && _standing.Waiting > 0))
            return;
        var standing = _archive.FeedStanding();
        lock (_telling)
            (_standing, _lookedAt) = (standing, now);
    }
}
