namespace SentinelHealth.Response.Ledgers;

/// <summary>One at a time for each key, side by side for different ones. Holds as many keys as are in use.</summary>
internal sealed class KeyedGate
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Turnstile> _turnstiles = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Waits for the key; dispose of what comes to let the next one in.</summary>
    public async Task<IDisposable> EnterAsync(string key, CancellationToken cancel)
    {
        Turnstile turnstile;
        lock (_lock)
        {
            if (!_turnstiles.TryGetValue(key, out turnstile!))
                _turnstiles[key] = turnstile = new Turnstile(this, key);
            turnstile.Users++;
        }
        try
        {
            await turnstile.Gate.WaitAsync(cancel);
            return turnstile;
        }
        catch
        {
            Leave(turnstile);
            throw;
        }
    }

    private void Leave(Turnstile turnstile)
    {
        lock (_lock)
        {
            if (--turnstile.Users > 0)
                return;
            _turnstiles.Remove(turnstile.Key);
            turnstile.Gate.Dispose();
        }
    }

    private sealed class Turnstile(KeyedGate owner, string key) : IDisposable
    {
        public string Key { get; } = key;

        public SemaphoreSlim Gate { get; } = new(1, 1);

        public int Users { get; set; }

        public void Dispose()
        {
            Gate.Release();
            owner.Leave(this);
        }
    }
}
