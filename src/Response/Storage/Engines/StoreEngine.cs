namespace SentinelHealth.Response.Storage.Engines;

/// <summary>A database that stores are kept in: who may write when, and how a transaction is made.</summary>
/// <remarks>
/// Safe from many threads: one writer at a time, up to a bound of readers beside it. A write is one transaction, durable when it
/// returns; where the engine is shared, its writers are one after another over all processes. What is given to run may be run again
/// after a fault that undid it, so it must change nothing but through its session.
/// </remarks>
public abstract class StoreEngine : IDisposable
{
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly SemaphoreSlim _reading;

    /// <summary>For an engine of this folder.</summary>
    private protected StoreEngine(StoreDialect dialect, int readersMax)
    {
        Dialect = dialect;
        _reading = new SemaphoreSlim(readersMax, readersMax);
    }

    /// <summary>How this engine's SQL is worded where engines differ.</summary>
    internal StoreDialect Dialect { get; }

    /// <summary>Runs something in one transaction that nobody else writes beside.</summary>
    /// <param name="work">What to do; run again when a fault of the connection undid it.</param>
    /// <param name="cancel">Gives up, before anything is written.</param>
    /// <exception cref="System.Data.Common.DbException">The database cannot be used; nothing was written.</exception>
    public T Write<T>(Func<StoreSession, T> work, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        _writing.Wait(cancel);
        try
        {
            return Transact(work, cancel);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <inheritdoc cref="Write{T}"/>
    public async Task<T> WriteAsync<T>(Func<StoreSession, T> work, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(work);
        await _writing.WaitAsync(cancel);
        try
        {
            return Transact(work, cancel);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Reads beside whoever writes; each statement sees what was committed when it began.</summary>
    /// <param name="work">What to read; run again when the connection broke.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="System.Data.Common.DbException">The database cannot be used.</exception>
    public T Read<T>(Func<StoreSession, T> work, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        _reading.Wait(cancel);
        try
        {
            return Look(work, cancel);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <inheritdoc cref="Read{T}"/>
    public async ValueTask<T> ReadAsync<T>(Func<StoreSession, T> work, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(work);
        await _reading.WaitAsync(cancel);
        try
        {
            return Look(work, cancel);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Deletes rows of a table for good: what they held is not left behind in its files.</summary>
    internal async Task<T> EraseAsync<T>(string table, Func<StoreSession, T> delete, CancellationToken cancel)
    {
        await _writing.WaitAsync(cancel);
        try
        {
            return Erase(table, delete, cancel);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>
    /// Keeps all writers out while something is done, and then reads the store as it was at that moment, with writers going on
    /// beside it.
    /// </summary>
    internal async Task StillAsync(Action whileStill, Action<StoreSession> read, CancellationToken cancel)
    {
        await _writing.WaitAsync(cancel);
        var isHeld = true;
        try
        {
            Still(
                () =>
                {
                    whileStill();
                    return () =>
                    {
                        _writing.Release();
                        isHeld = false;
                    };
                },
                read);
        }
        finally
        {
            if (isHeld)
                _writing.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    private protected abstract T Transact<T>(Func<StoreSession, T> work, CancellationToken cancel);

    private protected abstract T Look<T>(Func<StoreSession, T> work, CancellationToken cancel);

    private protected abstract T Erase<T>(string table, Func<StoreSession, T> delete, CancellationToken cancel);

    /// <param name="whileStill">What is done while nobody writes; gives what is done as soon as others may write again.</param>
    /// <param name="read">Reads the store as it was then.</param>
    private protected abstract void Still(Func<Action> whileStill, Action<StoreSession> read);

    /// <summary>Lets go of the connections.</summary>
    protected virtual void Dispose(bool isDisposing)
    {
        _writing.Dispose();
        _reading.Dispose();
    }
}
