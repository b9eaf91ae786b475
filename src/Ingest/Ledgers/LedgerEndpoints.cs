namespace SentinelHealth.Ingest.Ledgers;

/// <summary>What one endpoint said when all were asked.</summary>
/// <param name="Reader">The endpoint.</param>
/// <param name="Look">Its answer; null when it did not answer in time.</param>
internal readonly record struct LedgerOpinion(ILedgerReader Reader, LedgerLook? Look);

/// <summary>The endpoints of one network: which is in use, and what the others say.</summary>
internal sealed class LedgerEndpoints(IReadOnlyList<ILedgerReader> readers) : IDisposable
{
    /// <summary>How long a comparison waits: an endpoint that is slower has no say in it.</summary>
    private static readonly TimeSpan OpinionLimit = TimeSpan.FromSeconds(2);

    private int _current;

    public int Count => readers.Count;

    /// <summary>The endpoint in use.</summary>
    public ILedgerReader Current => readers[_current];

    /// <summary>Turns to the next endpoint.</summary>
    public void MoveOn() => _current = (_current + 1) % readers.Count;

    /// <summary>Turns to a given endpoint.</summary>
    public void Use(ILedgerReader reader)
    {
        for (var i = 0; i < readers.Count; i++)
            _current = readers[i] == reader ? i : _current;
    }

    /// <summary>Asks every endpoint at once for its head and one block.</summary>
    public async Task<IReadOnlyList<LedgerOpinion>> AskAsync(long block, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(OpinionLimit);
        var opinions = await Task.WhenAll(readers.Select(reader => AskOneAsync(reader, block, limit.Token)));
        cancel.ThrowIfCancellationRequested();
        return opinions;
    }

    public void Dispose()
    {
        foreach (var reader in readers)
            reader.Dispose();
    }

    private static async Task<LedgerOpinion> AskOneAsync(ILedgerReader reader, long block, CancellationToken cancel)
    {
        try
        {
            return new(reader, await reader.LookAsync([block], cancel));
        }
        catch (Exception)
        {
            // Whatever is wrong with it, it has no opinion; when it is the endpoint in use, reading it says what is wrong.
            return new(reader, null);
        }
    }
}
