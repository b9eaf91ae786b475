namespace SentinelHealth.Response.Search;

/// <summary>A document the engine will never take.</summary>
/// <param name="Item">The document.</param>
/// <param name="Reason">Why, as the engine says.</param>
internal sealed record RefusedItem(BulkItem Item, string Reason);

/// <summary>What became of documents that were sent.</summary>
/// <param name="Indexed">New in the engine.</param>
/// <param name="AlreadyThere">There before: a repeat.</param>
/// <param name="Refused">Never taken.</param>
internal sealed record BulkTally(long Indexed, long AlreadyThere, IReadOnlyList<RefusedItem> Refused);

/// <summary>What a sender tells while it works.</summary>
internal interface ISendingWitness
{
    /// <summary>A batch went out: its documents and bytes before compression.</summary>
    void Sent(int documents, long bytes);

    /// <summary>Something is in the way; it is tried again after a pause.</summary>
    void Held(string reason, TimeSpan pause);
}

/// <summary>Sends documents until each is in the engine or refused for good.</summary>
/// <remarks>
/// A batch that is too large is halved, down to one document. What meets an engine that is busy or away waits, longer each time, as long
/// as it takes: whoever calls has it on disk. One owner.
/// </remarks>
internal sealed class BulkSender(
    SearchTransport transport, SearchOptions options, ISendingWitness witness, TimeProvider clock, Func<double> chance)
{
    // So many documents of one batch are not all ill: then the index is.
    private const int AllRefusedMin = 10;

    private readonly SearchPause _pause = new(chance);

    /// <summary>Sends documents to an index or data stream.</summary>
    /// <exception cref="SearchRefusedException">The engine will not have any of it before somebody changes something; nothing is known of what was not counted.</exception>
    /// <exception cref="HomelessException">The index is not there.</exception>
    public async Task<BulkTally> SendAsync(string index, IReadOnlyList<BulkItem> items, CancellationToken cancel)
    {
        var work = new Stack<IReadOnlyList<BulkItem>>(Bulk.Cut(items, options.BulkDocumentsMax, options.BulkBytesMax).Reverse());
        var (indexed, already, refused) = (0L, 0L, new List<RefusedItem>());
        while (work.TryPop(out var batch))
        {
            var (reply, held) = await TryAsync(Bulk.Of(index, batch), cancel);
            if (reply is null)
            {
                work.Push(batch);
                await HoldAsync(held!.Message, held.RetryAfter, cancel);
            }
            else if (reply.Status is 413 or 400)
                Halve(batch, SearchError.Of(reply), work, refused);
            else if (reply.Status == 404)
                throw new HomelessException(SearchError.Of(reply));
            else if (!reply.IsGood)
                throw new SearchRefusedException(reply.Status, SearchError.Of(reply));
            else
            {
                var results = Bulk.Read(reply, batch.Count);
                witness.Sent(batch.Count, batch.Sum(item => (long)item.Document.Length));
                indexed += results.Count(result => result.Fate == BulkFate.Indexed);
                already += results.Count(result => result.Fate == BulkFate.AlreadyThere);
                await SettleAsync(batch, results, work, refused, cancel);
            }
        }
        return new BulkTally(indexed, already, refused);
    }

    private async Task SettleAsync(
        IReadOnlyList<BulkItem> batch, IReadOnlyList<BulkResult> results, Stack<IReadOnlyList<BulkItem>> work,
        List<RefusedItem> refused, CancellationToken cancel)
    {
        var pairs = batch.Zip(results, (item, result) => (Item: item, Result: result)).ToList();
        if (pairs.Find(pair => pair.Result.Fate == BulkFate.Homeless) is { Item: not null } homeless)
            throw new HomelessException(homeless.Result.Reason);
        var ill = pairs.Where(pair => pair.Result.Fate == BulkFate.Refused).ToList();
        if (ill.Count >= AllRefusedMin && ill.Count == batch.Count)
            throw new SearchRefusedException(400, $"Every one of {ill.Count} documents was refused: {ill[0].Result.Reason}");
        refused.AddRange(ill.Select(pair => new RefusedItem(pair.Item, pair.Result.Reason)));
        var later = pairs.Where(pair => pair.Result.Fate == BulkFate.Later).ToList();
        if (later.Count < batch.Count)
            _pause.Reset();
        if (later.Count == 0)
            return;
        work.Push([.. later.Select(pair => pair.Item)]);
        await HoldAsync(later[0].Result.Reason, null, cancel);
    }

    private static void Halve(
        IReadOnlyList<BulkItem> batch, string reason, Stack<IReadOnlyList<BulkItem>> work, List<RefusedItem> refused)
    {
        if (batch.Count == 1)
        {
            refused.Add(new RefusedItem(batch[0], reason));
            return;
        }
        var half = batch.Count / 2;
        work.Push([.. batch.Skip(half)]);
        work.Push([.. batch.Take(half)]);
    }

    /// <summary>The answer, or why there is none yet.</summary>
    private async Task<(SearchReply? Reply, SearchUnavailableException? Held)> TryAsync(
        SearchRequest request, CancellationToken cancel)
    {
        try
        {
            var reply = await transport.SendAsync(request, cancel);
            return reply.Status is 408 or 429 or >= 500
                ? (null, new SearchUnavailableException(SearchError.Of(reply), reply.RetryAfter)) : (reply, null);
        }
        catch (SearchUnavailableException held)
        {
            return (null, held);
        }
    }

    private Task HoldAsync(string reason, TimeSpan? retryAfter, CancellationToken cancel)
    {
        var pause = _pause.Next(retryAfter);
        witness.Held(reason, pause);
        return Task.Delay(pause, clock, cancel);
    }
}

/// <summary>An index that should be there is not: somebody deleted it.</summary>
internal sealed class HomelessException(string message) : Exception(message);
