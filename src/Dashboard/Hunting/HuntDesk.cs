using System.Globalization;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Response.Hunting;
using SentinelHealth.Response.Queries;
using SentinelHealth.Response.Search;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Dashboard.Hunting;

/// <summary>The search engine as hunts see it.</summary>
/// <param name="Engine">Where events are searched.</param>
/// <param name="Feed">What waits to be sent there.</param>
internal sealed record SearchedEngine(SearchEngine Engine, SearchFeed Feed);

/// <summary>Where people search events and look entities up. Every search is written down before its results are given out.</summary>
/// <remarks>At most two searches run at once; others wait for their turn. Safe from many threads.</remarks>
public sealed partial class HuntDesk : IDisposable
{
    private const int SearchesAtOnceMax = 2, PatientsNamedMax = 50, AlertsMax = 200;

    private readonly EventArchive _archive;
    private readonly ITriageStore _triage;
    private readonly ReadTrail _reads;
    private readonly TimeProvider _clock;
    private readonly FencedEntities _fencedEntities;
    private readonly Dictionary<(string By, EntityRef Entity), DateTimeOffset> _looks;
    private readonly SemaphoreSlim _turn;
    private readonly HuntFence? _fence;

    internal HuntDesk(EventArchive archive, ITriageStore triage, ReadTrail reads, TimeProvider clock)
    {
        (_archive, _triage, _reads, _clock) = (archive, triage, reads, clock);
        (_fencedEntities, _looks, _turn) = (new FencedEntities(archive, clock), [], new(SearchesAtOnceMax, SearchesAtOnceMax));
    }

    private HuntDesk(HuntDesk all, HuntFence fence, ITriageStore triage)
    {
        (_archive, _triage, _reads, _clock, _fence) = (all._archive, triage, all._reads, all._clock, fence);
        (_fencedEntities, _looks, _turn) = (all._fencedEntities, all._looks, all._turn);
        (Engine, Logger) = (all.Engine, all.Logger);
    }

    /// <summary>The time by which queries are read.</summary>
    public DateTimeOffset Now => _clock.GetUtcNow();

    /// <summary>Where events are searched first; null for the archive alone.</summary>
    internal SearchedEngine? Engine { get; init; }

    internal ILogger Logger { get; init; } = Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    /// <summary>Whether a search engine is asked first.</summary>
    public bool HasEngine => Engine is not null;

    /// <summary>What is searched when there is no engine, or none that answers; it is of everyone's events.</summary>
    /// <exception cref="InvalidOperationException">Asked by somebody who is limited to organizations.</exception>
    internal EventArchive Archive =>
        _fence is null ? _archive : throw new InvalidOperationException("The archive is not within organizations.");

    /// <summary>
    /// The same desk as far as somebody may use it who is limited to organizations: it finds events of their nodes and counts who is in
    /// them, and knows no hunts that others kept.
    /// </summary>
    /// <param name="fence">Their nodes.</param>
    /// <param name="triage">The queue within their fence.</param>
    internal HuntDesk Within(HuntFence fence, ITriageStore triage) => new(this, fence, triage);

    /// <summary>Queries that people kept; none for who is limited to organizations, because a query may name anybody.</summary>
    public IReadOnlyList<SavedHunt> SavedHunts() => _fence is null ? _archive.SavedHunts() : [];

    /// <summary>Keeps a query for everybody. False when it is not kept; always for who is limited to organizations.</summary>
    public bool Save(SavedHunt hunt) => _fence is null && _archive.Save(hunt);

    /// <summary>Reads a query over events as of now.</summary>
    public QueryReading Read(string query) => QueryParser.Read(query, EventFields.Schema, Now);

