using System.Globalization;
using SentinelHealth.Ingest.Simulation;

namespace SentinelHealth.Ingest.Sources;

/// <summary>Plays a simulated network into the intake: its history at once, then live at a pace.</summary>
/// <remarks>
/// A run always begins at the start of the simulation; after a restart the log's deduplication drops what it already has. A slow
/// intake makes simulated time fall behind the clock; nothing is dropped.
/// </remarks>
public sealed class SimulatedSource : ISource
{
    private readonly SimulatedSourceOptions _options;
    private readonly TimeProvider _clock;
    private readonly Func<SimulatedAttempt, bool>? _isContained;
    private readonly IProgress<SimulationProgress>? _progress;
    private readonly List<SourceRecord> _batch = [];
    private long _events;
    private bool _isPlayed;

    /// <summary>Prepares a source.</summary>
    /// <param name="options">What to play and how fast.</param>
    /// <param name="clock">Sets the pace of the live part.</param>
    /// <param name="isContained">See <see cref="HospitalSimulator"/>; null contains nothing.</param>
    /// <param name="progress">Told after each batch; null for silence.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public SimulatedSource(
        SimulatedSourceOptions options, TimeProvider clock,
        Func<SimulatedAttempt, bool>? isContained = null, IProgress<SimulationProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        if (!(options.Speed > 0 && options.Speed <= 1_000_000) || options.WarmUp < TimeSpan.Zero || options.Tick <= TimeSpan.Zero
            || options.BatchEventsMax is < 1 or > 10_000 || options.AttackEvery <= TimeSpan.Zero)
            throw new ArgumentException("Speed, warm-up, tick, batch or attack interval is out of range.", nameof(options));
        (_options, _clock, _isContained, _progress) = (options, clock, isContained, progress);
        Simulator = new HospitalSimulator(LiveAttackPlan.Schedule(options), isContained);
    }

    /// <summary>The simulator of the latest run: for the names of its nodes and organizations.</summary>
    public HospitalSimulator Simulator { get; private set; }

    /// <inheritdoc/>
    public string Name => _options.Name;

    private DateTimeOffset LiveAt => _options.Simulation.StartAt + _options.WarmUp;

    /// <inheritdoc/>
    public async Task RunAsync(IIntake intake, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(intake);
        // A simulator runs once; a restarted run plays the same simulation again.
        if (_isPlayed)
            Simulator = new HospitalSimulator(LiveAttackPlan.Schedule(_options), _isContained);
        (_isPlayed, _events) = (true, 0);
        using var events = Simulator.Events().GetEnumerator();
        var hasNext = events.MoveNext();
        while (hasNext && events.Current.OccurredAt < LiveAt)
            hasNext = await HandOverAsync(intake, events, LiveAt, cancel).ConfigureAwait(false);
        var liveSince = _clock.GetUtcNow();
        while (hasNext)
        {
            var simulatedNow = LiveAt + ((_clock.GetUtcNow() - liveSince) * _options.Speed);
            if (events.Current.OccurredAt < simulatedNow)
                hasNext = await HandOverAsync(intake, events, simulatedNow, cancel).ConfigureAwait(false);
            else
                await Task.Delay(Wait(events.Current.OccurredAt - simulatedNow), _clock, cancel).ConfigureAwait(false);
        }
    }

    private TimeSpan Wait(TimeSpan simulated)
    {
        var due = simulated / _options.Speed;
        return due >= _options.Tick ? _options.Tick : due + TimeSpan.FromMilliseconds(1);
    }

    /// <summary>Hands over what is due before an instant, at most one batch. Returns whether there is a next event.</summary>
    private async ValueTask<bool> HandOverAsync(
        IIntake intake, IEnumerator<SimulatedEvent> events, DateTimeOffset before, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        _batch.Clear();
        bool hasNext;
        DateTimeOffset newestAt;
        do
        {
            newestAt = events.Current.OccurredAt;
            _batch.Add(new SourceRecord(events.Current.Json, string.Create(CultureInfo.InvariantCulture, $"{Name}:{++_events}")));
            hasNext = events.MoveNext();
        }
        while (hasNext && events.Current.OccurredAt < before && _batch.Count < _options.BatchEventsMax);
        await intake.AcceptAsync(Name, _batch, cancel).ConfigureAwait(false);
        var share = _options.WarmUp == TimeSpan.Zero ? 1
            : Math.Clamp((newestAt - _options.Simulation.StartAt) / _options.WarmUp, 0, 1);
        var isLive = !hasNext || events.Current.OccurredAt >= LiveAt;
        _progress?.Report(new SimulationProgress(newestAt, _events, isLive ? 1 : share, isLive));
        return hasNext;
    }
}
