namespace SentinelHealth.Testing.Simulated;

/// <summary>One life of the program under test: what it asked of the world and has not been answered yet.</summary>
/// <remarks>
/// Everything runs on the thread that drives the simulation: continuations are queued and run when the driver says so, so that a
/// run depends on nothing but its choices. A dead process is never answered, and nothing of it runs again.
/// </remarks>
internal sealed class SimulatedProcess : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _ready = new();

    public bool IsDead { get; private set; }

    /// <summary>What it waits for, oldest first.</summary>
    public List<SimulatedCall> Calls { get; } = [];

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (!IsDead)
            _ready.Enqueue((d, state));
    }

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("Nothing waits for another thread here.");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Starts work in this process and runs it up to its first question to the world.</summary>
    public Task Start(Func<Task> work)
    {
        Task? started = null;
        Within(() => started = work());
        RunReady();
        return started!;
    }

    /// <summary>Runs what is ready until it waits for the world.</summary>
    public void RunReady()
    {
        while (!IsDead && _ready.TryDequeue(out var next))
            Within(() => next.Callback(next.State));
    }

    /// <summary>The process is gone, as by a power cut.</summary>
    public void Die()
    {
        IsDead = true;
        _ready.Clear();
        Calls.Clear();
    }

    private void Within(Action work)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            work();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}

/// <summary>One question of a process to the world: it takes effect at one moment and is answered at a later one.</summary>
internal sealed class SimulatedCall(string name, Action takeEffect, Action answer)
{
    public string Name { get; } = name;

    public bool HasTakenEffect { get; private set; }

    public void TakeEffect()
    {
        HasTakenEffect = true;
        takeEffect();
    }

    public void Answer() => answer();

    /// <summary>A call whose effect and answer are those of a function; what it throws is the answer, too.</summary>
    public static (SimulatedCall Call, Task<T> Answer) Of<T>(string name, Func<T> effect)
    {
        var source = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        T result = default!;
        Exception? fault = null;
        void TakeEffect()
        {
            try
            {
                result = effect();
            }
            catch (Exception thrown)
            {
                fault = thrown;
            }
        }
        void Answer()
        {
            if (fault is null)
                source.SetResult(result);
            else
                source.SetException(fault);
        }
        return (new SimulatedCall(name, TakeEffect, Answer), source.Task);
    }
}