    /// <summary>Searches on a thread of its own.</summary>
    /// <param name="asked">The query as written, for the trail of readings, and as read.</param>
    /// <param name="request">What else is asked.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="tell">Told what was found so far; only counts, since nothing is written down yet.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<HuntAnswer> SearchAsync(
        (string Text, QueryNode Node) asked, HuntRequest request, string by, Action<HuntAnswer>? tell, CancellationToken cancel)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        await _turn.WaitAsync(cancel);
        try
        {
            var answer = Told(await AnswerAsync(_fence?.Around(asked.Node) ?? asked.Node, request, tell, cancel));
            await NoteAsync("hunt " + asked.Text, by, answer.Hits, cancel);
            return answer;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>How many events others have is not told to who is limited.</summary>
    private HuntAnswer Told(HuntAnswer answer) => _fence is null ? answer : answer with { LookedAtCount = answer.Count };

    /// <summary>The engine's answer, or the archive's when there is no engine or none that answers: then it says so.</summary>
    private async Task<HuntAnswer> AnswerAsync(
        QueryNode query, HuntRequest request, Action<HuntAnswer>? tell, CancellationToken cancel)
    {
        if (Engine is not { } searched)
            return await ArchiveAsync(query, request, tell, cancel);
        try
        {
            var answer = await searched.Engine.SearchAsync(query, request, cancel);
            var waiting = searched.Feed.State.Events.Waiting;
            return waiting == 0 ? answer : answer with
            {
                Caution = $"{answer.Caution} {(_fence is null ? waiting.ToString("N0", CultureInfo.InvariantCulture) : "Some")} events wait to be sent to the search engine and are not in this answer.".Trim(),
            };
        }
        catch (Exception fault) when (fault is SearchUnavailableException or SearchRefusedException)
        {
            NotAnswered(Logger, fault);
            return (await ArchiveAsync(query, request, tell, cancel)) with
            {
                Caution = $"The search engine gave no answer ({fault.Message}). These are the events archived here: fewer, where several processes watch or the archive has let go.",
            };
        }
    }

    private Task<HuntAnswer> ArchiveAsync(
        QueryNode query, HuntRequest request, Action<HuntAnswer>? tell, CancellationToken cancel) => Task.Run(
            () => _archive.Search(
                query, request, tell is null ? null : found => tell(Told(found) with { Hits = [] }), cancel), cancel);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The search engine gave no answer to a hunt; the archive answered.")]
    private static partial void NotAnswered(ILogger logger, Exception fault);

    /// <summary>Entities by a part of their name, busiest first, as <see cref="EventArchive.EntitiesLike"/>.</summary>
    public async Task<IReadOnlyList<KnownEntity>> EntitiesLikeAsync(
        string part, EntityType? type, int limit, CancellationToken cancel)
    {
        if (_fence is not { } fence)
            return await Task.Run(() => _archive.EntitiesLike(part, type, limit), cancel);
        return [.. (await TheirsAsync(fence, cancel)).Where(known => (type is null || known.Entity.Type == type)
            && known.Entity.Id.Contains(part, StringComparison.Ordinal)).Take(Math.Max(1, limit))];
    }

    /// <summary>What is known of an entity; null when it is not.</summary>
    /// <param name="entity">Who or what.</param>
    /// <param name="over">How far back.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<EntityReport?> EntityAsync(EntityRef entity, TimeSpan over, CancellationToken cancel)
    {
        const int ties = 8, points = 96;
        var now = _clock.GetUtcNow();
        var history = await HistoryAsync(entity, now - over, ties, cancel);
        var alerts = await AlertsAsync(entity, cancel);
        if (history is null && alerts.Count == 0)
            return null;
        DateTimeOffset[] instants = [.. Enumerable.Range(0, points + 1).Select(i => now - over + (over * i / points))];
        var peers = new List<PeerRisk>();
        foreach (var peer in history?.Peers ?? [])
            peers.Add(new PeerRisk(peer, RiskHistory.Of(Counted(await AlertsAsync(peer.Entity, cancel)), instants)));
        var counted = Counted(alerts);
        return new EntityReport(
            entity, history, alerts, instants, RiskHistory.Of(counted, instants), RiskHistory.PartsOf(counted, now), peers);
    }

    private async Task<EntityHistory?> HistoryAsync(EntityRef entity, DateTimeOffset since, int ties, CancellationToken cancel)
    {
        if (_fence is not { } fence)
            return await Task.Run(() => _archive.HistoryOf(entity, since, ties), cancel);
        var theirs = await TheirsAsync(fence, cancel);
        return await InTurnAsync(() => _archive.HistoryWithin(fence, entity, since, (ties, theirs), cancel), cancel);
    }

    /// <summary>Everyone in the events of the fence.</summary>
    private async Task<IReadOnlyList<KnownEntity>> TheirsAsync(HuntFence fence, CancellationToken cancel) =>
        _fencedEntities.Find(fence) ?? await InTurnAsync(() => _fencedEntities.Count(fence, cancel), cancel);

    private async Task<T> InTurnAsync<T>(Func<T> count, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            return await Task.Run(count, cancel);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Writes down that somebody looked at a person's events; once a minute for the same two.</summary>
    public ValueTask NoteLookAsync(EntityRef entity, string by, CancellationToken cancel)
    {
        if (entity.Type != EntityType.Patient || !IsNewLook((by, entity)))
            return ValueTask.CompletedTask;
        return _reads.AddAsync(new AuditRead(0, Now, by, "entity " + entity.Id, 0, [entity.Id]), cancel);
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private bool IsNewLook((string By, EntityRef Entity) look)
    {
        const int looksMax = 1_000;
        lock (_looks)
        {
            if (_looks.TryGetValue(look, out var at) && Now - at < TimeSpan.FromMinutes(1))
                return false;
            if (_looks.Count >= looksMax)
                _looks.Clear();
            _looks[look] = Now;
            return true;
        }
    }

    private async Task<IReadOnlyList<TriagedAlert>> AlertsAsync(EntityRef entity, CancellationToken cancel)
    {
        var query = QueryParser.Read(
            // The index knows whom an alert touches; whom it is about is asked of those few.
            $"entity: {QueryText.Quoted(entity.Id)} and about: {QueryText.Quoted(entity.Id)} and about.type: {entity.Type.ToString().ToLowerInvariant()}",
            AlertFields.Schema, _clock.GetUtcNow()).Node!;
        return await _triage.QueueAsync(query, long.MaxValue, 0, AlertsMax, cancel);
    }

    /// <summary>What people found benign has left no risk.</summary>
    private static List<Alert> Counted(IReadOnlyList<TriagedAlert> alerts) =>
        [.. alerts.Where(item => CloseReasons.DispositionOf(item.Standing.CloseReason) != Disposition.Benign)
            .Select(item => item.Alert)];

    private async ValueTask NoteAsync(string query, string by, IReadOnlyList<HuntHit> hits, CancellationToken cancel)
    {
        var (observed, decoder, patients) = (new SentinelEvent(), new NativeEventDecoder(),
            new SortedSet<string>(StringComparer.Ordinal));
        foreach (var hit in hits)
        {
            if (patients.Count < PatientsNamedMax && decoder.TryDecode(hit.Record, observed, out _)
                && observed.Has(TextField.Subject))
                patients.Add(observed.TextOf(TextField.Subject));
        }
        if (patients.Count > 0)
            await _reads.AddAsync(new AuditRead(0, _clock.GetUtcNow(), by, query, hits.Count, [.. patients]), cancel);
    }
}
