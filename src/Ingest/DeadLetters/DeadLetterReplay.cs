using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Ingest.DeadLetters;

/// <summary>What a replay did: <c>Replayed = Accepted + Duplicates + StillRefused</c>.</summary>
/// <param name="Replayed">Letters that went through the intake.</param>
/// <param name="Accepted">Records that are events now.</param>
/// <param name="Duplicates">Records that had become events before.</param>
/// <param name="StillRefused">Records refused again; their letters count one more sighting.</param>
/// <param name="Incomplete">Letters left alone because not all of their record was kept.</param>
public readonly record struct ReplayResult(long Replayed, long Accepted, long Duplicates, long StillRefused, long Incomplete);

/// <summary>Sends refused records through the intake again, after whatever refused them was put right.</summary>
/// <remarks>
/// A record keeps its source and place, so that the log recognizes one that got in meanwhile and a refusal finds its own letter
/// again. Interrupted anywhere it can be repeated: nothing is lost and nothing enters twice (I1).
/// </remarks>
public sealed class DeadLetterReplay(SqliteDeadLetters store, IIntake intake)
{
    private const int PageLetters = 500;

    /// <summary>Replays letters of the store.</summary>
    /// <param name="isWanted">Which of them.</param>
    /// <param name="progress">Told after each letter that was looked at, or null.</param>
    /// <param name="cancel">Stops between two letters.</param>
    public async Task<ReplayResult> RunAsync(
        Func<StoredDeadLetter, bool> isWanted, Action? progress, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(isWanted);
        var result = default(ReplayResult);
        for (var before = long.MaxValue; ;)
        {
            var page = await store.OlderAsync(before, PageLetters, cancel);
            if (page.Count == 0)
                return result;
            foreach (var stored in page)
            {
                if (isWanted(stored))
                    result = await ReplayAsync(stored, result, cancel);
                progress?.Invoke();
            }
            before = page[^1].Number;
        }
    }

    private async Task<ReplayResult> ReplayAsync(StoredDeadLetter stored, ReplayResult sum, CancellationToken cancel)
    {
        if (!stored.IsWhole)
            return sum with { Incomplete = sum.Incomplete + 1 };
        var letter = stored.Letter;
        var taken = await intake.AcceptAsync(letter.Source, [new SourceRecord(letter.Payload, letter.Place)], cancel);
        await store.NoteReplayAsync(stored.Number, isResolved: taken.DeadLettered.Count == 0, cancel);
        return sum with
        {
            Replayed = sum.Replayed + 1,
            Accepted = sum.Accepted + taken.Accepted,
            Duplicates = sum.Duplicates + taken.Duplicates,
            StillRefused = sum.StillRefused + taken.DeadLettered.Count,
        };
    }
}
