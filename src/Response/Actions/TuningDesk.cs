using System.Globalization;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Response.Actions;

/// <summary>Where people say how far a detector or built-in rule is trusted. The monitor takes it up with its next batch of events.</summary>
public sealed class TuningDesk : IDisposable
{
    private const int ReasonLengthMin = 3, ReasonLengthMax = 500;

    private readonly CaseStore _store;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private volatile TuningState _state;

    private TuningDesk(CaseStore store, TimeProvider clock, TuningState state) =>
        (_store, _clock, _state) = (store, clock, state);

    /// <summary>Raised after something changed; on the thread of whoever changed it.</summary>
    public event Action? Changed;

    /// <summary>What is in force, with its history.</summary>
    public TuningState State => _state;

    /// <summary>A desk that knows what was decided before.</summary>
    public static async Task<TuningDesk> OpenAsync(CaseStore store, TimeProvider clock, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(store);
        return new TuningDesk(store, clock, await store.TuningAsync(cancel));
    }

    /// <summary>Takes up what was decided in other processes.</summary>
    public async Task RefreshAsync(CancellationToken cancel)
    {
        await _oneAtATime.WaitAsync(cancel);
        try
        {
            var stored = await _store.TuningAsync(cancel);
            if (stored.Changes.SequenceEqual(_state.Changes))
                return;
            _state = stored;
        }
        finally
        {
            _oneAtATime.Release();
        }
        Changed?.Invoke();
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    /// <summary>Puts a detector or built-in rule into another stage.</summary>
    public Task<OrderOutcome> SetStageAsync(
        string name, DetectorStage stage, string by, string reason, CancellationToken cancel) =>
        ChangeAsync(
            (name, by, reason), $"stage {PublishedName.Of(stage)}", tuning => tuning.With(name, stage), cancel);

    /// <summary>Makes a model's alert threshold stricter: at 0.1 only events a tenth as likely alert. 1 is the budget's own.</summary>
    public Task<OrderOutcome> SetStrictnessAsync(
        string name, double strictness, string by, string reason, CancellationToken cancel) =>
        ChangeAsync(
            (name, by, reason), string.Create(CultureInfo.InvariantCulture, $"strictness {strictness:0.####}"),
            tuning => tuning with { Strictness = tuning.Strictness.SetItem(name, strictness) }, cancel);

    private async Task<OrderOutcome> ChangeAsync(
        (string Name, string By, string Reason) order, string detail, Func<DetectionTuning, DetectionTuning> change,
        CancellationToken cancel)
    {
        const int nameLengthMax = 128;
        ArgumentException.ThrowIfNullOrWhiteSpace(order.By);
        var reason = (order.Reason ?? "").Trim();
        if (reason.Length is < ReasonLengthMin or > ReasonLengthMax)
            return new OrderOutcome(false, $"A reason of {ReasonLengthMin} to {ReasonLengthMax} characters is needed.");
        if (order.Name is not { Length: > 0 and <= nameLengthMax })
            return new OrderOutcome(false, "The name of a detector or rule is needed.");
        await _oneAtATime.WaitAsync(cancel);
        try
        {
            // Another process that shares the store may have changed something since.
            _state = await _store.TuningAsync(cancel);
            var tuning = change(_state.Tuning);
            if (tuning.Fault() is { } fault)
                return new OrderOutcome(false, fault);
            var said = new TuningChange(_clock.GetUtcNow(), order.By, order.Name, detail, reason);
            var state = _state.With(tuning, said);
            await _store.SetTuningAsync(state, said, cancel);
            _state = state;
        }
        finally
        {
            _oneAtATime.Release();
        }
        Changed?.Invoke();
        return new OrderOutcome(true, $"{order.Name}: {detail}, from the next events on.");
    }
}
