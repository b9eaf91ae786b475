using SentinelHealth.Ingest.DeadLetters;

namespace SentinelHealth.Testing.Simulated.Whole;

/// <summary>The dead letters' disk: a letter with the source, place and digest of one before is that one.</summary>
internal sealed class WholeLetters(TimeProvider clock)
{
    private readonly Dictionary<(string, string, string), StoredDeadLetter> _letters = [];
    private readonly List<DeadLetter> _buffered = [];

    public bool IsHasty { get; init; }

    public IReadOnlyCollection<StoredDeadLetter> All => _letters.Values;

    public void Append(IReadOnlyList<DeadLetter> batch)
    {
        if (IsHasty)
            _buffered.AddRange(batch);
        else
            Store(batch);
    }

    /// <summary>What was written a moment ago reaches the disk.</summary>
    public void Flush()
    {
        Store(_buffered);
        _buffered.Clear();
    }

    public void Crash() => _buffered.Clear();

    private void Store(IReadOnlyList<DeadLetter> batch)
    {
        foreach (var letter in batch)
            _letters.TryAdd((letter.Source, letter.Place, letter.PayloadSha256), new(_letters.Count, clock.GetUtcNow(), letter));
    }
}

/// <summary>A process's door to the dead letters.</summary>
internal sealed class WholeLettersDoor(WholeLetters letters, Lifeline life) : IDeadLetters
{
    public ValueTask AppendAsync(IReadOnlyList<DeadLetter> batch, CancellationToken cancel)
    {
        life.At("before a dead letter");
        letters.Append(batch);
        life.At("after a dead letter");
        return ValueTask.CompletedTask;
    }

    public ValueTask<long> CountAsync(CancellationToken cancel) => new(letters.All.Count);

    public ValueTask<IReadOnlyList<StoredDeadLetter>> NewestAsync(int lettersMax, CancellationToken cancel) =>
        new([.. letters.All.Reverse().Take(lettersMax)]);
}
